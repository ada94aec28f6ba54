// Whom an alias was given to, and who is a stranger to it: real SMTP, a real DNS server, messages signed by several companies.
import { describe, expect, test } from 'vitest'
import { expectNoLonger, expectSender, expectWhoWrote } from '../../../src/flow/expect-sender.ts'
import { expectedSendersOf } from '../../../src/store/expected-senders.ts'
import { openCompanies } from '../../support/companies.ts'
import { createDatabase } from '../../support/database.ts'
import { listHeldRows } from '../../support/mail-rows.ts'
import { until } from '../../support/until.ts'

const { db, url } = await createDatabase()
const DAY_MS = 86_400_000

const sendersOf = (aliasId: number) =>
  db.selectFrom('senders').select(['domain', 'organisation', 'proven', 'stranger']).where('alias_id', '=', aliasId).orderBy('id').execute()
const expectedOf = (aliasId: number) =>
  db.selectFrom('expected_senders').select(['kind', 'name', 'origin']).where('alias_id', '=', aliasId).orderBy('id').execute()

describe('an alias that was made for a site', () => {
  test('its company is expected, whatever host of it writes; anybody else is a stranger from the first message', async () => {
    const { alias, write, last } = await openCompanies(url)
    const shop = await alias('shop.example')
    expect(await write(shop, 'news@deals.example')).toMatch(/^250 /)
    expect(last('X-Burnbox-Stranger')).toBe('yes; organisation=deals.example; proven=yes')
    await write(shop, 'news@mail.shop.example', { signers: ['shop.example'] })
    expect(last('X-Burnbox-Stranger')).toBe('')
    expect(await sendersOf(shop.id)).toEqual([
      { domain: 'deals.example', organisation: 'deals.example', proven: true, stranger: true },
      { domain: 'mail.shop.example', organisation: 'shop.example', proven: true, stranger: false },
    ])
  })

  test('who only says to be the company proves nothing: a stranger, until it is proven', async () => {
    const { alias, write, last } = await openCompanies(url)
    const shop = await alias('shop.example')
    await write(shop, 'news@shop.example', { signers: ['deals.example'], returnPath: 'x@deals.example' })
    expect(last('X-Burnbox-Stranger')).toBe('yes; organisation=shop.example; proven=no')
    expect(await sendersOf(shop.id)).toMatchObject([{ proven: false, stranger: true }])
    await write(shop, 'news@shop.example')
    expect(last('X-Burnbox-Stranger')).toBe('')
    expect(await sendersOf(shop.id)).toMatchObject([{ proven: true, stranger: false }])
  })

  test.each(['amazonses.com', 'eu-west-1.amazonses.com', 'sendgrid.net', 'mailchimpapp.net'])(
    'mail that %s signs for the company is the company\'s', async (service) => {
    const { alias, write, last } = await openCompanies(url)
    const shop = await alias('shop.example')
    await write(shop, 'news@shop.example', { signers: [service], returnPath: `bounce@${service}` })
    expect(last('X-Burnbox-Stranger')).toBe('')
    await write(shop, 'news@deals.example', { signers: [service], returnPath: `bounce@${service}` })
    expect(last('X-Burnbox-Stranger')).toBe('yes; organisation=deals.example; proven=no')
  })

  test('who else signs what the company sends itself signs for it, also later; who passes it on does not', async () => {
    const { alias, write, last } = await openCompanies(url)
    const [shop, other] = [await alias('shop.example'), await alias('shop.example')]
    await write(shop, 'news@shop.example', { signers: ['shop.example', 'bulkmailer.example'] })
    await write(shop, 'news@shop.example', { signers: ['bulkmailer.example'], returnPath: 'x@bulkmailer.example' })
    expect(last('X-Burnbox-Stranger')).toBe('')
    await write(other, 'news@shop.example', { signers: ['shop.example', 'evil.example'], returnPath: 'x@evil.example' })
    await write(other, 'news@shop.example', { signers: ['evil.example'], returnPath: 'x@evil.example' })
    expect(last('X-Burnbox-Stranger')).toBe('yes; organisation=shop.example; proven=no')
    expect(await expectedOf(other.id)).toEqual([{ kind: 'domain', name: 'shop.example', origin: 'learned' }])
  })

  test('after three messages nothing is learned any more', async () => {
    const { alias, write, last } = await openCompanies(url)
    const shop = await alias('shop.example')
    for (let n = 0; n < 3; n++) await write(shop, 'news@shop.example')
    await write(shop, 'news@shop.example', { signers: ['shop.example', 'bulkmailer.example'] })
    await write(shop, 'news@shop.example', { signers: ['bulkmailer.example'], returnPath: 'x@bulkmailer.example' })
    expect(last('X-Burnbox-Stranger')).toMatch(/^yes/)
  })
})

