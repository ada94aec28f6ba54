// What an owner is told when an inbox refuses mail: one mail a day at most, never to the inbox that refuses, whichever process sends it.
import { simpleParser, type ParsedMail } from 'mailparser'
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import { changeAccount } from '../../../src/flow/change-account.ts'
import { lapse } from '../../../src/flow/lapse.ts'
import { noteAttempt } from '../../../src/flow/note-attempt.ts'
import { sendNotices } from '../../../src/flow/send-notices.ts'
import type { Host } from '../../../src/flow/host.ts'
import { inboxesOf, type Inbox } from '../../../src/store/inboxes.ts'
import { createTlsHistory } from '../../../src/store/tls-history.ts'
import { createDatabase } from '../../support/database.ts'
import { openHops } from '../../support/direct-relay.ts'
import { createFakeClock, type FakeClock } from '../../support/fake-clock.ts'
import { letter, openMailProcess, type Account, type MailProcess } from '../../support/mail-process.ts'
import { emptyMail, listActivityRows, listDeliveries, listHeldRows } from '../../support/mail-rows.ts'
import { openNextHop, type Arrived, type NextHop } from '../../support/next-hop.ts'
import { until } from '../../support/until.ts'
import { openZone } from '../../support/zone.ts'

const { db, url } = await createDatabase()
beforeEach(async () => {
  await emptyMail(db)
  await db.deleteFrom('notices').execute()
  await db.deleteFrom('tls_history').execute()
})

const minute = 60_000
const day = 86_400_000
const UNKNOWN = '550 5.1.1 No such <user> & friends'

let people = 0

type Scene = {
  readonly hop: NextHop
  readonly clock: FakeClock
  readonly mail: MailProcess
  readonly account: Account
  readonly name: string
  /** Addresses that the next hop answers so at RCPT. */
  readonly refused: Map<string, string>
  readonly inbox: (n: number) => Promise<Inbox>
  /** Our own mail that arrived. */
  readonly told: () => Arrived[]
  readonly tell: () => Promise<void>
}

async function scene(options: { readonly inboxes?: number; readonly signIn?: 'an inbox' } = {}): Promise<Scene> {
  const refused = new Map<string, string>()
  const hop = await openNextHop({ rcpt: ({ line }) => refused.get(/<(.*?)>/.exec(line)![1]!) ?? '250 2.1.5 Ok' })
  onTestFinished(() => hop[Symbol.asyncDispose]())
  const clock = createFakeClock()
  const mail = await openMailProcess(url, { relay: hop.url, clock, env: { BURNBOX_URL: 'https://box.example' } })
  const name = `person${++people}`
  const inboxes = Array.from({ length: options.inboxes ?? 2 }, (_, n) => (options.signIn && n === 0 ? `${name}@account.example` : `${name}.${n}@home.example`))
  const account = await mail.account(name, inboxes)
  return {
    hop, clock, mail, account, name, refused,
    inbox: async (n) => (await inboxesOf(db, account.id))[n]!,
    told: () => hop.accepted.filter(({ reversePath }) => reversePath === ''),
    tell: async () => {
      await sendNotices(mail.host)
      await until(async () => (await listDeliveries(db)).every(({ kind }) => kind !== 'own'), 'the notices to be sent', { each: () => clock.advance(1_000) })
    },
  }
}

const read = (message: Arrived | undefined): Promise<ParsedMail> => simpleParser(message!.bytes, { skipTextToHtml: true })

const bounceOf = (sent: Arrived, recipient: string, action = 'failed'): string => [
  'From: mailer-daemon@home.example', 'To: you', 'Subject: Undelivered', 'MIME-Version: 1.0',
  'Content-Type: multipart/report; boundary=b; report-type=delivery-status', '',
  '--b', 'Content-Type: text/plain', '', 'It did not work.', '--b', 'Content-Type: message/delivery-status', '',
  'Reporting-MTA: dns; home.example', '', `Final-Recipient: rfc822; ${recipient}`, `Action: ${action}`, 'Status: 5.2.1',
  'Diagnostic-Code: smtp; 550 5.2.1 mailbox disabled', '',
  '--b', 'Content-Type: message/rfc822', '', sent.bytes.toString(), '--b--', '',
].join('\r\n')

