// Delivery status notifications that come back to us: RFC 3462 (multipart/report), RFC 3464 (its fields), RFC 6533 (the UTF-8 forms).
// Only looked for, never trusted: bounded in depth, parts and octets, and it never throws.
import { Buffer } from 'node:buffer'
import { readable } from './encoded-word.ts'
import { endOfFields, endOfHeader, fieldsNamed, parseFields, valueOf, type Field } from './header.ts'

export type Dsn = {
  readonly action?: string // failed, delayed, delivered, relayed, expanded
  readonly status?: string // enhanced status code
  readonly diagnostic?: string // what the other server said, clipped
  readonly recipients?: readonly string[] // as it names them, the one we sent to among them when its server keeps it
  readonly original?: Buffer // the whole message that bounced; absent when only its header is included
}

const maxDepth = 4
const maxParts = 50
const maxStatusOctets = 64 * 1024
const maxDiagnosticCharacters = 500

/** Content-Type multipart/report: a DSN, a read receipt, an abuse report. */
export const isReport = (fields: readonly Field[]): boolean => contentTypeOf(fields).type === 'multipart/report'

/** Undefined when the content holds no delivery status. */
export const parseDsn = (content: Buffer): Dsn | undefined => {
  const parts = leavesOf(content, 0, { left: maxParts })
  const statuses = parts
    .filter((part) => part.type === 'message/delivery-status' || part.type === 'message/global-delivery-status')
    .map((part) => statusOf(decoded(part).subarray(0, maxStatusOctets)))
  if (statuses.length === 0) return undefined
  const original = parts.find((part) => part.type === 'message/rfc822' || part.type === 'message/global')
  return {
    ...(statuses.find((status) => status.status !== undefined) ?? statuses[0]), // InterMail calls its plain text a status too
    ...(original === undefined ? {} : { original: decoded(original) }),
  }
}

type Part = { readonly type: string; readonly encoding: string; readonly body: Buffer }

const leavesOf = (content: Buffer, depth: number, parts: { left: number }): Part[] => {
  const bodyAt = endOfHeader(content)
  const fields = parseFields(content.subarray(0, endOfFields(content)))
  const { type, boundary } = contentTypeOf(fields)
  const body = bodyAt < 0 ? Buffer.alloc(0) : content.subarray(bodyAt)
  parts.left -= 1
  if (parts.left < 0) return []
  if (!type.startsWith('multipart/') || boundary === undefined || depth >= maxDepth) {
    return [{ type, encoding: firstValue(fields, 'content-transfer-encoding').toLowerCase(), body }]
  }
  return partsOf(body, boundary).flatMap((part) => leavesOf(part, depth + 1, parts))
}

// RFC 2046 §5.1.1: the line end before a boundary line belongs to the boundary.
const partsOf = (body: Buffer, boundary: string): Buffer[] => {
  const mark = Buffer.from(`--${boundary}`, 'latin1')
  const parts: Buffer[] = []
  let start = -1
  for (let at = body.indexOf(mark); at >= 0 && parts.length < maxParts; at = body.indexOf(mark, at + mark.length)) {
    // Before the end of the line is looked for: one line may be all of it, and full of them.
    if (at > 0 && body[at - 1] !== 10) continue
    const lineEnd = body.indexOf(10, at)
    const rest = body.toString('latin1', at + mark.length, Math.min(lineEnd < 0 ? body.length : lineEnd, at + mark.length + 80))
    if (!/^(?:--)?\s*$/.test(rest)) continue
    if (start >= 0) parts.push(body.subarray(start, Math.max(start, at - (body[at - 2] === 13 ? 2 : 1))))
    start = lineEnd < 0 ? body.length : lineEnd + 1
    if (rest.startsWith('--')) return parts
  }
  return start >= 0 && parts.length < maxParts ? [...parts, body.subarray(start)] : parts
}

const firstValue = (fields: readonly Field[], name: string): string => {
  const field = fieldsNamed(fields, name)[0]
  return field === undefined ? '' : valueOf(field).slice(0, 2000)
}

const contentTypeOf = (fields: readonly Field[]): { type: string; boundary?: string } => {
  const value = firstValue(fields, 'content-type')
  const type = (/^[^\s;()]*/.exec(value)?.[0] ?? '').toLowerCase()
  const match = /[;\s]boundary\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s;"]+))/i.exec(value)
  const boundary = match?.[1]?.replace(/\\(.)/g, '$1') ?? match?.[2]
  return boundary === undefined || boundary === '' ? { type } : { type, boundary }
}

const decoded = (part: Part): Buffer => {
  switch (part.encoding) {
    case 'base64':
      return Buffer.from(part.body.toString('latin1'), 'base64')
    case 'quoted-printable':
      return decodeQuotedPrintable(part.body)
  }
  return part.body
}

const hexDigit = (octet: number | undefined): number =>
  octet === undefined ? -1 : '0123456789abcdef'.indexOf(String.fromCharCode(octet).toLowerCase())

const decodeQuotedPrintable = (body: Buffer): Buffer => {
  const out = Buffer.alloc(body.length)
  let length = 0
  for (let at = 0; at < body.length; at += 1) {
    const high = hexDigit(body[at + 1])
    const low = hexDigit(body[at + 2])
    if (body[at] !== 61) out[length++] = body[at] ?? 0
    else if (body[at + 1] === 10) at += 1
    else if (body[at + 1] === 13 && body[at + 2] === 10) at += 2
    else if (high >= 0 && low >= 0) {
      out[length++] = high * 16 + low
      at += 2
    } else out[length++] = 61
  }
  return out.subarray(0, length)
}

// RFC 3464 §2.1: fields of the message, an empty line, then fields of each recipient. We send to one recipient at a time.
const statusOf = (body: Buffer): Omit<Dsn, 'original'> => {
  const fields: Field[] = []
  for (let rest = body, groups = 0; rest.length > 0 && groups < 20; groups += 1) {
    fields.push(...parseFields(rest))
    const next = endOfHeader(rest)
    rest = next < 0 ? Buffer.alloc(0) : rest.subarray(next)
  }
  const action = firstValue(fields, 'action').toLowerCase()
  const status = /[245]\.\d{1,3}\.\d{1,3}/.exec(firstValue(fields, 'status'))?.[0]
  const diagnostic = readable(firstValue(fields, 'diagnostic-code').replace(/^\s*smtp\s*;\s*/i, ''), maxDiagnosticCharacters)
  const recipients = recipientsIn(fields)
  return {
    ...(/^[a-z]{1,20}$/.test(action) ? { action } : {}),
    ...(status === undefined ? {} : { status }),
    ...(diagnostic === '' ? {} : { diagnostic }),
    ...(recipients.length === 0 ? {} : { recipients }),
  }
}

// RFC 3464 §2.3.1 and §2.3.2: `rfc822; ann@home.example`.
const recipientsIn = (fields: readonly Field[]): readonly string[] =>
  [...fieldsNamed(fields, 'original-recipient'), ...fieldsNamed(fields, 'final-recipient')].slice(0, 20).flatMap((field) => {
    const address = /;\s*<?([^\s<>;]+@[^\s<>;]+)>?/.exec(valueOf(field).slice(0, 1000))?.[1]
    return address === undefined ? [] : [address]
  })
