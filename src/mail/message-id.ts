// Message-IDs (RFC 5322 §3.6.4): the ids in a field, and ours, which stand for the ids of an inbox's provider.
// One of ours holds the id it stands for, unreadable, so that the way back needs no row and is never forgotten.
import { Buffer } from 'node:buffer'
import type { Veil } from './reply-path.ts'

/** A thread of more is shortened by every mail program. */
const maxIds = 100
const maxIdOctets = 300
// What stands inside is padded to steps, so that its length does not tell whose provider it is.
const leastOctets = 72
const stepOctets = 24
const inboxOctets = 5

/** Without their angle brackets, in their order. */
export const messageIdsIn = (value: string): readonly string[] => {
  const ids = [...value.matchAll(/<([^<>\s\p{Cc}]{1,900})>/gu)].map((match) => match[1]!)
  // The first one is the root of the thread, the last ones are what is answered.
  return ids.length <= maxIds ? ids : [ids[0]!, ...ids.slice(1 - maxIds)]
}

/** What one of ours stands for, and a mark of the inbox that it is of. */
export type Minted = { readonly inbox: number; readonly id: string }

/** The same for the same inbox and id. Undefined: it is too long to be held in another. */
export const mintMessageId = ({ inbox, id }: Minted, domain: string, { conceal }: Pick<Veil, 'conceal'>): string | undefined => {
  const text = Buffer.from(id)
  if (text.length > maxIdOctets) return undefined
  const bytes = Buffer.alloc(Math.max(leastOctets, Math.ceil((inboxOctets + text.length) / stepOctets) * stepOctets))
  bytes.writeUIntBE(inbox, 0, inboxOctets)
  text.copy(bytes, inboxOctets)
  return `${Buffer.from(conceal(bytes)).toString('base64url')}@${domain}`
}

/** Undefined: not one of ours. */
export const readMessageId = (id: string, domain: string, { reveal }: Pick<Veil, 'reveal'>): Minted | undefined => {
  const [, text] = /^([\w-]{100,600})@([^@]+)$/.exec(id) ?? []
  if (text === undefined || id.slice(text.length + 1).toLowerCase() !== domain) return undefined
  const revealed = reveal(Buffer.from(text, 'base64url'))
  if (!revealed) return undefined
  const bytes = Buffer.from(revealed)
  const end = bytes.indexOf(0, inboxOctets)
  return { inbox: bytes.readUIntBE(0, inboxOctets), id: bytes.toString('utf8', inboxOctets, end < 0 ? bytes.length : end) }
}