describe('an inbox whose server refuses', () => {
  test('is told to another inbox: which, since when, what was said, how much is held, and where', async () => {
    const { hop, mail, account, name, refused, clock, inbox, told, tell } = await scene()
    const { address } = await mail.alias(account)
    refused.set(`${name}.0@home.example`, UNKNOWN)
    for (const text of ['one', 'two']) expect((await mail.send({ to: address, message: letter(text) })).dot).toMatch(/^250/)
    expect(await listHeldRows(db)).toMatchObject([{ reason: 'refused' }, { reason: 'refused' }])
    expect(await inbox(0)).toMatchObject({ refusedSince: clock.now(), refusedReply: UNKNOWN })
    expect(await inbox(1)).toMatchObject({ refusedSince: null, refusedReply: null })

    await clock.advance(minute)
    await tell()
    expect(told()).toMatchObject([{ forwardPaths: [`${name}.1@home.example`], reversePath: '' }])
    const notice = await read(told()[0])
    expect(notice.from?.value).toMatchObject([{ address: 'postmaster@burn.example', name: 'Burnbox' }])
    expect(notice.subject).toBe(`${name}.0@home.example refuses mail`)
    expect(notice.headers.get('auto-submitted')).toBe('auto-generated')
    expect(notice.headers.get('content-type')).toMatchObject({ value: 'multipart/alternative' })
    expect(notice.text).toBe([
      `Your inbox ${name}.0@home.example refuses mail since 1 January 2026 at 00:00 UTC.`, `Its server said: ${UNKNOWN}`,
      '2 messages that it refused are in holding.', '',
      'Holding:', 'https://box.example/holding', '', 'Settings:', 'https://box.example/settings', '',
      'You get at most one such mail a day. It can be switched off in Settings.', '',
    ].join('\n'))
    expect(notice.html).toContain('550 5.1.1 No such &lt;user&gt; &amp; friends')
    expect(notice.html).toContain('<a href="https://box.example/holding">')
    // Nothing else of ours went out, and nothing to the outside.
    expect(hop.accepted).toHaveLength(1)
  })

  test('is told once a day at most, and only of what happened since', async () => {
    const { clock, mail, account, name, refused, told, tell } = await scene()
    const { address } = await mail.alias(account)
    refused.set(`${name}.0@home.example`, UNKNOWN)
    await mail.send({ to: address })
    await tell()
    await mail.send({ to: address })
    await tell()
    expect(told()).toHaveLength(1)
    await clock.advance(day - minute)
    await tell()
    expect(told()).toHaveLength(1)
    await clock.advance(minute)
    await tell()
    expect(told()).toHaveLength(2)
    // It still refuses, but nobody wrote.
    await clock.advance(2 * day)
    await tell()
    expect(told()).toHaveLength(2)
    await mail.send({ to: address })
    await tell()
    expect(await read(told()[2])).toMatchObject({ text: expect.stringContaining('refuses mail since 1 January 2026 at 00:00 UTC.') })
  })

  test('is well again after the next delivery that it accepts; told afterwards, the notice says so, and goes to it', async () => {
    const { clock, mail, account, name, refused, inbox, told, tell } = await scene({ inboxes: 1 })
    const { address } = await mail.alias(account)
    refused.set(`${name}.0@home.example`, UNKNOWN)
    await mail.send({ to: address })
    await clock.advance(minute)
    refused.clear()
    await mail.send({ to: address })
    await until(async () => (await inbox(0)).refusedSince === null, 'the inbox to be well')
    expect(await inbox(0)).toMatchObject({ refusedReply: null })
    await tell()
    expect(told()).toMatchObject([{ forwardPaths: [`${name}.0@home.example`] }])
    expect(await read(told()[0])).toMatchObject({
      subject: `${name}.0@home.example refused mail`, text: expect.stringContaining('refused mail on 1 January 2026 at 00:00 UTC. It takes mail again.'),
    })
  })

  test('from the queue as while the sender waits; another reply is another word', async () => {
    const { clock, mail, account, name, refused, inbox } = await scene()
    const { address } = await mail.alias(account)
    refused.set(`${name}.0@home.example`, '451 4.7.1 later')
    await mail.send({ to: address })
    expect(await inbox(0)).toMatchObject({ refusedSince: null })
    refused.set(`${name}.0@home.example`, UNKNOWN)
    await until(async () => (await listHeldRows(db)).length === 1, 'the retry to be refused', { each: () => clock.advance(minute) })
    expect(await inbox(0)).toMatchObject({ refusedReply: UNKNOWN, refusedSince: expect.any(Date) })
    const since = (await inbox(0)).refusedSince
    await clock.advance(minute)
    refused.set(`${name}.0@home.example`, '550 5.2.1 closed')
    await mail.send({ to: address })
    expect(await inbox(0)).toMatchObject({ refusedReply: '550 5.2.1 closed', refusedSince: since })
    expect(await db.selectFrom('notices').select(['kind', 'detail']).execute()).toEqual([{ kind: 'refused', detail: '550 5.2.1 closed' }])
  })

  test('while nothing changes an attempt asks and writes nothing', () => {
    const host = { clock: createFakeClock(), get db(): never { throw new Error('the store was asked') } } as unknown as Host
    const inbox = { id: '1', address: 'ann@home.example' as Inbox['address'], verified: true }
    for (const refusedUntil of [null, new Date('2026-01-02T00:00:00Z')]) {
      expect(noteAttempt(host, { inbox: { ...inbox, refusedUntil }, accountId: 'a' }, { kind: 'accepted', reply: '250 Ok' })).toBeUndefined()
    }
    const transient = { kind: 'transient', reply: '451 later', why: 'reply', trouble: false } as const
    expect(noteAttempt(host, { inbox, accountId: 'a' }, transient)).toBeUndefined()
    expect(noteAttempt(host, { inbox, accountId: 'a' }, { kind: 'permanent', reply: 'no UTF-8', why: 'unsupported' })).toBeUndefined()
  })

  test('a store that cannot note it changes nothing of what becomes of the message', async () => {
    const { mail, account, name, refused } = await scene()
    const { address } = await mail.alias(account)
    await db.schema.alterTable('notices').renameTo('notices_away').execute()
    try {
      refused.set(`${name}.0@home.example`, UNKNOWN)
      expect((await mail.send({ to: address })).dot).toMatch(/^250/)
    } finally {
      await db.schema.alterTable('notices_away').renameTo('notices').execute()
    }
    expect(await listHeldRows(db)).toMatchObject([{ reason: 'refused' }])
  })
})

