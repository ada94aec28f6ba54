// The keys that mail is signed with: one in use for each domain and algorithm, perhaps one to come, and those that were.
// Private keys are encrypted with a key that follows from the secret; a retired one is deleted, its public half stays for the zone.

import { generateKeyPair } from 'node:crypto'
import { promisify } from 'node:util'
import type { Algorithm } from '../mail/dkim.ts'
import type { Database, Tx } from './database.ts'
import type { Keys } from './secret.ts'

export type DkimState = 'next' | 'active' | 'retired'

export type DkimKey = {
  readonly domain: string
  readonly selector: string
  readonly algorithm: Algorithm
  readonly state: DkimState
  /** Base64, as `p=` of the record. */
  readonly publicKey: string
  readonly changedAt: Date
}

/** As PKCS #8, DER. */
export type DkimSecret = DkimKey & { readonly privateKey: Buffer }

const make = promisify(generateKeyPair)
/** RFC 8301 §3.2: at least 1024; what every provider verifies and one DNS answer carries. */
const RSA_BITS = 2048

/** The keys of the domain, newest last. */
export const dkimKeys = async (db: Database | Tx, domain: string): Promise<readonly DkimKey[]> => {
  const rows = await db.selectFrom('dkim_keys').select(['domain', 'selector', 'algorithm', 'state', 'public_key', 'changed_at'])
    .where('domain', '=', domain).orderBy('created_at').orderBy('selector').execute()
  return rows.map(keyOf)
}

/** The active keys in the order of `algorithms`; made when missing, by whichever process is first. */
export const activeDkimKeys = async (
  db: Database, keys: Keys, domain: string, algorithms: readonly Algorithm[], now: Date,
): Promise<readonly DkimSecret[]> => {
  const have = await readActiveDkimKeys(db, keys, domain, algorithms)
  const missing = algorithms.filter((algorithm) => !have.some((key) => key.algorithm === algorithm))
  if (missing.length === 0) return have
  for (const algorithm of missing) await makeDkimKey(db, keys, domain, algorithm, 'active', now)
  return readActiveDkimKeys(db, keys, domain, algorithms)
}

/** Those that are there; a domain that is not ours has none. */
export const readActiveDkimKeys = async (
  db: Database, keys: Keys, domain: string, algorithms: readonly Algorithm[],
): Promise<readonly DkimSecret[]> => {
  const rows = await db.selectFrom('dkim_keys').selectAll().where('domain', '=', domain).where('state', '=', 'active').execute()
  return algorithms.flatMap((algorithm) => rows.filter((row) => row.algorithm === algorithm).map((row) => (
    { ...keyOf(row), privateKey: Buffer.from(keys.decrypt(row.private_key_encrypted!), 'base64') })))
}

/** Does nothing where another process was first: the constraints say so. */
export const makeDkimKey = async (
  db: Database, keys: Keys, domain: string, algorithm: Algorithm, state: 'next' | 'active', now: Date,
): Promise<void> => {
  const { publicKey, privateKey } = await makePair(algorithm)
  const made = await db.selectFrom('dkim_keys').select((eb) => eb.fn.countAll<string>().as('n'))
    .where('domain', '=', domain).where('algorithm', '=', algorithm).executeTakeFirstOrThrow()
  await db.insertInto('dkim_keys').values({
    domain, algorithm, state, selector: `${algorithm === 'rsa-sha256' ? 'burnbox' : 'burnbox-ed'}${Number(made.n) + 1}`,
    public_key: publicKey, private_key_encrypted: keys.encrypt(privateKey.toString('base64')), created_at: now, changed_at: now,
  }).onConflict((conflict) => conflict.doNothing()).execute()
}

/** RFC 8463 §4: of an Ed25519 key the 32 octets themselves are published, of an RSA key the SubjectPublicKeyInfo. */
const makePair = async (algorithm: Algorithm): Promise<{ readonly publicKey: string; readonly privateKey: Buffer }> => {
  const publicKeyEncoding = { type: 'spki', format: 'der' } as const
  const privateKeyEncoding = { type: 'pkcs8', format: 'der' } as const
  switch (algorithm) {
    case 'rsa-sha256': {
      const { publicKey, privateKey } = await make('rsa', { modulusLength: RSA_BITS, publicKeyEncoding, privateKeyEncoding })
      return { publicKey: publicKey.toString('base64'), privateKey }
    }
    case 'ed25519-sha256': {
      const { publicKey, privateKey } = await make('ed25519', { publicKeyEncoding, privateKeyEncoding })
      return { publicKey: publicKey.subarray(-32).toString('base64'), privateKey }
    }
  }
}

/** The next keys become the active ones. False: there was none. */
export const activateNextDkimKeys = async (tx: Tx, domain: string, now: Date): Promise<boolean> => {
  const next = await tx.selectFrom('dkim_keys').select(['selector', 'algorithm']).where('domain', '=', domain).where('state', '=', 'next')
    .forUpdate().execute()
  for (const { selector, algorithm } of next) {
    await tx.updateTable('dkim_keys').set({ state: 'retired', private_key_encrypted: null, changed_at: now })
      .where('domain', '=', domain).where('algorithm', '=', algorithm).where('state', '=', 'active').execute()
    await tx.updateTable('dkim_keys').set({ state: 'active', changed_at: now }).where('domain', '=', domain).where('selector', '=', selector).execute()
  }
  return next.length > 0
}

const keyOf = (row: { domain: string; selector: string; algorithm: string; state: string; public_key: string; changed_at: Date }): DkimKey => ({
  domain: row.domain, selector: row.selector, algorithm: row.algorithm as Algorithm, state: row.state as DkimState,
  publicKey: row.public_key, changedAt: row.changed_at,
})
