// Addresses that the first mail to them makes, at a domain of an account: real SMTP, real signatures, two processes on one database.
import { expect, test } from 'vitest'
import { addDomain, proveDomain } from '../../../src/flow/add-domain.ts'
import { changeMadeUp } from '../../../src/flow/change-made-up.ts'
import { createAccount } from '../../../src/flow/create-account.ts'
import { forgetAlias } from '../../../src/flow/forget-alias.ts'
import { ownDomainRecords } from '../../../src/flow/own-domain-records.ts'
import { replyPath } from '../../../src/flow/reply-names.ts'
import { restoreAlias } from '../../../src/flow/restore-alias.ts'
import { routeRecipient } from '../../../src/flow/route-recipient.ts'
import type { MadeUpRule } from '../../../src/policy/made-up.ts'
import { aliasByAddress } from '../../../src/store/aliases.ts'
import { claimByUuid } from '../../../src/store/domain-claims.ts'
import { openCompanies } from '../../support/companies.ts'
import { createDatabase } from '../../support/database.ts'
import { letter, openMailProcess } from '../../support/mail-process.ts'
import { listHeldRows } from '../../support/mail-rows.ts'
import { openSender } from '../../support/sender.ts'
import { mailbox } from '../../support/mail-host.ts'

const { db, url } = await createDatabase()
const DAY_MS = 86_400_000
let names = 0

async function open(rule: Partial<MadeUpRule> = { mode: 'on' }) {
  const companies = await openCompanies(url)
  const { mail: { host, port }, owner } = companies
  const domain = await addDomain(host, { accountId: owner.id, name: `anna${++names}.burn.example` })
  const set = (change: Partial<MadeUpRule>) => changeMadeUp(host, { accountId: owner.id, uuid: domain.uuid, change })
  await set(rule)
  const at = (localPart: string) => ({ address: mailbox(`${localPart}@${domain.name}`) })
  const found = (localPart: string) => aliasByAddress(db, at(localPart).address)
  const count = async () => (await db.selectFrom('aliases').select('id').where('domain_id', '=',
    (await db.selectFrom('domains').select('id').where('name', '=', domain.name).executeTakeFirstOrThrow()).id).execute()).length
  const rcpt = async (...addresses: readonly string[]) => {
    const sender = await openSender(port)
    await sender.say('MAIL FROM:<a@shop.example>')
    const replies: string[] = []
    for (const address of addresses) replies.push(await sender.say(`RCPT TO:<${address.includes('@') ? address : `${address}@${domain.name}`}>`))
    sender.close()
    return replies
  }
  const held = async (id: number) => (await listHeldRows(db)).filter((row) => row.alias_id === id).map(({ reason }) => reason)
  return { ...companies, host, domain, set, at, found, count, rcpt, held }
}

test('K17 off, as it is unless the owner says otherwise: no such address, and nothing is made', async () => {
  const { rcpt, count, domain } = await open({})
  expect(domain.madeUp).toEqual({ mode: 'off', pattern: null, daily: 20 })
  expect(await rcpt('shop', 'nobody@burn.example')).toEqual(['550 5.1.1 No such address', '550 5.1.1 No such address'])
  expect(await count()).toBe(0)
})

test('on: the message makes it, with how it came to be; who only asks makes nothing', async () => {
  const { write, at, found, rcpt, count, hop, host, owner } = await open()
  expect(await rcpt('shop', 'SHOP', 'other')).toEqual([expect.stringMatching(/^250 /), expect.stringMatching(/^250 /), expect.stringMatching(/^250 /)])
  expect(await count()).toBe(0)
  expect(await write(at('Shop'), 'news@shop.example')).toMatch(/^250 /)
  expect(hop.accepted).toHaveLength(1)
  const alias = (await found('shop'))!
  expect(alias).toMatchObject({
    accountId: owner.id, state: 'active', origin: 'made-up', madeUpBy: { from: 'shop.example', host: 'mail.shop.example', ip: '127.0.0.1' },
    site: null, suggestedSite: 'shop.example', flooded: false, inboxes: [{ id: owner.inboxes[0] }],
  })
  await host.recorder.flush()
  expect(await db.selectFrom('activity').select(['kind', 'reason']).where('alias_id', '=', alias.id).orderBy('id').execute())
    .toEqual([{ kind: 'created', reason: 'made-up' }, expect.objectContaining({ kind: 'delivered' })])
  await write(at('shop'), 'news@shop.example')
  expect([await count(), hop.accepted.length]).toEqual([1, 2])
})