describe('where the notice goes', () => {
  test('to the sign-in address when every inbox refuses', async () => {
    const { mail, account, name, refused, told, tell } = await scene()
    const { address } = await mail.alias(account, { toAll: true })
    for (const n of [0, 1]) refused.set(`${name}.${n}@home.example`, UNKNOWN)
    await mail.send({ to: address })
    await until(async () => (await listHeldRows(db)).length === 2, 'both to refuse')
    await tell()
    expect(told()).toMatchObject([{ forwardPaths: [`${name}@account.example`] }])
    const { subject, text } = await read(told()[0])
    expect(subject).toBe('Your inboxes need a look')
    for (const n of [0, 1]) expect(text).toContain(`Your inbox ${name}.${n}@home.example refuses mail`)
    expect(text?.match(/1 message that it refused is in holding\./g)).toHaveLength(2)
    // It is no inbox: nothing of it is left in the activity as a failure.
    expect(await listActivityRows(db)).not.toContainEqual(expect.objectContaining({ kind: 'failed' }))
  })

  test('nowhere when that is the inbox that refuses; told as soon as there is a place for it, a day later', async () => {
    const { clock, mail, account, name, refused, told, tell } = await scene({ inboxes: 1, signIn: 'an inbox' })
    const { address } = await mail.alias(account)
    refused.set(`${name}@account.example`, UNKNOWN)
    await mail.send({ to: address })
    await tell()
    expect(told()).toEqual([])
    expect(await listDeliveries(db)).toEqual([])
    const now = clock.now()
    await db.insertInto('inboxes').values({ account_id: account.id, address: `${name}.new@home.example`, verified_at: now, created_at: now }).execute()
    await clock.advance(day)
    await tell()
    expect(told()).toMatchObject([{ forwardPaths: [`${name}.new@home.example`] }])
  })

  test('never to a sign-in address that is not known to be theirs, or is one of this host', async () => {
    for (const change of [{ emailVerified: false }, { email: `alias${people}@burn.example` }]) {
      const { mail, account, name, refused, told, tell } = await scene({ inboxes: 1 })
      const { address } = await mail.alias(account)
      refused.set(`${name}.0@home.example`, UNKNOWN)
      await mail.send({ to: address })
      await db.updateTable('user').set(change).where('id', '=', account.id).execute()
      await tell()
      expect(told()).toEqual([])
    }
  })

  test('never to an inbox that is not verified', async () => {
    const { mail, account, name, refused, told, tell } = await scene()
    const { address } = await mail.alias(account)
    await db.updateTable('inboxes').set({ verified_at: null }).where('address', '=', `${name}.1@home.example`).execute()
    refused.set(`${name}.0@home.example`, UNKNOWN)
    await mail.send({ to: address })
    await tell()
    expect(told()).toMatchObject([{ forwardPaths: [`${name}@account.example`] }])
  })

  test('nowhere when the owner wants none, also later nothing old', async () => {
    const { clock, mail, account, name, refused, told, tell } = await scene()
    const { address } = await mail.alias(account)
    await changeAccount(mail.host, { accountId: account.id, notices: false })
    refused.set(`${name}.0@home.example`, UNKNOWN)
    await mail.send({ to: address })
    await tell()
    await changeAccount(mail.host, { accountId: account.id, notices: true })
    await clock.advance(day)
    await tell()
    expect(told()).toEqual([])
    await mail.send({ to: address })
    await tell()
    expect(told()).toHaveLength(1)
  })
})

