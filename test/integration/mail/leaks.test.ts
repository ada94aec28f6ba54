// Evidence: the first message of each correspondent, the report of an address, and the companies by strangers.
import { expect, onTestFinished, test } from 'vitest'
import { lapse } from '../../../src/flow/lapse.ts'
import { leakReport } from '../../../src/flow/leak-report.ts'
import { createAuth } from '../../../src/http/auth.ts'
import { createWeb } from '../../../src/http/create-web.ts'
import { createToken } from '../../../src/flow/create-token.ts'
import { aliasByUuid } from '../../../src/store/aliases.ts'
import { changeRules } from '../../../src/store/rules.ts'
import { openCompanies } from '../../support/companies.ts'
import { createDatabase } from '../../support/database.ts'

const { db, url } = await createDatabase()
const DAY_MS = 86_400_000

async function open() {
  const companies = await openCompanies(url)
  const { mail: { host }, owner } = companies
  const auth = createAuth(host)
  const web = createWeb({ host, auth })
  onTestFinished(() => web[Symbol.asyncDispose]())
  const { token } = await createToken(auth, { accountId: owner.id, name: 'test', scopes: ['read'] })
  return {
    ...companies, host,
    get: async (path: string) => (await web.app.request(`http://localhost${path}`, { headers: { authorization: `Bearer ${token}` } })).json() as Promise<any>,
  }
}

test('the report says who passed the address on, with the header as it came', async () => {
  const { alias, write, get } = await open()
  const shop = await alias('shop.example')
  await write(shop, 'news@shop.example')
  await write(shop, 'offers@mail.deals.example', { subject: 'Cheap =?utf-8?Q?B=C3=BCcher?=', header: 'X-Campaign: 1234\r\n' })
  await write(shop, 'more@deals.example', { subject: 'Later' })
  const report = await get(`/v1/leaks/${shop.uuid}`)
  const day = new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeZone: 'UTC' })
  const at = (time: string): string => day.format(new Date(time))
  expect(report.sentence).toBe(`The address you gave only to shop.example on ${at(report.given_at)} was used on ${at(report.strangers[0].first_at)} `
    + 'by deals.example, signed by mail.deals.example.')
  expect(report).toMatchObject({
    alias: shop.address, site: 'shop.example', stranger_count: 2, expected: [{ kind: 'domain', name: 'shop.example', origin: 'learned' }],
    expected_senders: [{ address: 'news@shop.example', proven: true }],
    strangers: [{ address: 'offers@mail.deals.example', organisation: 'deals.example', proven: true }, { address: 'more@deals.example' }],
  })
  const { evidence } = report.strangers[0]
  expect(evidence).toMatchObject({ client_ip: '127.0.0.1', helo: 'mail.shop.example', reverse_path: 'offers@mail.deals.example', is_cut: false })
  expect(evidence.authentication).toContain('dkim=pass header.d=mail.deals.example')
  expect(evidence.header).toMatch(/^DKIM-Signature:[\s\S]+Subject: Cheap =\?utf-8\?Q\?B=C3=BCcher\?=\r\n[\s\S]+X-Campaign: 1234\r\n/)
})

test('a forged message proves nothing: the day and the header are those of the first that its sender sent, also of several at once', async () => {
  const { alias, write, get, clock } = await open()
  const shop = await alias('shop.example')
  const forged = { signers: [], returnPath: 'x@elsewhere.example', subject: 'Forged' }
  await write(shop, 'offers@deals.example', forged)
  expect(await get(`/v1/leaks/${shop.uuid}`)).toMatchObject({
    sentence: expect.stringContaining('somebody who wrote as deals.example'),
    strangers: [{ proven: false, evidence: { header: expect.stringContaining('Forged') } }],
  })
  await clock.advance(2 * DAY_MS)
  await write(shop, 'win@casino.example')
  await clock.advance(2 * DAY_MS)
  await Promise.all([
    write(shop, 'offers@deals.example', { subject: 'Sent by them' }), write(shop, 'offers@deals.example', { ...forged, header: 'X-N: 2\r\n' }),
  ])
  await write(shop, 'offers@deals.example', forged)
  const report = await get(`/v1/leaks/${shop.uuid}`)
  expect(report.strangers).toMatchObject([
    { organisation: 'casino.example', proven: true },
    { organisation: 'deals.example', proven: true, first_at: clock.now().toISOString(), evidence: { header: expect.stringContaining('Sent by them') } },
  ])
  expect(report.strangers[1].evidence.received_at).toBe(report.strangers[1].first_at)
})

test('of an address that mail made nobody can say since when somebody had it; how it came to be is told', async () => {
  const { alias, write, get } = await open()
  const [given, unknown] = [await alias(null), await alias(null)]
  for (const { id } of [given, unknown]) {
    await db.updateTable('aliases').set({ origin: 'made-up', origin_from: 'paper.example', origin_host: 'mail.paper.example', origin_ip: '192.0.2.1' })
      .where('id', '=', id).execute()
  }
  await write(given, 'first@paper.example')
  await write(given, 'a@deals.example')
  expect(await get(`/v1/leaks/${given.uuid}`)).toMatchObject({
    sentence: expect.stringMatching(/^The address you gave only to paper\.example was used on \d+ \w+ \d{4} by deals\.example, signed by deals\.example\.$/),
    site: null, given_to: 'paper.example', given_at: null, made_up: { from: 'paper.example', host: 'mail.paper.example', ip: '192.0.2.1' },
  })
  await write(unknown, 'x@spam.example', { signers: [], returnPath: 'x@elsewhere.example' })
  expect(await get(`/v1/leaks/${unknown.uuid}`)).toMatchObject({
    given_to: null, sentence: expect.stringMatching(/^An address that you made by naming it was used/),
  })
})

test('companies by strangers: each organisation once an address; what has none is not there', async () => {
  const { alias, write, get, clock } = await open()
  const [shop, bank, quiet, given] = [await alias('shop.example'), await alias('bank.example'), await alias('quiet.example'), await alias(null)]
  for (const from of ['a@deals.example', 'b@deals.example', 'a@casino.example']) await write(shop, from)
  await write(bank, 'a@deals.example')
  await clock.advance(1_000)
  await write(quiet, 'news@quiet.example')
  await write(given, 'first@paper.example')
  await write(given, 'a@deals.example')
  expect((await get('/v1/leaks')).items).toMatchObject([
    { site: 'shop.example', strangers: 2, aliases: 1, alias_ids: [shop.uuid] }, { site: null, strangers: 1, alias_ids: [given.uuid] },
    { site: 'bank.example', strangers: 1 },
  ])
})

test('headers go after their days; who wrote stays', async () => {
  const { alias, write, get, host, owner, clock } = await open()
  const shop = await alias('shop.example')
  await write(shop, 'a@deals.example')
  const evidence = () => db.selectFrom('senders').select('evidence_encrypted').where('alias_id', '=', shop.id).executeTakeFirstOrThrow()
  await clock.advance(89 * DAY_MS)
  await lapse(host)
  expect((await evidence()).evidence_encrypted).not.toBeNull()
  await changeRules(db, owner.id, { evidenceDays: 30 })
  const found = await leakReport(host, (await aliasByUuid(db, owner.id, shop.uuid))!)
  expect(found.strangers[0]?.evidence).toBeUndefined()
  await lapse(host)
  expect((await evidence()).evidence_encrypted).toBeNull()
  await changeRules(db, owner.id, { evidenceDays: 90 })
  expect((await get(`/v1/leaks/${shop.uuid}`)).strangers).toMatchObject([{ address: 'a@deals.example', evidence: null }])
})
