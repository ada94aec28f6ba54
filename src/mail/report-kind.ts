// What came to one of our VERP addresses, when no delivery status can be read in it: only bounces should come there, and much else does.
import { fieldsNamed, valueOf, type Field } from './header.ts'

/** 'auto-reply' out of office and the like (RFC 3834) · 'complaint' about spam (RFC 5965) · 'unreadable' perhaps a bounce in words alone. */
export type ReportKind = 'auto-reply' | 'complaint' | 'unreadable'

export const reportKind = (fields: readonly Field[]): ReportKind => {
  const has = (name: string, value: RegExp): boolean => fieldsNamed(fields, name).some((field) => value.test(valueOf(field).slice(0, 1000)))
  if (has('content-type', /^\s*multipart\/report\b[^]*;\s*report-type\s*=\s*"?feedback-report/i)) return 'complaint'
  // §5 of RFC 3834: a reply says auto-replied, a bounce auto-generated or auto-replied; the others are of the time before it.
  const isReply = has('auto-submitted', /^\s*auto-(replied|notified)/i) || has('x-autoreply', /\S/) || has('x-autorespond', /\S/)
    || has('precedence', /^\s*auto_reply/i)
  return isReply && !has('from', /mailer-daemon|postmaster/i) ? 'auto-reply' : 'unreadable'
}
