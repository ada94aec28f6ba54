// The holding mailbox on the mail path: burned between accept and deliver, released once, what gives way to the quota, what lapses.
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import { addInbox } from '../../../src/flow/add-inbox.ts'
import { burnAlias } from '../../../src/flow/burn-alias.ts'
import { lapse } from '../../../src/flow/lapse.ts'
import { releaseHeld } from '../../../src/flow/release-held.ts'
import { restoreAlias } from '../../../src/flow/restore-alias.ts'
import type { Alias } from '../../../src/store/aliases.ts'
import { createDatabase } from '../../support/database.ts'
import { createFakeClock, type FakeClock } from '../../support/fake-clock.ts'
import { letter, openMailProcess, type Account, type MailProcess } from '../../support/mail-process.ts'
import { countMessages, emptyMail, listDeliveries, listHeldRows } from '../../support/mail-rows.ts'
import { openNextHop, type NextHop, type Script } from '../../support/next-hop.ts'
import { openSender } from '../../support/sender.ts'
import { until } from '../../support/until.ts'

const { db, url } = await createDatabase()
beforeEach(() => emptyMail(db))

const second = 1_000
const day = 86_400_000
const start = new Date('2026-01-01T00:00:00Z')

let people = 0
type Scene = {
  readonly hop: NextHop
  readonly clock: FakeClock
  readonly mail: MailProcess
  readonly account: Account
  readonly alias: Alias
  readonly to: string
}

async function scene(script: Script = {}, options: { readonly worker?: boolean } = {}): Promise<Scene> {
  const hop = await openNextHop(script)
  onTestFinished(() => hop[Symbol.asyncDispose]())
  const clock = createFakeClock(start)
  const mail = await openMailProcess(url, { relay: hop.url, clock, ...options })
  const account = await mail.account(`cleo${++people}`)
  const alias = await mail.alias(account)
  await emptyMail(db)
  return { hop, clock, mail, account, alias, to: alias.address }
}

const which = ({ account, alias }: Scene) => ({ accountId: account.id, uuid: alias.uuid })
const quota = (account: Account, bytes: number) => db.updateTable('account_settings').set({ held_bytes: bytes }).where('account_id', '=', account.id).execute()
const lines = async (mail: MailProcess) => (await mail.activity()).map((line) => [line.kind, line.reason].filter(Boolean).join(' '))

/** A message that holding counts as so many bytes. */
const sized = (bytes: number, subject: string): string => `${letter(subject)}${'x'.repeat(bytes - letter(subject).length - 2)}\r\n`

describe('between accept and deliver', () => {
  test('D28 burned: held and not forwarded, exactly one of the two', async () => {
    const one = await scene({ rcpt: '451 4.7.1 later' })
    await one.mail.send({ to: one.to })
    expect(await listDeliveries(db)).toHaveLength(1)
    await burnAlias(one.mail.host, which(one))
    one.hop.script({})
    await until(async () => (await listHeldRows(db)).length === 1, 'the message to be held', { each: () => one.clock.advance(second) })
    expect(await listHeldRows(db)).toMatchObject([{ reason: 'burned', burned_at: start }])
    expect(await listDeliveries(db)).toEqual([])
    expect(one.hop.arrived).toEqual([])
    expect(await lines(one.mail)).toEqual(['queued', 'burned', 'held burned'])
  })

  test('D28 burned between RCPT and the dot, while the sender waits: held as well, and found by a restore that releases', async () => {
    const one = await scene()
    const sender = await openSender(one.mail.port)
    await sender.say('MAIL FROM:<a@shop.example>')
    await sender.say(`RCPT TO:<${one.to}>`)
    await burnAlias(one.mail.host, which(one))
    await sender.say('DATA')
    expect(await sender.dot(letter())).toMatch(/^250/)
    sender.close()
    expect(await listHeldRows(db)).toMatchObject([{ reason: 'burned', burned_at: start }])
    expect(one.hop.arrived).toEqual([])
    expect(await restoreAlias(one.mail.host, { ...which(one), releaseHeld: 'latest-burn' })).toMatchObject({ released: 1 })
    await until(() => one.hop.accepted.length === 1, 'the released message')
  })

  test('D27 the inbox was changed: the old address gets nothing', async () => {
    const one = await scene({ rcpt: '451 4.7.1 later' })
    await one.mail.send({ to: one.to })
    await db.updateTable('inboxes').set({ verified_at: null }).where('account_id', '=', one.account.id).execute()
    one.hop.script({})
    await until(async () => (await listHeldRows(db)).length === 1, 'the message to be held', { each: () => one.clock.advance(second) })
    expect(await listHeldRows(db)).toMatchObject([{ reason: 'no-inbox' }])
    expect(one.hop.arrived).toEqual([])
  })

  test('D27 suspended: held', async () => {
    const one = await scene({ rcpt: '451 4.7.1 later' })
    await one.mail.send({ to: one.to })
    await db.updateTable('account_settings').set({ suspended_at: start }).where('account_id', '=', one.account.id).execute()
    one.hop.script({})
    await until(async () => (await listHeldRows(db)).length === 1, 'the message to be held', { each: () => one.clock.advance(second) })
    expect(await listHeldRows(db)).toMatchObject([{ reason: 'suspended' }])
    expect(one.hop.arrived).toEqual([])
  })
})