describe('an alias without a site', () => {
  test('was given to whom the first proven message is of', async () => {
    const { alias, write, last } = await openCompanies(url)
    const given = await alias(null)
    await write(given, 'news@spam.example', { signers: [], returnPath: 'x@elsewhere.example' })
    expect(last('X-Burnbox-Stranger')).toBe('yes; organisation=spam.example; proven=no')
    await write(given, 'news@paper.example')
    expect(last('X-Burnbox-Stranger')).toBe('')
    await write(given, 'news@deals.example')
    expect(last('X-Burnbox-Stranger')).toBe('yes; organisation=deals.example; proven=yes')
    expect(await expectedOf(given.id)).toEqual([{ kind: 'domain', name: 'paper.example', origin: 'first' }])
  })

  test('of two first messages at the same time one is the first', async () => {
    const { alias, write } = await openCompanies(url)
    const given = await alias(null)
    await Promise.all([write(given, 'a@paper.example'), write(given, 'b@deals.example')])
    expect(await expectedOf(given.id)).toHaveLength(1)
    expect((await sendersOf(given.id)).map(({ stranger }) => stranger).toSorted()).toEqual([false, true])
  })

  test('where anybody may have a mailbox one mailbox is whom it was given to', async () => {
    const { alias, write, last } = await openCompanies(url)
    const given = await alias(null)
    await write(given, 'ann@gmail.com')
    await write(given, 'ben@gmail.com')
    expect(last('X-Burnbox-Stranger')).toBe('yes; organisation=gmail.com; proven=yes')
  })

  test('after 14 days nobody is learned', async () => {
    const { alias, write, last, clock } = await openCompanies(url)
    const given = await alias(null)
    await clock.advance(14 * DAY_MS)
    await write(given, 'news@paper.example')
    expect(last('X-Burnbox-Stranger')).toMatch(/^yes/)
    expect(await expectedOf(given.id)).toEqual([])
  })
})

describe('its owner says "this is the company too"', () => {
  test('of who wrote, of a domain, of an address: its mail is a stranger\'s no longer, and what waits in the queue loses its mark', async () => {
    const { alias, write, last, mail: { host }, hop, clock } = await openCompanies(url)
    const shop = await alias('shop.example')
    const which = { accountId: shop.accountId, uuid: shop.uuid }
    await write(shop, 'news@deals.example')
    expect(last('X-Burnbox-Stranger')).toMatch(/^yes/)
    hop.script({ rcpt: '450 4.2.1 later' })
    await write(shop, 'news@mail.deals.example', { subject: 'Queued' })
    const { uuid } = await db.selectFrom('senders').select('uuid').where('alias_id', '=', shop.id).orderBy('id').executeTakeFirstOrThrow()
    await expectWhoWrote(host, which, uuid)
    hop.script({})
    await until(() => hop.accepted.length === 2, 'the queued one', { each: () => clock.advance(10_000) })
    expect([last('Subject'), last('X-Burnbox-Stranger')]).toEqual(['Queued', ''])

    await expectSender(host, which, { sender: 'mail.paper.example', unproven: false })
    await expectSender(host, which, { sender: 'ann@gmail.com', unproven: false })
    const strange = async (from: string): Promise<boolean> => {
      await write(shop, from)
      return last('X-Burnbox-Stranger') !== ''
    }
    for (const from of ['x@mail.paper.example', 'x@a.mail.paper.example', 'ann@gmail.com', 'news@shop.example']) expect(await strange(from), from).toBe(false)
    for (const from of ['x@paper.example', 'x@post.paper.example', 'ben@gmail.com']) expect(await strange(from), from).toBe(true)
    const named = (await expectedSendersOf(db, shop.id)).find(({ name }) => name === 'ann@gmail.com')!
    await expectNoLonger(host, which, named.id)
    expect(await strange('ann@gmail.com')).toBe(true)
  })
})

