// The burn button of mail programs: List-Unsubscribe and List-Unsubscribe-Post (RFC 2369, RFC 8058) of ours in a forward.
// The sender's own moves to X-Burnbox-List-Unsubscribe, or stays, as the owner wants it. Both fields are signed (mail/dkim.ts).

import { Buffer } from 'node:buffer'
import { fieldsNamed, formatField, parseFields, valueOf, type Field } from '../mail/header.ts'

export type BurnLinkMode = 'ours' | 'theirs' | 'off'

export type BurnButton = {
  /** The link, given the sender's own way to unsubscribe, which the page behind it offers. */
  readonly url: (theirs: string | undefined) => string
  readonly mailto: string
  /** RFC 8058 §3.1 wants https. */
  readonly oneClick: boolean
  /** What links of ours begin with: in a forward that bounced and is sent again they are there already. */
  readonly prefix: string
}

/** @param header of the forward, without the empty line  @param button undefined: only what an earlier forward had goes */
export const withBurnFields = (header: Buffer, mode: BurnLinkMode, button: BurnButton): Buffer => {
  const text = header.toString('latin1')
  const top = traceFields.exec(text)?.[0].length ?? 0
  const withOurs = (kept: Buffer, instead: readonly Field[]): Buffer =>
    Buffer.concat([header.subarray(0, top), ...oursFor(instead, button), kept.subarray(top)])
  if (!mayHaveOne.test(text)) return mode === 'off' ? header : withOurs(header, [])
  const all = parseFields(header)
  const fields = withoutOurs(all, button.prefix)
  const rest = (kept: readonly Field[]): Buffer => (kept.length === all.length ? header : Buffer.concat(kept.map(({ raw }) => raw)))
  const theirs = fieldsNamed(fields, 'list-unsubscribe')
  if (mode === 'off' || (mode === 'theirs' && theirs.length > 0)) return rest(fields)
  return withOurs(rest(fields.filter(({ name }) => name !== 'list-unsubscribe' && name !== 'list-unsubscribe-post')), theirs)
}

/** Most mail has none, and its header is not parsed once more. */
const mayHaveOne = /^list-unsubscribe/im

const oursFor = (theirs: readonly Field[], button: BurnButton): Buffer[] => [
  ...theirs.map((field) => formatField('X-Burnbox-List-Unsubscribe', valueOf(field))),
  formatField('List-Unsubscribe', `<${button.url(wayOut(theirs))}>, <${button.mailto}>`),
  ...(button.oneClick ? [formatField('List-Unsubscribe-Post', 'List-Unsubscribe=One-Click')] : []),
]

/** Our Received and our Authentication-Results stay on top (RFC 5321 §4.4, RFC 8601 §4.1). */
const traceFields = /^received:[^\n]*\n(?:[ \t][^\n]*\n)*(?:authentication-results:[^\n]*\n(?:[ \t][^\n]*\n)*)?/i

const withoutOurs = (fields: readonly Field[], prefix: string): readonly Field[] =>
  fields.some((field) => isOurs(field, prefix)) ? fields.filter((field) => !isOurs(field, prefix) && field.name !== 'list-unsubscribe-post') : fields

const isOurs = (field: Field, prefix: string): boolean => field.name === 'list-unsubscribe' && valueOf(field).includes(`<${prefix}`)

/** A page, else a mailto: through the alias. Longer ones would not fit into a line of ours. */
const longest = 500

const wayOut = (theirs: readonly Field[]): string | undefined => {
  const uris = theirs.flatMap((field) => [...valueOf(field).matchAll(/<([^<>]*)>/g)].map((match) => (match[1] ?? '').replace(/\s+/g, '')))
    .filter((uri) => uri.length <= longest && /^[!-~]+$/.test(uri))
  return uris.find((uri) => /^https:/i.test(uri)) ?? uris.find((uri) => /^mailto:/i.test(uri))
}
