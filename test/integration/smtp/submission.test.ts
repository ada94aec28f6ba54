// The submission port: TLS first, who signs in and as whom, what is said to who tries.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { generate } from 'selfsigned'
import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import { makeAppPassword } from '../../../src/flow/app-password.ts'
import { createAccount } from '../../../src/flow/create-account.ts'
import { createAlias } from '../../../src/flow/create-alias.ts'
import { suspendAccount } from '../../../src/flow/suspend-account.ts'
import { parseMailbox } from '../../../src/mail/address.ts'
import { readCertificate } from '../../../src/smtp/certificate.ts'
import { openSubmission } from '../../../src/smtp/submission.ts'
import { createDatabase } from '../../support/database.ts'
import { createFakeClock } from '../../support/fake-clock.ts'
import { connectClient, type SmtpClient } from '../../support/smtp-client.ts'
import { createTestHost } from '../../support/web-host.ts'

const { db } = await createDatabase()
const data = mkdtempSync(join(tmpdir(), 'burnbox-submission-'))
afterAll(() => rmSync(data, { recursive: true, force: true }))
const clock = createFakeClock(new Date('2026-01-01T00:00:00Z'))
const host = { ...createTestHost(db, { BURNBOX_DOMAIN: 'burn.example', BURNBOX_DATA: data }), clock }

const account = async (name: string) => (await createAccount(host, { email: parseMailbox(`${name}@home.example`)!, role: 'member', inboxes: [] })).id
const [ada, bob, eve] = [await account('ada'), await account('bob'), await account('eve')]
const alias = (accountId: string, localPart: string) =>
  createAlias(host, { accountId, site: null, label: null, note: null, displayName: null, pinned: false, localPart })
const shop = await alias(ada, 'shop-1')
const bank = await alias(ada, 'bank-1')
const foreign = await alias(bob, 'foreign-1')
const left = await alias(eve, 'left-1')
const make = async (accountId: string, aliasUuid?: string) => (await makeAppPassword(host, { accountId, aliasUuid, name: 'Phone' })).password
const forShop = await make(ada, shop.uuid)
const forAll = await make(ada)
const forEve = await make(eve)
await suspendAccount(host, eve)

const files = { cert: join(data, 'cert.pem'), key: join(data, 'key.pem') }
const made = await generate([{ name: 'commonName', value: 'burn.example' }], { keySize: 2048 })
writeFileSync(files.cert, made.cert)
writeFileSync(files.key, made.private)
const certificate = readCertificate(files)
const endpoint = { host: '127.0.0.1', port: 0 }
const starttls = await openSubmission(host, certificate, endpoint, false)
const implicit = await openSubmission(host, certificate, endpoint, true)
afterAll(() => Promise.all([starttls.close(1), implicit.close(1)]))

beforeEach(() => db.deleteFrom('tries').execute())

const plain = (user: string, password: string): string => `AUTH PLAIN ${Buffer.from(`\0${user}\0${password}`).toString('base64')}`
const base64 = (text: string): string => Buffer.from(text).toString('base64')
/** After the handshake and EHLO. */
const inTls = async (): Promise<SmtpClient> => {
  const client = await connectClient(starttls.port)
  expect(await client.reply()).toMatch(/^220 burn\.example /)
  await client.say('EHLO phone.local')
  expect(await client.say('STARTTLS')).toMatch(/^220 /)
  await client.tls()
  await client.say('EHLO phone.local')
  return client
}
const WRONG = '535 5.7.8 Wrong user or password'

describe('before TLS', () => {
  test('AUTH is not offered, and whatever needs it is 530 5.7.0', async () => {
    await using client = await connectClient(starttls.port)
    await client.reply()
    const features = await client.say('EHLO phone.local')
    expect(features).toContain('STARTTLS')
    expect(features).not.toContain('AUTH')
    for (const line of [plain(shop.address, forShop), 'AUTH LOGIN', 'MAIL FROM:<ada@home.example>', 'RCPT TO:<x@y.example>', 'DATA', 'VRFY x']) {
      expect(await client.say(line)).toBe('530 5.7.0 Must issue a STARTTLS command first')
    }
    for (const line of ['NOOP', 'RSET']) expect(await client.say(line)).toMatch(/^250 /)
  })

  test('on the port that begins with TLS nothing is said in the clear', async () => {
    await using client = await connectClient(implicit.port)
    await client.write('EHLO phone.local\r\nAUTH LOGIN\r\n')
    expect(await client.closed()).not.toContain('250')
  })
})