test('at a domain of one\'s own as at a name below the host\'s', async () => {
  const { host, owner, dns, write, hop } = await open({})
  const { uuid, name } = await addDomain(host, { accountId: owner.id, name: `family${names}.example` })
  const rule = { accountId: owner.id, uuid, change: { mode: 'on' } } as const
  await expect(changeMadeUp(host, rule)).rejects.toMatchObject({ code: 'not-published' })
  const proof = (await ownDomainRecords(host, (await claimByUuid(db, owner.id, uuid))!))[0]!
  dns.set(proof.name, 'TXT', proof.value)
  await proveDomain(host, { accountId: owner.id, uuid })
  await changeMadeUp(host, rule)
  expect(await write({ address: mailbox(`till@${name}`) }, 'news@shop.example')).toMatch(/^250 /)
  expect([hop.accepted.length, (await aliasByAddress(db, mailbox(`till@${name}`)))?.origin]).toEqual([1, 'made-up'])
})

test('a message that is refused makes nothing', async () => {
  const { write, at, count, dns } = await open()
  dns.set('_dmarc.strict.example', 'TXT', 'v=DMARC1; p=reject')
  expect(await write(at('shop'), 'news@strict.example', { signers: [], returnPath: 'x@elsewhere.example' })).toMatch(/^550 5\.7\.1 /)
  expect(await count()).toBe(0)
})

test('what is reserved, ours, or no address that an owner may have is not made, and never one that was forgotten', async () => {
  const { write, at, found, rcpt, host, owner } = await open()
  for (const local of ['admin', 'noreply', 'a+b', 'r.x', 'b.x', 'u.x', `u.${'a'.repeat(48)}`, 'a!b', 'a=b', `${'x'.repeat(65)}`]) {
    expect([local, ...await rcpt(local)]).toEqual([local, expect.stringMatching(/^5(?:50|01) /)])
  }
  await write(at('gone'), 'news@shop.example')
  const gone = (await found('gone'))!
  await forgetAlias(host, { accountId: owner.id, uuid: gone.uuid, discard: true })
  expect(await rcpt('gone')).toEqual(['550 5.1.1 No such address'])
  await db.updateTable('account_settings').set({ suspended_at: new Date() }).where('account_id', '=', owner.id).execute()
  expect(await rcpt('new')).toEqual(['550 5.1.1 No such address'])
})

test('on with a pattern: what does not fit it is no address', async () => {
  const { rcpt, set } = await open({ mode: 'pattern', pattern: 'shop-* [a-c]?' })
  expect((await rcpt('shop-1', 'bx', 'dx', 'shop')).map((reply) => reply.slice(0, 3))).toEqual(['250', '250', '550', '550'])
  await expect(set({ pattern: '(a+)+' })).rejects.toMatchObject({ code: 'invalid' })
  await expect(set({ pattern: null })).rejects.toMatchObject({ code: 'invalid' })
})

test('K17 beyond so many a day they are made and their mail is held, until the owner lets it through; the next day is new', async () => {
  const { write, at, found, held, hop, clock, host, owner } = await open({ mode: 'on', daily: 2 })
  for (const local of ['one', 'two', 'three']) expect(await write(at(local), 'news@shop.example')).toMatch(/^250 /)
  const three = (await found('three'))!
  expect([hop.accepted.length, three.flooded, await held(three.id)]).toEqual([2, true, ['flood']])
  await write(at('three'), 'news@shop.example')
  await write(at('one'), 'news@shop.example')
  expect([hop.accepted.length, await held(three.id)]).toEqual([3, ['flood', 'flood']])
  expect((await restoreAlias(host, { accountId: owner.id, uuid: three.uuid })).alias).toMatchObject({ state: 'active', flooded: false })
  await write(at('three'), 'news@shop.example')
  expect(hop.accepted).toHaveLength(4)
  await clock.advance(DAY_MS)
  await write(at('four'), 'news@shop.example')
  expect([(await found('four'))!.flooded, hop.accepted.length]).toEqual([false, 5])
})