describe('what becomes of a stranger\'s mail', () => {
  test('held, where the account or the address says so', async () => {
    const { alias, write, owner, hop } = await openCompanies(url)
    const [shop, open] = [await alias('shop.example'), await alias('shop.example')]
    await db.updateTable('account_settings').set({ strangers: 'hold' }).where('account_id', '=', owner.id).execute()
    await db.updateTable('aliases').set({ strangers: 'flag' }).where('id', '=', open.id).execute()
    expect(await write(shop, 'news@deals.example')).toMatch(/^250 /)
    expect(await listHeldRows(db)).toMatchObject([{ alias_id: shop.id, reason: 'stranger', reason_text: 'Its sender was not given this address.' }])
    expect(hop.accepted).toHaveLength(0)
    await write(open, 'news@deals.example')
    await write(shop, 'news@shop.example')
    expect(hop.accepted).toHaveLength(2)
  })

  test('delivered without a word, and still known', async () => {
    const { alias, write, owner, last } = await openCompanies(url)
    const shop = await alias('shop.example')
    await db.updateTable('account_settings').set({ strangers: 'silent' }).where('account_id', '=', owner.id).execute()
    await write(shop, 'news@deals.example')
    expect(last('X-Burnbox-Stranger')).toBe('')
    expect(await sendersOf(shop.id)).toMatchObject([{ stranger: true }])
  })

  test('marked in the subject where wanted; a mark that came with the message is no mark', async () => {
    const { alias, write, owner, last } = await openCompanies(url)
    const shop = await alias('shop.example')
    await db.updateTable('account_settings').set({ stranger_subject: '[Stranger]' }).where('account_id', '=', owner.id).execute()
    await write(shop, 'news@deals.example', { subject: '=?utf-8?Q?Gr=C3=BC=C3=9Fe?=', header: 'X-Burnbox-Stranger: no\r\n' })
    expect(last('Subject')).toBe('[Stranger] =?utf-8?Q?Gr=C3=BC=C3=9Fe?=')
    expect(last('X-Burnbox-Stranger')).toBe('yes; organisation=deals.example; proven=yes')
    await write(shop, 'news@shop.example', { header: 'X-Burnbox-Stranger: yes\r\n' })
    expect(last('Subject')).toBe('Hello')
    expect(last('X-Burnbox-Stranger')).toBe('')
  })

  test('postmaster is written to by anybody', async () => {
    const { alias, write, last } = await openCompanies(url)
    const postmaster = await alias(null)
    await db.updateTable('aliases').set({ system: true }).where('id', '=', postmaster.id).execute()
    await write(postmaster, 'x@paper.example')
    await write(postmaster, 'x@deals.example')
    expect(last('X-Burnbox-Stranger')).toBe('')
    expect(await sendersOf(postmaster.id)).toEqual([])
  })

  test('a burned address still learns who writes to it, as evidence', async () => {
    const { alias, write } = await openCompanies(url)
    const shop = await alias('shop.example')
    await db.updateTable('aliases').set({ state: 'burned', burned_at: new Date() }).where('id', '=', shop.id).execute()
    await write(shop, 'news@deals.example')
    expect(await sendersOf(shop.id)).toMatchObject([{ organisation: 'deals.example', stranger: true }])
    const { evidence_encrypted: evidence } = await db.selectFrom('senders').select('evidence_encrypted')
      .where('alias_id', '=', shop.id).executeTakeFirstOrThrow()
    expect(evidence?.toString('latin1')).not.toContain('deals')
  })

  test('without days of evidence no header is kept', async () => {
    const { alias, write, owner } = await openCompanies(url)
    const shop = await alias('shop.example')
    await db.updateTable('account_settings').set({ evidence_days: 0 }).where('account_id', '=', owner.id).execute()
    await write(shop, 'news@deals.example')
    expect(await db.selectFrom('senders').select('evidence_encrypted').where('alias_id', '=', shop.id).execute()).toEqual([{ evidence_encrypted: null }])
  })

  test('three lessons at most, and one row for each author', async () => {
    const { alias, write } = await openCompanies(url)
    const shop = await alias('shop.example')
    for (let n = 0; n < 5; n++) await write(shop, 'news@shop.example')
    expect(await db.selectFrom('aliases').select('learned').where('id', '=', shop.id).executeTakeFirst()).toEqual({ learned: 3 })
    expect(await sendersOf(shop.id)).toHaveLength(1)
  })
})