describe('signing in', () => {
  test('PLAIN and LOGIN, by STARTTLS and with TLS from the start', async () => {
    await using client = await inTls()
    expect(await client.say('EHLO phone.local')).toMatch(/^250[- ]AUTH PLAIN LOGIN$/m)
    expect(await client.say(plain(shop.address, forShop))).toBe('235 2.7.0 Authentication successful')
    expect(await client.say(plain(shop.address, forShop))).toMatch(/^503 /)

    await using other = await connectClient(implicit.port)
    await other.tls()
    await other.reply()
    expect(await other.say('EHLO phone.local')).not.toContain('STARTTLS')
    expect(await other.say('AUTH LOGIN')).toBe('334 VXNlcm5hbWU6')
    expect(await other.say(base64(shop.address.toUpperCase()))).toBe('334 UGFzc3dvcmQ6')
    expect(await other.say(base64(forShop.toUpperCase().replaceAll('-', ' ')))).toMatch(/^235 /)
    expect((await db.selectFrom('app_passwords').select('last_used_at').where('alias_id', '=', shop.id).executeTakeFirstOrThrow()).last_used_at)
      .toEqual(clock.now())
  })

  test('a password of the account signs in as each of its aliases, one of an alias as no other', async () => {
    for (const address of [shop.address, bank.address]) {
      await using client = await inTls()
      expect(await client.say(plain(address, forAll))).toMatch(/^235 /)
    }
    await using client = await inTls()
    expect(await client.say(plain(bank.address, forShop))).toBe(WRONG)
    expect(await client.say(plain(foreign.address, forAll))).toBe(WRONG)
  })

  test('whatever is wrong, the answer is the same', async () => {
    for (const [user, password] of [
      [shop.address, 'abcd-efgh'], [shop.address, ''], ['nobody@burn.example', forAll], ['ada@home.example', forAll], ['', forAll], ['no address', forAll],
      [left.address, forEve], [`${shop.address}\r\nx`, forAll],
    ] as const) {
      await using client = await inTls()
      expect(await client.say(plain(user, password))).toMatch(/^(535 5\.7\.8 Wrong user or password|501 5\.5\.4 Error: invalid userdata)$/)
      await db.deleteFrom('tries').execute()
    }
  })

  test('a revoked one is wrong from then on', async () => {
    const once = await makeAppPassword(host, { accountId: ada, name: 'Old phone' })
    await db.deleteFrom('app_passwords').where('uuid', '=', once.appPassword.uuid).execute()
    await using client = await inTls()
    expect(await client.say(plain(shop.address, once.password))).toBe(WRONG)
  })

  test('three wrong ones end the conversation, ten lock the network out for a quarter of an hour', async () => {
    for (let round = 0; round < 3; round++) {
      await using client = await inTls()
      for (let n = 0; n < 2; n++) expect(await client.say(plain(shop.address, 'wrong'))).toBe(WRONG)
      await client.write(`${plain(shop.address, 'wrong')}\r\n`)
      expect(await client.closed()).toContain('421 4.7.0 Too many wrong passwords, try again later')
    }
    await using tenth = await inTls()
    expect(await tenth.say(plain(shop.address, 'wrong'))).toBe(WRONG)
    await tenth.write(`${plain(shop.address, forShop)}\r\n`)
    expect(await tenth.closed()).toContain('421 4.7.0')
    await clock.advance(15 * 60_000 + 1)
    await using later = await inTls()
    expect(await later.say(plain(shop.address, forShop))).toMatch(/^235 /)
  })
})

test('without a sign-in no message is taken', async () => {
  await using client = await inTls()
  for (const line of ['MAIL FROM:<ada@home.example>', 'RCPT TO:<x@y.example>', 'DATA']) {
    expect(await client.say(line)).toBe('530 5.7.0 Authentication required')
  }
})

test('A11 the ingress still knows no AUTH', async () => {
  const { openIngress } = await import('../../../src/smtp/server.ts')
  const ingress = await openIngress({ ...host, config: { ...host.config, smtp: endpoint } }, certificate)
  await using client = await connectClient(ingress.port)
  await client.reply()
  expect(await client.say('EHLO phone.local')).not.toContain('AUTH')
  expect(await client.say(plain(shop.address, forShop))).toBe('502 5.5.1 Command not implemented')
  await ingress.close(1)
})
