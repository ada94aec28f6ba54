// The optional line on top of a forward, with a link that burns its address and one that manages it: where in the body it goes, and in which words.
// What is signed would break and what is encrypted is not ours to write in: a message that has any such part gets none.
import { Buffer } from 'node:buffer'
import type { Edit } from '../mail/edited-content.ts'
import { fieldsNamed, valueOf, type Field } from '../mail/header.ts'
import { startOfHtmlBody } from '../mail/html-body.ts'
import { isMessage, parseMime, type Part } from '../mail/mime.ts'
import { parseStructured } from '../mail/mime-parameters.ts'
import { decodeTransfer, encodeTransfer } from '../mail/transfer-encoding.ts'

export type Banner = {
  /** Whom the message was written to. */
  readonly address: string
  readonly burn: string
  readonly manage: string
  /** What each link of ours begins with that burns; its token follows. */
  readonly prefix: string
  /** A token that burns this address: its message has the line already, a forward that came back. What only looks like one is no reason to leave it out. */
  readonly burns: (token: string) => boolean
}

/** Of all its texts: more takes too long while others wait (32 MB of quoted-printable: 166 ms), and what nobody looked through may be signed. */
const maxTextOctets = 4 * 1024 * 1024

/** By its own label: the body of any other message is not read. */
export const mayHaveBanner = (fields: readonly Field[]): boolean => {
  const types = fieldsNamed(fields, 'content-type').map((field) => parseStructured(valueOf(field)).value)
  return types.every((type) => (type.startsWith('multipart/') && !untouched.test(type)) || isText(type) || !type.includes('/'))
}

/** @param body from the empty line on  @returns none where two programs could read the message differently */
export const bannerEdits = (fields: readonly Field[], body: Buffer, banner: Banner): readonly Edit[] => {
  const tree = parseMime(fields, body)
  if (tree.kind === 'unreadable' || textOctetsOf(tree.root) > maxTextOctets || isSealed(tree.root, body)) return []
  const edits: Edit[] = []
  for (const part of shownFirst(tree.root)) {
    const octets = body.subarray(part.body.start, part.body.end)
    const text = decodeTransfer(part.encoding, octets)
    if (text === undefined || hasLine(text, banner)) return []
    const edit = text.includes(0) || !isAsciiLike(part) ? undefined : editOf(part, octets, text, banner)
    if (edit) edits.push({ start: part.body.start + edit.start, end: part.body.start + edit.end, by: edit.by })
  }
  return edits
}

/** More are there to make us look. */
const mostLinks = 100
const TOKEN_LETTERS = 48

const hasLine = (text: Buffer, { prefix, burns }: Banner): boolean => {
  let at = text.indexOf(prefix)
  for (let n = 0; at >= 0 && n < mostLinks; n += 1) {
    const token = at + prefix.length
    if (burns(text.toString('latin1', token, token + TOKEN_LETTERS))) return true
    at = text.indexOf(prefix, token)
  }
  return false
}

// Reports (RFC 6522) are for programs.
const untouched = /^multipart\/(?:signed|encrypted|report)$/
const sealedType = /^(?:multipart\/(?:signed|encrypted)|application\/(?:x-)?pkcs7-(?:mime|signature)|application\/pgp-(?:encrypted|signature))$/

const textOctetsOf = ({ type, body, children }: Part): number =>
  (isText(type) ? body.end - body.start : 0) + children.reduce((sum, child) => sum + textOctetsOf(child), 0)

// An enclosed message may be as it likes: nothing is written into it.
const isSealed = (part: Part, body: Buffer): boolean => {
  if (sealedType.test(part.type)) return true
  if (isText(part.type) && hasArmor(part, body)) return true
  return !isMessage(part.type) && part.children.some((child) => isSealed(child, body))
}

const hasArmor = ({ encoding, body: { start, end } }: Part, body: Buffer): boolean => {
  const text = decodeTransfer(encoding, body.subarray(start, end))
  return text === undefined || text.includes('-----BEGIN PGP ') || text.includes('-----BEGIN PKCS7')
}

const isText = (type: string): boolean => type === 'text/plain' || type === 'text/html'

/** What a mail program shows on top: the first of a mixture, the root of what belongs together, each of what says the same. */
function* shownFirst(part: Part): Generator<Part> {
  if (part.disposition.value === 'attachment' || untouched.test(part.type)) return
  if (part.type === 'multipart/alternative') for (const child of part.children) yield* shownFirst(child)
  else if (part.type.startsWith('multipart/')) {
    const root = part.type === 'multipart/related' ? startOf(part) : part.children[0]
    if (root) yield* shownFirst(root)
  } else if (isText(part.type)) yield part
}

