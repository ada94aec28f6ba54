// Signs what leaves: DKIM (RFC 6376), and an ARC set (RFC 8617) where the message came with something worth sealing.
// The body is hashed once for all signatures; the RSA work is done in the thread pool, with a kept key.

import { createHash, createPrivateKey, sign, type KeyObject } from 'node:crypto'
import { promisify } from 'node:util'
import type { Clock } from '../clock.ts'
import { domainOf, lowerCased } from '../mail/address.ts'
import { nextArcSet } from '../mail/arc.ts'
import { canonicalBody } from '../mail/canonical-body.ts'
import type { Content } from '../mail/content.ts'
import { dkimSignature, signedFields, type Algorithm, type SignatureFacts, type Unsigned } from '../mail/dkim.ts'
import { soleFrom } from '../mail/from.ts'
import { parseFields, type Field } from '../mail/header.ts'
import type { SealFacts } from '../policy/seal.ts'
import type { Outgoing } from './attempt.ts'

export type SigningKey = { readonly domain: string; readonly selector: string; readonly algorithm: Algorithm; readonly privateKey: Buffer }

export type Signer = {
  /** The header with our signatures on top, and with the seal when there is something to seal. Rejects rather than to leave one out. */
  readonly sign: (message: Outgoing, seal?: SealFacts) => Promise<Buffer>
}

/** A switch of keys is noticed by all processes so soon; the record of the former key stays published for days. */
const KEPT_MS = 60_000

type Key = Omit<SigningKey, 'privateKey'> & { readonly key: KeyObject }

/** Domains of accounts whose keys are kept ready. */
const MOST_DOMAINS = 1_000

/**
 * The key follows the From, so that DMARC aligns (RFC 9989 §4.4.1).
 * @param read the host's active keys, the first of which (RSA) also seals
 * @param readOf those of another domain; none: it is not ours, or has none
 */
export const createSigner = (
  read: () => Promise<readonly SigningKey[]>, clock: Clock, readOf: (domain: string) => Promise<readonly SigningKey[]> = async () => [],
): Signer => {
  const keysInUse = keptKeys(read, clock)
  const ofDomains = new Map<string, () => Promise<readonly Key[]>>()
  const keysOf = (domain: string): Promise<readonly Key[]> => {
    const known = ofDomains.get(domain)
    if (known) return known()
    if (ofDomains.size >= MOST_DOMAINS) ofDomains.clear()
    const kept = keptKeys(() => readOf(domain), clock)
    ofDomains.set(domain, kept)
    return kept()
  }
  return {
    sign: async (message, seal) => {
      const [ofHost, bodyHash] = await Promise.all([keysInUse(), bodyHashOf(message.content)])
      const fields = parseFields(message.header)
      const [sealer] = ofHost
      if (!sealer) throw new Error('there is no key to sign with')
      const author = soleFrom(fields)
      const domain = author && domainOf(lowerCased(author.mailbox))
      const own = domain === undefined || domain === sealer.domain ? [] : await keysOf(domain)
      const keys = own.length > 0 ? own : ofHost
      const signed = signedFields(fields)
      const facts = (key: Key): SignatureFacts => ({ ...key, at: clock.now(), fields: signed, bodyHash })
      const [signatures, set] = await Promise.all([
        Promise.all(keys.map((key) => signWith(key, dkimSignature(facts(key))))),
        seal ? sealWith(sealer, fields, seal, facts(sealer)) : [],
      ])
      return Buffer.concat([...set, ...signatures, message.header])
    },
  }
}

/** Read again after a minute, behind the back of who needs them now. */
const keptKeys = (read: () => Promise<readonly SigningKey[]>, clock: Clock): (() => Promise<readonly Key[]>) => {
  let kept: Promise<readonly Key[]> | undefined
  let readAt = 0
  const readNow = async (): Promise<readonly Key[]> => (await read()).map(({ privateKey, ...key }) => (
    { ...key, key: createPrivateKey({ key: privateKey, format: 'der', type: 'pkcs8' }) }))
  return () => {
    const now = clock.now().getTime()
    const before = kept
    if (before && now - readAt < KEPT_MS) return before
    readAt = now
    const reading = readNow()
    if (!before) {
      kept = reading
      reading.catch(() => { kept = undefined })
      return reading
    }
    // The database may be away: what was good a minute ago still is.
    reading.then(() => { kept = reading }, () => {})
    return before
  }
}

/** Of the canonical body, SHA-256; the same for every delivery of a message that lies here. */
const bodyHashOf = (content: Content): Promise<Buffer> => {
  const known = bodyHashes.get(content)
  if (known) return known
  const hash = hashBody(content)
  bodyHashes.set(content, hash)
  hash.catch(() => bodyHashes.delete(content))
  return hash
}
const bodyHashes = new WeakMap<Content, Promise<Buffer>>()

const hashBody = async (content: Content): Promise<Buffer> => {
  const hash = createHash('sha256')
  const body = canonicalBody(hash)
  for await (const piece of content.read(content.bodyOffset)) body.write(piece)
  body.end()
  return hash.digest()
}

const signAsync = promisify(sign) as (algorithm: string | null, data: Buffer, key: KeyObject) => Promise<Buffer>

const signWith = async ({ algorithm, key }: Key, field: Unsigned): Promise<Buffer> => {
  switch (algorithm) {
    case 'rsa-sha256': return field.signed(await signAsync('sha256', field.toSign, key))
    // RFC 8463 §3: the hash is what is signed.
    case 'ed25519-sha256': return field.signed(await signAsync(null, createHash('sha256').update(field.toSign).digest(), key))
  }
}

const sealWith = async (key: Key, fields: readonly Field[], vouched: SealFacts, facts: SignatureFacts): Promise<readonly Buffer[]> => {
  const set = nextArcSet(fields, vouched, facts)
  if (!set) return []
  const messageSignature = await signWith(key, set.messageSignature)
  const seal = await signWith(key, set.seal({ name: 'arc-message-signature', raw: messageSignature }))
  return [seal, messageSignature, set.results.raw]
}
