// Keys to sign with: made once whoever is first, encrypted, exchanged by selector.
import { createPrivateKey, createPublicKey } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { activateDkimRotation, listDkimKeys, prepareDkimRotation } from '../../../src/flow/rotate-dkim.ts'
import { dnsRecords } from '../../../src/flow/dns-records.ts'
import type { Host } from '../../../src/flow/host.ts'
import { openDatabase } from '../../../src/store/database.ts'
import { activeDkimKeys } from '../../../src/store/dkim-keys.ts'
import { ensureHostDomain } from '../../../src/store/domains.ts'
import { deriveKeys } from '../../../src/store/secret.ts'
import { createDatabase } from '../../support/database.ts'
import { createTestHost } from '../../support/web-host.ts'

const { db, url } = await createDatabase()
const keys = deriveKeys('a secret for tests only')
const now = new Date('2026-01-01T00:00:00Z')
let domains = 0
const newDomain = async (): Promise<string> => {
  const name = `burn${++domains}.example`
  await db.transaction().execute((tx) => ensureHostDomain(tx, name))
  return name
}
const newHost = async (env = {}): Promise<Host> => createTestHost(db, { BURNBOX_DOMAIN: await newDomain(), BURNBOX_RELAY: 'local', ...env })

test('ten who need the first key at once, over two pools, get one and the same', async () => {
  const domain = await newDomain()
  const other = openDatabase(url, { max: 4 })
  try {
    const got = await Promise.all(Array.from({ length: 10 }, (_, n) => activeDkimKeys(n % 2 ? db : other, keys, domain, ['rsa-sha256', 'ed25519-sha256'], now)))
    const selectors = got.map((all) => all.map((key) => `${key.selector} ${key.privateKey.toString('base64')}`).join())
    expect(new Set(selectors).size).toBe(1)
    expect(got[0]!.map((key) => [key.selector, key.algorithm])).toEqual([['burnbox1', 'rsa-sha256'], ['burnbox-ed1', 'ed25519-sha256']])
  } finally {
    await other.destroy()
  }
})

test('an RSA key of 2048 bits, its public half as the record wants it; the private one is not to be read without the secret', async () => {
  const domain = await newDomain()
  const [key] = await activeDkimKeys(db, keys, domain, ['rsa-sha256'], now)
  const privateKey = createPrivateKey({ key: key!.privateKey, format: 'der', type: 'pkcs8' })
  expect(privateKey.asymmetricKeyDetails?.modulusLength).toBe(2048)
  expect(createPublicKey(privateKey).export({ format: 'der', type: 'spki' }).toString('base64')).toBe(key!.publicKey)
  const row = await db.selectFrom('dkim_keys').selectAll().where('domain', '=', domain).executeTakeFirstOrThrow()
  expect(row.private_key_encrypted!.includes(key!.privateKey)).toBe(false)
  expect(row.private_key_encrypted!.includes(key!.privateKey.toString('base64'))).toBe(false)
  await expect(activeDkimKeys(db, deriveKeys('quite another secret'), domain, ['rsa-sha256'], now)).rejects.toThrow(/authenticate|Unsupported state/)
})

describe('rotation', () => {
  test('the next key is made once and published beside the active one; then it is the active one, and the former is deleted', async () => {
    const host = await newHost()
    const names = async (): Promise<readonly string[]> => (await listDkimKeys(host)).map((key) => `${key.selector} ${key.state}`)
    await Promise.all([prepareDkimRotation(host), prepareDkimRotation(host)])
    expect(await names()).toEqual(['burnbox1 active', 'burnbox2 next'])
    expect((await dnsRecords(host)).filter(({ name }) => name.includes('_domainkey'))).toHaveLength(2)
    await activateDkimRotation(host, { force: true })
    expect(await names()).toEqual(['burnbox1 retired', 'burnbox2 active'])
    const rows = await db.selectFrom('dkim_keys').select(['selector', 'private_key_encrypted']).where('domain', '=', host.domain).orderBy('selector').execute()
    expect(rows.map((row) => row.private_key_encrypted === null)).toEqual([true, false])
    await expect(activateDkimRotation(host)).rejects.toThrow('There is no next key')
    await prepareDkimRotation(host)
    expect(await names()).toEqual(['burnbox1 retired', 'burnbox2 active', 'burnbox3 next'])
  })
})

describe('dnsRecords', () => {
  test('MX, SPF, DKIM, DMARC, with the key that mail is signed with', async () => {
    const host = await newHost({ BURNBOX_URL: 'https://box.example', BURNBOX_RELAY: 'smtp://192.0.2.7:25' })
    const records = await dnsRecords(host)
    const [key] = await listDkimKeys(host)
    expect(records.map(({ name, type, value }) => `${name} ${type} ${value}`)).toEqual([
      `${host.domain} MX 10 box.example.`,
      `${host.domain} TXT v=spf1 mx ip4:192.0.2.7 -all`,
      `burnbox1._domainkey.${host.domain} TXT v=DKIM1; k=rsa; p=${key!.publicKey}`,
      `_dmarc.${host.domain} TXT v=DMARC1; p=reject`,
    ])
  })

  test('a second key with BURNBOX_DKIM_ED25519; a retired one for a week', async () => {
    const host = await newHost({ BURNBOX_DKIM_ED25519: 'true' })
    const keyNames = async (at: Host): Promise<readonly string[]> =>
      (await dnsRecords(at)).flatMap(({ name }) => (name.includes('_domainkey') ? [name.split('.')[0]!] : [])).toSorted()
    expect(await keyNames(host)).toEqual(['burnbox-ed1', 'burnbox1'])
    await prepareDkimRotation(host)
    await activateDkimRotation(host, { force: true })
    expect(await keyNames(host)).toEqual(['burnbox-ed1', 'burnbox-ed2', 'burnbox1', 'burnbox2'])
    const later = { ...host, clock: { ...host.clock, now: () => new Date(Date.now() + 8 * 86_400_000) } }
    expect(await keyNames(later)).toEqual(['burnbox-ed2', 'burnbox2'])
  })
})