test('K17 a day\'s guesses end: of a message ten, of a day ten times as many, and never more than the account may have', async () => {
  const { rcpt, domain, owner } = await open({ mode: 'on', daily: 2 })
  const twelve = await rcpt(...Array.from({ length: 12 }, (_, n) => `guess-${n}`))
  expect(twelve.map((reply) => reply.slice(0, 9))).toEqual([...Array<string>(10).fill('250 2.1.5'), '452 4.5.3', '452 4.5.3'])
  await db.updateTable('account_settings').set({ alias_limit: 0 }).where('account_id', '=', owner.id).execute()
  expect(await rcpt('new')).toEqual(['550 5.1.1 No such address'])
  await db.updateTable('account_settings').set({ alias_limit: null, held_bytes: 0 }).where('account_id', '=', owner.id).execute()
  await db.updateTable('domains').set({ made_up_day: new Date(), made_up_count: 5 }).where('name', '=', domain.name).execute()
  expect(await rcpt('new')).toEqual([expect.stringMatching(/^452 4\.2\.2 /)])
  await db.updateTable('domains').set({ made_up_count: 100 }).where('name', '=', domain.name).execute()
  expect(await rcpt('new')).toEqual([expect.stringMatching(/^450 4\.7\.1 /)])
})

test('what leaves as an address below the host\'s domain has the host\'s reverse-path, whose records there are', async () => {
  const { host, write, at, found } = await open()
  await write(at('shop'), 'news@shop.example')
  const delivery = { id: 1n, inboxId: null, correspondentId: '1', createdAt: host.clock.now() }
  expect(replyPath(host, (await found('shop'))!, delivery)).toMatch(/^b\.[a-z2-7.]+@burn\.example$/)
  expect(replyPath(host, { id: 1, address: mailbox('shop@family.example') }, delivery)).toMatch(/@family\.example$/)
})

test('two processes make it once, and every message is taken', async () => {
  const { mail, hop, at, count, clock, domain } = await open()
  const other = await openMailProcess(url, { relay: hop.url, clock, worker: false })
  const message = letter()
  const sent = await Promise.all(Array.from({ length: 10 }, (_, n) => (n % 2 ? mail : other).send({ to: at('race').address, message })))
  expect(sent.map(({ dot }) => dot)).toEqual(Array(10).fill(expect.stringMatching(/^250 /)))
  const { made_up_count: made } = await db.selectFrom('domains').select('made_up_count').where('name', '=', domain.name).executeTakeFirstOrThrow()
  expect([await count(), made]).toEqual([1, 1])
})

test('a message to one that is there and to one that is not goes to both', async () => {
  const { mail, alias, at, found } = await open()
  const there = await alias('shop.example')
  expect(await mail.send({ to: [there.address, at('new').address], message: letter() })).toMatchObject({ dot: expect.stringMatching(/^250 /) })
  expect((await found('new'))!.origin).toBe('made-up')
})

test('postmaster of a name below the host\'s is the operator\'s; nobody else may have the name', async () => {
  const { rcpt, domain, host, mail } = await open()
  expect(await rcpt('postmaster', 'ABUSE')).toEqual(await rcpt('postmaster@burn.example', 'abuse@burn.example'))
  await createAccount(host, { email: mailbox('operator@home.example'), role: 'operator', inboxes: [] })
  const operator = (await aliasByAddress(db, mailbox('postmaster@burn.example')))!
  expect(await routeRecipient(host, mailbox(`PostMaster@${domain.name}`), { reversePath: { kind: 'null' }, declaredSize: 0 }))
    .toMatchObject({ alias: { id: operator.id } })
  const bob = await mail.account(`bob${names}`)
  const ask = (name: string) => addDomain(host, { accountId: bob.id, name })
  await expect(ask(domain.name)).rejects.toMatchObject({ code: 'domain-taken' })
  for (const name of ['www', 'mail', 'mx1', 'postmaster', 'ab', 'xn--80ak6aa92e', 'a--b', '-abc', 'x'.repeat(41)]) {
    await expect(ask(`${name}.burn.example`), name).rejects.toMatchObject({ code: 'invalid' })
  }
  await ask(`bob-${names}.burn.example`)
  await expect(ask(`bobby-${names}.burn.example`)).rejects.toMatchObject({ code: 'limit-reached' })
})