describe('a bounce of what was accepted', () => {
  test('marks the inbox, and a delivery ends that only after a day without one; the message is held, nothing goes to the outside', async () => {
    const { clock, hop, mail, account, name, inbox, told, tell } = await scene()
    const { address } = await mail.alias(account)
    await mail.send({ to: address })
    const [sent] = hop.accepted
    expect((await mail.send({ from: '', to: sent!.reversePath, message: bounceOf(sent!, `${name}.0@home.example`) })).dot).toMatch(/^250/)
    expect(await inbox(0)).toMatchObject({ refusedSince: clock.now(), refusedReply: '5.2.1 550 5.2.1 mailbox disabled' })
    expect(await listHeldRows(db)).toMatchObject([{ reason: 'refused', inbox_id: (await inbox(0)).id }])
    await mail.send({ to: address })
    await clock.advance(day - minute)
    await mail.send({ to: address })
    expect(await inbox(0)).toMatchObject({ refusedSince: expect.any(Date) })
    await tell()
    expect(await read(told()[0])).toMatchObject({ text: expect.stringContaining('1 message that it refused is in holding.') })
    await clock.advance(minute)
    await mail.send({ to: address })
    await until(async () => (await inbox(0)).refusedSince === null, 'the inbox to be well')
    // Four forwards and the notice; the bounce went nowhere.
    expect(new Set(hop.arrived.flatMap(({ forwardPaths }) => forwardPaths))).toEqual(new Set([`${name}.0@home.example`, `${name}.1@home.example`]))
    expect(hop.arrived).toHaveLength(5)
  })

  test('of one inbox of several: the one that the report names, else the alias is told', async () => {
    const { hop, mail, account, name, inbox, told, tell } = await scene({ inboxes: 3 })
    const { address } = await mail.alias(account, { toAll: true })
    await mail.send({ to: address })
    await until(() => hop.accepted.length === 3, 'all copies')
    const [sent] = hop.accepted
    await mail.send({ from: '', to: sent!.reversePath, message: bounceOf(sent!, `${name}.1@HOME.example`) })
    expect(await Promise.all([0, 1, 2].map(async (n) => (await inbox(n)).refusedSince === null))).toEqual([true, false, true])
    await mail.send({ from: '', to: sent!.reversePath, message: bounceOf(sent!, 'forwarded@elsewhere.example') })
    expect(await Promise.all([0, 1, 2].map(async (n) => (await inbox(n)).refusedSince === null))).toEqual([true, false, true])
    await tell()
    expect((await read(told()[0])).text).toContain(`A message to ${address} came back from one of its inboxes on 1 January 2026 at 00:00 UTC.`)
  })

  test.each(['delayed', 'delivered', 'relayed'])('a report that says "%s" is noted, and the inbox is well', async (action) => {
    const { hop, mail, account, name, inbox } = await scene()
    const { address } = await mail.alias(account)
    await mail.send({ to: address })
    await mail.send({ from: '', to: hop.accepted[0]!.reversePath, message: bounceOf(hop.accepted[0]!, `${name}.0@home.example`, action) })
    expect(await mail.activity()).toContainEqual(expect.objectContaining({ kind: 'bounced', reason: action }))
    expect(await inbox(0)).toMatchObject({ refusedSince: null })
    expect(await listHeldRows(db)).toEqual([])
  })
})