describe('release', () => {
  async function burnedMail(script: Script = {}, options: { readonly worker?: boolean } = {}): Promise<Scene & { heldUuid: string }> {
    const one = await scene(script, options)
    await burnAlias(one.mail.host, which(one))
    expect((await one.mail.send({ to: one.to })).dot).toMatch(/^250/)
    const [row] = await listHeldRows(db)
    return { ...one, heldUuid: row!.uuid }
  }

  test('D29 a double click, and two concurrent calls in two processes: forwarded once', async () => {
    const one = await burnedMail()
    const other = await openMailProcess(url, { relay: one.hop.url, clock: one.clock })
    const release = { accountId: one.account.id, heldUuid: one.heldUuid }
    await Promise.all([one.mail.host, other.host, one.mail.host, other.host].map((host) => releaseHeld(host, release)))
    await until(async () => one.hop.accepted.length === 1 && (await listDeliveries(db)).length === 0, 'the forward')
    await releaseHeld(other.host, release)
    expect(await listDeliveries(db)).toEqual([])
    expect(one.hop.arrived).toHaveLength(1)
    expect(await lines(one.mail)).toEqual(['burned', 'held burned', 'released burned', 'delivered'])
    expect(await countMessages(db)).toBe(0)
  })

  test('D29 it is the forward it would have been, though the alias is burned still; the bytes are kept until it is delivered', async () => {
    const one = await burnedMail({ rcpt: '451 4.7.1 later' })
    await releaseHeld(one.mail.host, { accountId: one.account.id, heldUuid: one.heldUuid })
    await until(async () => (await listDeliveries(db))[0]?.last_reply === '451 4.7.1 later', 'the first try')
    await releaseHeld(one.mail.host, { accountId: one.account.id, heldUuid: one.heldUuid })
    expect(await listDeliveries(db)).toHaveLength(1)
    one.hop.script({})
    await until(() => one.hop.accepted.length === 1, 'the second try', { each: () => one.clock.advance(second) })
    expect(one.hop.accepted[0]!.bytes.toString()).toContain(`X-Burnbox-Alias: ${one.to}`)
  })

  test('refused again it is held again with the new reason, and may be released again', async () => {
    const one = await burnedMail({ rcpt: '550 5.7.1 no' })
    const release = () => releaseHeld(one.mail.host, { accountId: one.account.id, heldUuid: one.heldUuid })
    await release()
    await until(async () => (await listHeldRows(db))[0]?.reason === 'refused', 'it to be held again')
    expect(await listHeldRows(db)).toMatchObject([{ uuid: one.heldUuid, reason_text: 'Your inbox refused it: 550 5.7.1 no', burned_at: null }])
    one.hop.script({})
    await release()
    await until(() => one.hop.accepted.length === 1, 'the second release')
    await until(async () => await countMessages(db) === 0, 'the bytes to go')
  })

  test('restore with release_held releases what the latest burn held, and nothing else', async () => {
    const one = await burnedMail()
    await restoreAlias(one.mail.host, which(one))
    await one.clock.advance(second)
    await burnAlias(one.mail.host, which(one))
    await one.mail.send({ to: one.to, message: letter('second burn') })
    expect(await restoreAlias(one.mail.host, { ...which(one), releaseHeld: 'latest-burn' })).toMatchObject({ released: 1 })
    await until(() => one.hop.accepted.length === 1, 'the mail of the second burn')
    expect(one.hop.accepted[0]!.bytes.toString()).toContain('second burn')
    expect(await listHeldRows(db)).toMatchObject([{ uuid: one.heldUuid }])
    expect(await restoreAlias(one.mail.host, { ...which(one), releaseHeld: 'any-burn' })).toMatchObject({ released: 1 })
    await until(() => one.hop.accepted.length === 2, 'the mail of the first burn')
  })
})

