// The last look at a reply before it leaves: does it tell who wrote it? What can be rewritten is; what can't be makes the reply wait.
import type { Mailbox } from '../mail/address.ts'
import type { Content } from '../mail/content.ts'
import type { Find, Secrets } from '../policy/leak.ts'
import type { Host } from './host.ts'

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

/** Rejects only when the content cannot be read. */
export const scanReply = async (_host: Host, { secrets, header, content }: ScanRequest): Promise<Scanned> => {
  const body: Buffer[] = []
  for await (const piece of content.read(content.bodyOffset)) body.push(piece)
  const finds = [
    ...plainFinds(header, secrets, { where: 'header of the message', part: null }),
    ...plainFinds(Buffer.concat(body), secrets, { where: 'text of the message', part: '1' }),
  ]
  const [first, ...others] = finds
  return first ? { kind: 'reveals', finds: [first, ...others] } : { kind: 'clean', content, header }
}

const plainFinds = (bytes: Buffer, secrets: Secrets, place: Pick<Find, 'where' | 'part'>): Find[] => {
  const text = bytes.toString('latin1').toLowerCase()
  return secrets.addresses.filter((address) => text.includes(address.toLowerCase())).map((shown) => ({ what: 'address', shown, ...place }))
}

/** The reply without these parts (`Find.part`), for "send without that part"; its header, too, may have changed. Scan it again. */
export const withoutParts = (content: Content, parts: readonly string[]): Promise<Content> => {
  if (parts.length > 0) return Promise.reject(new Error('no part can be left out yet'))
  return Promise.resolve(content)
}