describe('processes', () => {
  test('several that look at the same time send one', async () => {
    const { hop, clock, mail, account, name, refused, told } = await scene()
    const others = await Promise.all([1, 2, 3].map(() => openMailProcess(url, { relay: hop.url, clock })))
    const { address } = await mail.alias(account)
    refused.set(`${name}.0@home.example`, UNKNOWN)
    await mail.send({ to: address })
    await Promise.all([mail, ...others].flatMap(({ host }) => [sendNotices(host), sendNotices(host)]))
    await until(async () => told().length > 0 && (await listDeliveries(db)).length === 0, 'the notice', { each: () => clock.advance(1_000) })
    await Promise.all([mail, ...others].map(({ host }) => sendNotices(host)))
    expect(await listDeliveries(db)).toEqual([])
    expect(told()).toHaveLength(1)
  })

  test('what one has noted and queued another sends after its end', async () => {
    const { hop, clock, mail, account, name, refused, told } = await scene()
    const first = await openMailProcess(url, { relay: hop.url, clock, worker: false })
    await mail.stop()
    const { address } = await first.alias(account)
    refused.set(`${name}.0@home.example`, UNKNOWN)
    await first.send({ to: address })
    await first.stop()
    const second = await openMailProcess(url, { relay: hop.url, clock, worker: false })
    await sendNotices(second.host)
    await second.stop()
    expect(told()).toEqual([])
    const third = await openMailProcess(url, { relay: hop.url, clock })
    await until(async () => (await listDeliveries(db)).length === 0, 'the notice', { each: () => clock.advance(1_000) })
    await sendNotices(third.host)
    expect(await listDeliveries(db)).toEqual([])
    expect(told()).toHaveLength(1)
  })
})

describe('a domain that had TLS', () => {
  async function open(domain: string) {
    const [home, other] = await openHops({}, {})
    const zone = await openZone({
      [`${domain} MX`]: [[10, `mx.${domain}`]], [`mx.${domain} A`]: ['127.0.0.2'],
      'other.example MX': [[10, 'mx.other.example']], 'mx.other.example A': ['127.0.0.3'],
    })
    onTestFinished(() => zone[Symbol.asyncDispose]())
    const clock = createFakeClock()
    const env = { BURNBOX_MX_PORT: String(home.port), BURNBOX_MX_ALLOW_PRIVATE: 'true', BURNBOX_DNS: zone.server }
    const mail = await openMailProcess(url, { relay: 'direct', clock, env })
    const name = `person${++people}`
    const alias = await mail.alias(await mail.account(name, [`${name}@${domain}`, `${name}@other.example`]))
    const told = () => [...home.accepted, ...other!.accepted].filter(({ reversePath }) => reversePath === '')
    return { home, clock, mail, name, alias, told }
  }

  test('and lost it: mail waits, and the owner is told at an inbox elsewhere', async () => {
    const { home, clock, mail, name, alias, told } = await open('lost.example')
    await createTlsHistory(db).remember('lost.example', new Date(clock.now().getTime() - day))
    expect((await mail.send({ to: alias.address })).dot).toMatch(/^250/)
    expect(await listDeliveries(db)).toMatchObject([{ last_reply: expect.stringMatching(/^4\.7\.5 /) }])
    await sendNotices(mail.host)
    await until(() => told().length === 1, 'the notice', { each: () => clock.advance(1_000) })
    expect(told()).toMatchObject([{ forwardPaths: [`${name}@other.example`] }])
    expect(await read(told()[0])).toMatchObject({
      subject: 'Mail for lost.example waits: no encryption', text: expect.stringContaining('Mail for your inboxes at lost.example waits since 1 January 2026'),
    })
    expect(home.arrived).toEqual([])
  })

  test('long ago: mail goes in the clear, and the owner is told', async () => {
    const { home, clock, mail, alias, told } = await open('gone.example')
    await createTlsHistory(db).remember('gone.example', new Date(clock.now().getTime() - 31 * day))
    for (const _ of [1, 2]) await mail.send({ to: alias.address })
    expect(home.accepted).toHaveLength(2)
    await sendNotices(mail.host)
    await until(async () => (await listDeliveries(db)).length === 0, 'the notice', { each: () => clock.advance(1_000) })
    expect(told()).toHaveLength(1)
    expect(await read(told()[0])).toMatchObject({ subject: 'Mail for gone.example goes without encryption' })
    await clock.advance(2 * day)
    await sendNotices(mail.host)
    expect(await listDeliveries(db)).toEqual([])
  })
})

test('what was told is forgotten after 30 days', async () => {
  const { clock, mail, account, name, refused, tell } = await scene()
  const { address } = await mail.alias(account)
  refused.set(`${name}.0@home.example`, UNKNOWN)
  await mail.send({ to: address })
  await tell()
  const count = async () => (await db.selectFrom('notices').selectAll().execute()).length
  await clock.advance(30 * day - minute)
  await lapse(mail.host)
  expect(await count()).toBe(1)
  await clock.advance(minute)
  await lapse(mail.host)
  expect(await count()).toBe(0)
})
