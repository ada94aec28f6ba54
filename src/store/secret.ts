// The base secret and what is derived from it (HKDF, RFC 5869): hashes of addresses, MACs, encryption at rest.
// A check value in the database refuses a wrong secret, because with one every stored address would be unreadable.

import { createCipheriv, createDecipheriv, createHmac, createSecretKey, hkdfSync, randomBytes, type KeyObject } from 'node:crypto'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { conceal, reveal } from './conceal.ts'
import type { Database } from './database.ts'

type Purpose = 'verp' | 'reverse-alias' | 'correspondent' | 'retired-address' | 'sessions' | 'check' | 'at-rest' | 'code' | 'tries' | 'burn-link' | 'held-link'
  | 'reply-secret' | 'app-password' | 'domain-proof'
  | 'reply-path' | 'thread' | 'concealed'

export type Keys = {
  /** HMAC-SHA-256 over the parts, each preceded by its length. 32 octets. */
  readonly hash: (purpose: Purpose, ...parts: readonly string[]) => Buffer
  readonly mac: (purpose: Purpose, bytes: Uint8Array) => Buffer
  /** AES-256-GCM: 12 octets nonce, ciphertext, 16 octets tag. */
  readonly encrypt: (text: string) => Buffer
  /** Throws when the bytes were not made with this secret. */
  readonly decrypt: (sealed: Uint8Array) => string
  /** See store/conceal. */
  readonly conceal: (purpose: Purpose, bytes: Uint8Array) => Buffer
  readonly reveal: (purpose: Purpose, concealed: Uint8Array) => Buffer | undefined
  /** A derived secret for a library that wants a string. */
  readonly secretFor: (purpose: Purpose) => string
}

export const deriveKeys = (secret: string): Keys => {
  // As KeyObjects: with plain bytes createHmac makes one for each call (13 µs, with a kept one 2.5 µs).
  const known = new Map<Purpose, KeyObject>()
  const key = (purpose: Purpose): KeyObject => {
    const have = known.get(purpose)
    if (have) return have
    const made = createSecretKey(Buffer.from(hkdfSync('sha256', secret, 'burnbox', purpose, 32)))
    known.set(purpose, made)
    return made
  }
  const under = (purpose: Purpose) => ({
    tagOf: (bytes: Uint8Array) => createHmac('sha256', key(purpose)).update('0:').update(bytes).digest(), cipherKey: key('concealed'),
  })
  return {
    conceal: (purpose, bytes) => conceal(under(purpose), bytes),
    reveal: (purpose, concealed) => reveal(under(purpose), concealed),
    hash: (purpose, ...parts) => {
      const hmac = createHmac('sha256', key(purpose))
      for (const part of parts) hmac.update(`${Buffer.byteLength(part)}:`).update(part)
      return hmac.digest()
    },
    mac: (purpose, bytes) => createHmac('sha256', key(purpose)).update(bytes).digest(),
    encrypt: (text) => {
      const nonce = randomBytes(12)
      const cipher = createCipheriv('aes-256-gcm', key('at-rest'), nonce)
      return Buffer.concat([nonce, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()])
    },
    decrypt: (sealed) => {
      const bytes = Buffer.from(sealed)
      const decipher = createDecipheriv('aes-256-gcm', key('at-rest'), bytes.subarray(0, 12))
      decipher.setAuthTag(bytes.subarray(-16))
      return Buffer.concat([decipher.update(bytes.subarray(12, -16)), decipher.final()]).toString('utf8')
    },
    secretFor: (purpose) => key(purpose).export().toString('base64url'),
  }
}

/** The secret kept in the data folder, made at first use with mode 0600. */
export const secretInFolder = (dataFolder: string): string => {
  const file = path.join(dataFolder, 'secret')
  mkdirSync(dataFolder, { recursive: true, mode: 0o700 })
  try {
    writeFileSync(file, randomBytes(32).toString('base64url') + '\n', { mode: 0o600, flag: 'wx', flush: true })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  }
  return readFileSync(file, 'utf8').trim()
}

export class WrongSecret extends Error {}

/** Records the check value on a new database; throws WrongSecret when it belongs to another secret. */
export const checkSecret = async (db: Database, keys: Keys): Promise<void> => {
  const value = keys.hash('check').toString('base64url')
  await db.insertInto('host_state').values({ key: 'secret-check', value }).onConflict((conflict) => conflict.column('key').doNothing()).execute()
  const row = await db.selectFrom('host_state').select('value').where('key', '=', 'secret-check').executeTakeFirstOrThrow()
  if (row.value !== value) {
    throw new WrongSecret('BURNBOX_SECRET is not the one this database was made with: set it to the former value (kept in the file "secret" of BURNBOX_DATA).')
  }
}
