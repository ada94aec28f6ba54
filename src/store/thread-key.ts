// The key of one alias' threads: its Message-IDs are concealed under it, and what came to it is remembered as hashes under it. It follows from the
// host's secret, unless the alias came from another host with its own: then threads from before go on here. It tells nothing of another alias.
import { createHmac, createSecretKey, type KeyObject } from 'node:crypto'
import { conceal, reveal } from './conceal.ts'
import type { Keys } from './secret.ts'

export type ThreadKey = {
  readonly conceal: (bytes: Uint8Array) => Buffer
  readonly reveal: (concealed: Uint8Array) => Buffer | undefined
  /** 32 octets. */
  readonly hash: (of: 'seen' | 'inbox' | 'long-id', text: string) => Buffer
}
/** `threadKey`: the one that it came with, encrypted at rest. */
export type OfAlias = { readonly uuid: string; readonly threadKey?: Buffer | null }

/** For an archive: 32 octets in base64url. */
export const threadSecret = (keys: Pick<Keys, 'hash' | 'decrypt'>, { uuid, threadKey }: OfAlias): string =>
  threadKey ? keys.decrypt(threadKey) : keys.hash('thread', uuid).toString('base64url')

// A key takes 20 µs to make, and each message of the alias remembers its Message-ID under it.
const mostKept = 1_000
const kept = new WeakMap<object, Map<string, KeyObject>>()

const keptKey = (keys: Pick<Keys, 'hash' | 'decrypt'>, alias: OfAlias): KeyObject => {
  const name = alias.threadKey ? `${alias.uuid} ${alias.threadKey.toString('base64')}` : alias.uuid
  const known = kept.get(keys) ?? new Map<string, KeyObject>()
  const have = known.get(name)
  if (have) return have
  const made = createSecretKey(Buffer.from(threadSecret(keys, alias), 'base64url'))
  if (known.size >= mostKept) known.delete(known.keys().next().value!)
  kept.set(keys, known.set(name, made))
  return made
}

export const threadKeyOf = (keys: Pick<Keys, 'hash' | 'decrypt'>, alias: OfAlias): ThreadKey => {
  // Not made before it is asked for.
  let made: KeyObject | undefined
  const key = (): KeyObject => made ??= keptKey(keys, alias)
  const mac = (of: string, bytes: string | Uint8Array): Buffer => createHmac('sha256', key()).update(`${of}:`).update(bytes).digest()
  const under = () => ({ tagOf: (bytes: Uint8Array) => mac('tag', bytes), cipherKey: createSecretKey(mac('cipher', '')) })
  return { conceal: (bytes) => conceal(under(), bytes), reveal: (bytes) => reveal(under(), bytes), hash: (of, text) => mac(of, text) }
}
