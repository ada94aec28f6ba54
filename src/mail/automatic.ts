// Mail that no person wrote: RFC 3834 §5, and what was used before it. Reports and read receipts (RFC 3464, RFC 8098) are of that kind.
import { isReport } from './dsn.ts'
import { fieldsNamed, valueOf, type Field } from './header.ts'

export const isAutomatic = (fields: readonly Field[]): boolean => {
  const has = (name: string, value: RegExp): boolean => fieldsNamed(fields, name).some((field) => value.test(valueOf(field).slice(0, 1000)))
  return has('auto-submitted', /^\s*(?!no\b)\S/i) || has('precedence', /^\s*(auto[_-]?reply|bulk|junk|list)\b/i)
    || ['x-autoreply', 'x-autorespond', 'x-autoresponse', 'x-auto-response'].some((name) => has(name, /\S/)) || isReport(fields)
}
