// The last look at a reply before it leaves: does it tell who wrote it? What can be rewritten is; what can't be makes the reply wait.
import type { Mailbox } from '../mail/address.ts'
import { bodyOf, type Content } from '../mail/content.ts'
import { editedContent } from '../mail/edited-content.ts'
import { fieldsOf } from '../mail/header.ts'
import { parseMime } from '../mail/mime.ts'
import { leftOut } from '../mail/mime-left-out.ts'
import type { Find, Secrets } from '../policy/leak.ts'
import type { LeakScan } from '../policy/leak-scan.ts'
import type { Host } from './host.ts'
import { needlesFor, scanUnlessPacked } from './scan-message.ts'
import { oneAtATime, scanInThread } from './scan-thread.ts'

export type ScanRequest = {
  readonly alias: Mailbox
  readonly secrets: Secrets
  /** The correspondent behind a reverse alias, if he is a recipient of this message. */
  readonly correspondentOf: (reverseAlias: Mailbox) => Mailbox | undefined
  /** The fields that leave, without the empty line. Its Content-* fields are those of `content`. */
  readonly header: Buffer
  /** The reply as its owner sent it: of its header nothing leaves, of its body everything. */
  readonly content: Content
}

export type Scanned =
  /** `content` from its bodyOffset on and `header` may leave: the same octets as came, but for what was rewritten. */
  | { readonly kind: 'clean'; readonly content: Content; readonly header: Buffer }
  | { readonly kind: 'reveals'; readonly finds: readonly [Find, ...Find[]] }

/** Up to here the main thread looks: 256 KiB of text cost it 15 ms. */
const MOST_INLINE_OCTETS = 256 * 1024

const unreadable: Find = { what: 'unreadable', shown: '', where: 'message: it is too large or too intricate to be looked through', part: null }

/** Rejects only when the content cannot be read. */
export const scanReply = async (host: Pick<Host, 'clock'>, request: ScanRequest): Promise<Scanned> => {
  const { header, content } = request
  const scan = content.size - content.bodyOffset <= MOST_INLINE_OCTETS ? await scanInline(host, request) : await scanLarge(host, request)
  const [first, ...others] = scan?.finds ?? [unreadable]
  if (scan === undefined || first) return { kind: 'reveals', finds: [first ?? unreadable, ...others] }
  const rewritten = asBuffer(scan.header)
  return { kind: 'clean', content: editedContent(content, scan.edits.map(withBuffer)), header: header.equals(rewritten) ? header : rewritten }
}

const scanInline = async (host: Pick<Host, 'clock'>, request: ScanRequest): Promise<LeakScan | undefined> => {
  const { alias, secrets, correspondentOf, header, content } = request
  const pieces: Buffer[] = []
  for await (const piece of content.read(content.bodyOffset)) pieces.push(piece)
  const body = pieces.length === 1 ? pieces[0]! : Buffer.concat(pieces)
  return scanUnlessPacked({ header, body }, needlesFor(secrets, alias), { alias, correspondentOf }) ?? scanLarge(host, request)
}

const scanLarge = (host: Pick<Host, 'clock'>, { alias, secrets, correspondentOf, header, content }: ScanRequest): Promise<LeakScan | undefined> =>
  oneAtATime(async () => scanInThread(host.clock, { header, body: await bodyOf(content), alias, secrets }, { alias, correspondentOf }))

// What comes from a thread is a Uint8Array.
const asBuffer = (bytes: Uint8Array): Buffer => Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
const withBuffer = (edit: LeakScan['edits'][number]): LeakScan['edits'][number] => ({ ...edit, by: asBuffer(edit.by) })

/** The reply without these parts (`Find.part`), for "send without that part"; its header, too, may have changed. Scan it again. */
export const withoutParts = (content: Content, parts: readonly string[]): Promise<Content> => {
  if (parts.length === 0) return Promise.resolve(content)
  return oneAtATime(async () => {
    const body = asBuffer(await bodyOf(content))
    const tree = parseMime(fieldsOf(content.header), body)
    const { edits, header } = leftOut(tree, content.header, body, parts)
    return editedContent(content, edits, header)
  })
}
