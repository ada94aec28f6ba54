// From the bytes of a message to what a person sees: header lines, a sealed document, a list of attachments. Runs in the worker.
import { simpleParser, type AddressObject, type Attachment, type ParsedMail } from 'mailparser'
import { safeFileName } from './file-name.ts'
import { plainLine, textDocument, htmlDocument } from './document.ts'

export type Job = { readonly bytes: Uint8Array<ArrayBuffer>; readonly attachment: number | undefined; readonly remoteImages: boolean }
/** An invitation names its organizer, a link a recipient. */
export type Invite = 'calendar' | 'mailto'
export type ReadableMessage = {
  readonly shown: true
  readonly to: string
  readonly cc: string
  readonly date: string | null
  /** What the sender wrote as plain text, clipped. */
  readonly text: string
  /** A whole HTML document without scripts or forms, and without remote content unless its images were asked for. */
  readonly document: string
  /** How many remote images and the like were left out. */
  readonly remote: number
  /** What in it makes a mail program answer from the real address, whatever the header says. */
  readonly invites: readonly Invite[]
  readonly attachments: readonly { readonly n: number; readonly name: string; readonly type: string; readonly size: number }[]
}
export type Answer =
  | { readonly kind: 'message'; readonly message: ReadableMessage }
  | { readonly kind: 'attachment'; readonly name: string; readonly bytes: Uint8Array }
  | { readonly kind: 'no-attachment' }
  | { readonly kind: 'failed'; readonly why: string }

const mostHtml = 2_000_000
const mostText = 500_000
const mostAttachments = 1_000
const mostLine = 2_000

export const readMessage = async (job: Job): Promise<Answer> => {
  const parsed = await simpleParser(Buffer.from(job.bytes.buffer), {
    // Its conversions are what is slow and what throws on deep nesting: 25 s against 8 ms for 5 MB of <div>.
    skipHtmlToText: true, skipTextToHtml: true, skipTextLinks: true, skipImageLinks: true, maxHtmlLengthToParse: mostHtml,
      keepCidLinks: true,
  } as Parameters<typeof simpleParser>[1] & object)
  const attachments = parsed.attachments.slice(0, mostAttachments)
  if (job.attachment !== undefined) {
    const found = attachments[job.attachment]
    return found ? { kind: 'attachment', name: nameOf(found, job.attachment), bytes: found.content } : { kind: 'no-attachment' }
  }
  return { kind: 'message', message: messageOf(parsed, attachments, job.remoteImages) }
}

const messageOf = (parsed: ParsedMail, attachments: readonly Attachment[], remoteImages: boolean): ReadableMessage => {
  const html = typeof parsed.html === 'string' && parsed.html.length <= mostHtml ? parsed.html : undefined
  const text = (parsed.text ?? '').slice(0, mostText)
  const { document, remote } = html === undefined
    ? { document: textDocument(text, (parsed.text?.length ?? 0) > mostText || typeof parsed.html === 'string'), remote: 0 }
    : htmlDocument(html, attachments, remoteImages)
  return {
    shown: true, to: addresses(parsed.to), cc: addresses(parsed.cc), date: dateOf(parsed.date), text, document, remote,
    invites: invitesIn(attachments, html ?? text),
    attachments: attachments.map((attachment, n) => ({
      n, name: nameOf(attachment, n), type: plainLine(attachment.contentType ?? '').slice(0, 100), size: attachment.content.length,
    })),
  }
}

const invitesIn = (attachments: readonly Attachment[], body: string): readonly Invite[] => [
  ...(attachments.some(isInvitation) ? ['calendar' as const] : []), ...(/\bmailto:[^\s"'<>]/i.test(body) ? ['mailto' as const] : []),
]

/** RFC 5546 §3.2: what asks for an answer has an organizer. */
const isInvitation = ({ contentType, content }: Attachment): boolean =>
  /^text\/calendar$|^application\/ics$/i.test(contentType ?? '') && /^ORGANIZER[;:]/im.test(content.subarray(0, mostText).toString('latin1'))

const nameOf = (attachment: Attachment, n: number): string => safeFileName(attachment.filename, `attachment-${n + 1}`)

const addresses = (value: AddressObject | readonly AddressObject[] | undefined): string =>
  plainLine((value === undefined ? [] : 'text' in value ? [value] : value).map((one) => one.text).join(', ')).slice(0, mostLine)

const dateOf = (date: Date | undefined): string | null => date === undefined || Number.isNaN(date.getTime()) ? null : date.toISOString()