describe('the quota', () => {
  test('choice 2: refused while the sender waits and no room in holding: 550 5.7.1, nothing kept', async () => {
    const one = await scene({ rcpt: '550 5.1.1 no such user' })
    await quota(one.account, 100)
    expect((await one.mail.send({ to: one.to })).dot).toBe('550 5.7.1 Message not accepted')
    expect(await listHeldRows(db)).toEqual([])
    expect(await countMessages(db)).toBe(0)
  })

  test('choice 10: what was answered 250 is held over the quota too', async () => {
    const one = await scene({ rcpt: '451 4.7.1 later' })
    await quota(one.account, 100)
    expect((await one.mail.send({ to: one.to })).dot).toMatch(/^250/)
    one.hop.script({ rcpt: '550 5.1.1 no such user' })
    await until(async () => (await listHeldRows(db)).length === 1, 'the refusal to be held', { each: () => one.clock.advance(second) })
    expect(await listHeldRows(db)).toMatchObject([{ reason: 'refused' }])
  })

  test('choice 10: RCPT to an active alias never depends on it; to a burned one without room: 452 4.2.2', async () => {
    const one = await scene()
    await quota(one.account, 0)
    expect((await one.mail.send({ to: one.to })).dot).toMatch(/^250/)
    await burnAlias(one.mail.host, which(one))
    expect((await one.mail.send({ to: one.to })).rcpt).toEqual(['452 4.2.2 Mailbox full, try again later'])
    expect(await listHeldRows(db)).toEqual([])
  })

  test('choice 10: the oldest burn-held mail gives way, first of the same alias, then of the account; each leaves a line', async () => {
    const one = await scene()
    const other = await one.mail.alias(one.account)
    for (const alias of [one.alias, other]) await burnAlias(one.mail.host, { accountId: one.account.id, uuid: alias.uuid })
    await emptyMail(db)
    await quota(one.account, 8_000)        // 4,000 for burn-held mail
    const hold = async (alias: Alias, subject: string, bytes = 1_000) => {
      expect((await one.mail.send({ to: alias.address, message: sized(bytes, subject) })).dot).toMatch(/^250/)
    }
    const subjects = async () => {
      const rows = await db.selectFrom('held as h').innerJoin('messages as m', 'm.id', 'h.message_id').select('m.subject').orderBy('h.id').execute()
      return rows.map((row) => row.subject)
    }
    await hold(other, 'other 1')
    await hold(one.alias, 'this 1')
    await hold(one.alias, 'this 2')
    await hold(other, 'other 2')
    expect(await subjects()).toEqual(['other 1', 'this 1', 'this 2', 'other 2'])
    await hold(one.alias, 'this 3')
    expect(await subjects()).toEqual(['other 1', 'this 2', 'other 2', 'this 3'])
    await hold(one.alias, 'this 4', 3_000)
    expect(await subjects()).toEqual(['other 2', 'this 4'])
    const gone = (await one.mail.activity()).filter((line) => line.kind === 'let-go')
    expect(gone.map((line) => [line.alias_address, line.reason, line.size].join(' ')).sort())
      .toEqual([one.to, one.to, one.to, other.address].map((address) => `${address} burned 1000`).sort())
    expect(await countMessages(db)).toBe(2)
    expect((await one.mail.send({ to: one.to, parameters: 'SIZE=4001', message: letter() })).rcpt).toEqual([expect.stringMatching(/^452 4\.2\.2/)])
  })

  test('choice 10: refused mail has room where burn-held mail gives way for it, not authenticated at most half', async () => {
    const one = await scene({ rcpt: '550 5.1.1 no' })
    const burned = await one.mail.alias(one.account)
    await burnAlias(one.mail.host, { accountId: one.account.id, uuid: burned.uuid })
    await quota(one.account, 8_000)
    await one.mail.send({ to: burned.address, message: sized(2_000, 'b1') })
    await one.mail.send({ to: burned.address, message: sized(2_000, 'b2') })
    expect((await one.mail.send({ to: one.to, message: sized(4_000, 'r1') })).dot).toMatch(/^250/)
    expect((await one.mail.send({ to: one.to, message: sized(1_000, 'r2') })).dot).toBe('550 5.7.1 Message not accepted')
    expect(await listHeldRows(db)).toMatchObject([{ reason: 'burned' }, { reason: 'burned' }, { reason: 'refused' }])
    await quota(one.account, 9_000)
    expect((await one.mail.send({ to: one.to, message: sized(450, 'r3') })).dot).toMatch(/^250/)
    expect((await listHeldRows(db)).reduce((sum, row) => sum + Number(row.size), 0)).toBeLessThanOrEqual(9_000)
  })
})