// RFC 2387 §3.2.
const startOf = ({ parameters, children }: Part): Part | undefined => {
  const id = parameters.get('start')
  return children.find(({ fields }) => id !== undefined && fieldsNamed(fields, 'content-id').some((field) => valueOf(field).trim() === id)) ?? children[0]
}

// The line is ASCII, and must be so in the charset of the part, too. UTF-16, UTF-32, UTF-7 and EBCDIC are not in the list.
const asciiLike = new RegExp(`^(?:${[
  'us-ascii|ascii|utf-?8', String.raw`iso-?8859-\d+(?:-[ei])?|latin-?\d`, String.raw`(?:windows|cp)-?(?:125\d|874|93[26]|949|950)`,
  'koi8-[ru]|macintosh|tis-620', 'gb2312|gbk|gb18030|big5', String.raw`euc-(?:jp|kr|cn|tw)|shift[_-]jis|iso-2022-(?:jp|kr)(?:-\d)?`,
].join('|')})$`)
const isAsciiLike = ({ parameters }: Part): boolean => asciiLike.test((parameters.get('charset') ?? 'us-ascii').trim().toLowerCase())

const editOf = (part: Part, octets: Buffer, text: Buffer, banner: Banner): Edit | undefined => {
  const isHtml = part.type === 'text/html'
  const line = (at: number): Buffer => Buffer.from(isHtml ? htmlLine(banner, at) : plainLine(banner))
  switch (part.encoding) {
    case '7bit': case '8bit': case 'binary': {
      const at = isHtml ? startOfHtmlBody(octets.toString('latin1')) : 0
      return { start: at, end: at, by: line(at) }
    }
    case 'quoted-printable': {
      const at = isHtml ? quotedStart(octets) : 0
      return { start: at, end: at, by: encodeTransfer('quoted-printable', line(at))! }
    }
    case 'base64': {
      if (!isCanonical(octets, text)) return undefined
      const at = isHtml ? startOfHtmlBody(text.toString('latin1')) : 0
      const all = Buffer.concat([text.subarray(0, at), line(at), text.subarray(at)])
      return { start: 0, end: octets.length, by: encodeTransfer('base64', all)! }
    }
    default: return undefined
  }
}

const quoted = /=[ \t]*\r?\n|=[\dA-Fa-f]{2}/g
const unquoted = (run: string): string => run.endsWith('\n') ? '' : String.fromCharCode(Number.parseInt(run.slice(1), 16))

// Where in the octets the decoded text has its start: counted on the way there, as a map of all of it takes a hundred times its room.
const quotedStart = (octets: Buffer): number => {
  const source = octets.toString('latin1')
  let left = startOfHtmlBody(source.replaceAll(quoted, unquoted))
  let at = 0
  for (const { 0: run, index } of source.matchAll(quoted)) {
    const decoded = unquoted(run).length
    if (left < index - at + decoded || left === index - at) break
    left -= index - at + decoded
    at = index + run.length
  }
  return at + left
}

// Octets between the lines, or behind the end, that are no base64 would be lost.
const isCanonical = (octets: Buffer, text: Buffer): boolean => octets.toString('latin1').replaceAll(/[\r\n]+/g, '') === text.toString('base64')

const plainLine = ({ address, burn, manage }: Banner): string => `[ Sent to ${address} | Burn: ${withoutQuery(burn)} | Manage: ${manage} ]\r\n\r\n`

// What the link says of the sender's own way to unsubscribe is long, and only a page can use it.
const withoutQuery = (link: string): string => link.replace(/\?.*$/s, '')

// Readable wherever it is shown, so both colours are ours: those of the page in a mail program that knows the dark, else black on white.
// What the sender says of `a` and `div` does not reach it.
const style = 'margin:0 0 12px;padding:6px 10px;border-bottom:1px solid #999;background:#fff;background:Canvas;color:#333;color:CanvasText;'
  + 'font:13px/1.4 sans-serif;text-align:left;text-transform:none'
const link = 'font:inherit;text-decoration:underline;color:'

// In lines of its own: a line that was as long as it may be (998 octets, RFC 5322 §2.1.1) grows no longer.
const htmlLine = ({ address, burn, manage }: Banner, at: number): string => [
  ...(at === 0 ? [] : ['']),
  `<div style="${style}">Sent to ${escaped(address)} &middot;`,
  `<a style="${link}#d4451a" href="${escaped(burn)}">Burn</a> &middot;`,
  `<a style="${link}inherit" href="${escaped(manage)}">Manage</a></div>`,
  '',
].join('\r\n')

const entityOf: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }
const escaped = (text: string): string => text.replaceAll(/[&<>"]/g, (letter) => entityOf[letter]!)
