// VERP for replies: the reverse-path names the delivery, the inbox that sent it and who it was for, so that a bounce finds them without a row.
// A correspondent sees it, so nothing of it may be read: two aliases of one owner would show the same inbox (N13). `b.` and 58 letters.
import { decodeBase32, encodeBase32 } from './base32.ts'

export type ReplyPayload = {
  readonly deliveryId: bigint // 62 bits, random
  readonly aliasId: number // uint32
  readonly day: number // since 1970-01-01, uint16
  readonly inboxId: number // 0: none
  readonly correspondentId: number
}

/** Makes octets unreadable, 12 longer; the way back is undefined for what was not made so. */
export type Veil = { readonly conceal: (bytes: Uint8Array) => Uint8Array; readonly reveal: (bytes: Uint8Array) => Uint8Array | undefined }

const prefix = 'b.'
const payloadOctets = 24
const concealedOctets = payloadOctets + 12

export const replyPathLocalPart = (payload: ReplyPayload, { conceal }: Pick<Veil, 'conceal'>): string => {
  const bytes = new Uint8Array(payloadOctets)
  const view = new DataView(bytes.buffer)
  view.setBigUint64(0, payload.deliveryId)
  view.setUint32(8, payload.aliasId)
  view.setUint16(12, payload.day)
  putUint40(view, 14, payload.inboxId)
  putUint40(view, 19, payload.correspondentId)
  return prefix + encodeBase32(conceal(bytes))
}

/** Undefined: not ours, or older than `maxDays`. Any case. A day ahead is forgiven: clocks of two hosts. */
export const parseReplyPath = (localPart: string, { reveal }: Pick<Veil, 'reveal'>, today: number, maxDays = 30): ReplyPayload | undefined => {
  if (!localPart.toLowerCase().startsWith(prefix)) return undefined
  const concealed = decodeBase32(localPart.slice(prefix.length))
  const bytes = concealed?.length === concealedOctets ? reveal(concealed) : undefined
  if (bytes?.length !== payloadOctets) return undefined
  const view = new DataView(Uint8Array.from(bytes).buffer)
  const day = view.getUint16(12)
  if (day > today + 1 || today - day > maxDays) return undefined
  return { deliveryId: view.getBigUint64(0), aliasId: view.getUint32(8), day, inboxId: uint40(view, 14), correspondentId: uint40(view, 19) }
}

const putUint40 = (view: DataView, at: number, value: number): void => {
  view.setUint8(at, Math.floor(value / 2 ** 32))
  view.setUint32(at + 1, value % 2 ** 32)
}

const uint40 = (view: DataView, at: number): number => view.getUint8(at) * 2 ** 32 + view.getUint32(at + 1)