describe('ages', () => {
  test('held mail lapses after 30 days, with a line in the activity', async () => {
    const one = await scene()
    await burnAlias(one.mail.host, which(one))
    await one.mail.send({ to: one.to })
    await one.clock.advance(30 * day - 1)
    await lapse(one.mail.host)
    expect(await listHeldRows(db)).toHaveLength(1)
    await one.clock.advance(1)
    await lapse(one.mail.host)
    expect(await listHeldRows(db)).toEqual([])
    expect(await countMessages(db)).toBe(0)
    expect((await one.mail.activity()).at(-1)).toMatchObject({ kind: 'lapsed', reason: 'burned', alias_address: one.to })
  })

  test('a queued delivery that is never taken is held as expired after 5 days', async () => {
    const one = await scene({ rcpt: '451 4.7.1 later' }, { worker: false })
    await one.mail.send({ to: one.to })
    const early = await openMailProcess(url, { relay: one.hop.url, clock: createFakeClock(new Date(start.getTime() + 5 * day - 1)) })
    await until(async () => (await listDeliveries(db))[0]?.attempts === 2 && (await listDeliveries(db))[0]?.lease_token === null, 'a try just before')
    const [row] = await listDeliveries(db)
    expect(row!.next_attempt_at).toEqual(row!.expires_at)
    await early.stop()
    await openMailProcess(url, { relay: one.hop.url, clock: createFakeClock(new Date(start.getTime() + 5 * day)) })
    await until(async () => (await listHeldRows(db)).length === 1, 'the message to be held')
    expect(await listHeldRows(db)).toMatchObject([{ reason: 'expired', reason_text: expect.stringContaining('451 4.7.1 later') }])
    expect(await listDeliveries(db)).toEqual([])
  })

  test('own mail: null reverse-path, queued like any, and a line in the activity when it ends', async () => {
    const one = await scene()
    await addInbox(one.mail.host, { accountId: one.account.id, address: 'new@home.example' })
    await until(() => one.hop.accepted.length === 1, 'the verification mail')
    expect(one.hop.accepted[0]).toMatchObject({ reversePath: '', forwardPaths: ['new@home.example'] })
    expect(one.hop.accepted[0]!.bytes.toString()).toMatch(/^From: Burnbox <postmaster@burn\.example>\r$/m)
    await until(async () => (await listDeliveries(db)).length === 0, 'the queue to be empty')
    one.hop.script({ rcpt: '550 5.1.1 no such user' })
    await addInbox(one.mail.host, { accountId: one.account.id, address: 'wrong@home.example' })
    await until(async () => (await lines(one.mail)).includes('failed refused'), 'the line')
    expect(await listHeldRows(db)).toEqual([])
    expect(await countMessages(db)).toBe(0)
  })
})
