// Those who write to an alias, on the mail path: who is blocked, how long their reverse aliases are kept, what an inbox is shown.
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import { addCorrespondent } from '../../../src/flow/add-correspondent.ts'
import { blockAddress, changeCorrespondent } from '../../../src/flow/block-correspondent.ts'
import { lapse } from '../../../src/flow/lapse.ts'
import { hasReplySecret } from '../../../src/flow/reply-secret.ts'
import { splitReverse } from '../../../src/mail/reverse-alias.ts'
import type { Alias } from '../../../src/store/aliases.ts'
import { createDatabase } from '../../support/database.ts'
import { createFakeClock, type FakeClock } from '../../support/fake-clock.ts'
import { letter, openMailProcess, type Account, type MailProcess } from '../../support/mail-process.ts'
import { emptyMail, listHeldRows } from '../../support/mail-rows.ts'
import { openNextHop, type NextHop } from '../../support/next-hop.ts'
import { until } from '../../support/until.ts'

const { db, url } = await createDatabase()
beforeEach(() => emptyMail(db))

const day = 86_400_000

let people = 0
type Scene = { readonly hop: NextHop; readonly clock: FakeClock; readonly mail: MailProcess; readonly account: Account; readonly alias: Alias }
/** Without a worker the clock can be set by years at no cost. */
const scene = async (worker = true): Promise<Scene> => {
  const hop = await openNextHop()
  onTestFinished(() => hop[Symbol.asyncDispose]())
  const clock = createFakeClock(new Date('2026-01-01T00:00:00Z'))
  const mail = await openMailProcess(url, { relay: hop.url, clock, worker })
  const account = await mail.account(`dora${++people}`)
  return { hop, clock, mail, account, alias: await mail.alias(account) }
}
const from = (address: string): string => letter().replace('orders@shop.example', address)
const rowsOf = (alias: Alias) => db.selectFrom('correspondents').selectAll().where('alias_id', '=', alias.id).orderBy('id').execute()
const write = ({ mail, alias }: Scene, address: string) => mail.send({ to: alias.address, message: from(address) })

describe('who is blocked', () => {
  test('at one alias: their mail is held there and nowhere else, the sender sees 250', async () => {
    const one = await scene()
    const other = await one.mail.alias(one.account)
    const added = await addCorrespondent(one.mail.host, { accountId: one.account.id, aliasUuid: one.alias.uuid, address: 'Pest@Shop.example' })
    const [accountId, uuid] = [one.account.id, added.correspondent.id]
    await changeCorrespondent(one.mail.host, { accountId, uuid, blocked: 'alias' })
    expect((await write(one, 'pest@shop.example')).dot).toMatch(/^250 /)
    expect(await listHeldRows(db)).toMatchObject([{ reason: 'blocked', reason_text: 'You blocked its sender.', alias_id: one.alias.id }])
    await write(one, 'orders@shop.example')
    await one.mail.send({ to: other.address, message: from('pest@shop.example') })
    expect(one.hop.accepted).toHaveLength(2)

    await changeCorrespondent(one.mail.host, { accountId, uuid, blocked: null })
    await write(one, 'PEST@shop.example')
    expect(one.hop.accepted).toHaveLength(3)
  })

  test('for the account: held at each of its aliases, and at nobody else\'s', async () => {
    const one = await scene()
    const stranger = await one.mail.account(`else${people}`)
    const foreign = await one.mail.alias(stranger)
    const other = await one.mail.alias(one.account)
    await blockAddress(one.mail.host, { accountId: one.account.id, address: 'pest@shop.example' })
    await one.mail.send({ to: [one.alias.address, other.address, foreign.address], message: from('pest@shop.example') })
    expect((await listHeldRows(db)).map((row) => [row.alias_id, row.reason])).toEqual([[one.alias.id, 'blocked'], [other.id, 'blocked']])
    await until(() => one.hop.accepted.length === 1, 'the other account to get it')
    expect(one.hop.accepted.flatMap(({ forwardPaths }) => forwardPaths)).toEqual([`else${people}@home.example`])
  })
})

describe('K09 how long reverse aliases are kept', () => {
  test('one that nobody used for 400 days goes; one that is used stays, at one write a day', async () => {
    const one = await scene(false)
    await write(one, 'once@shop.example')
    await write(one, 'regular@shop.example')
    const before = await rowsOf(one.alias)
    expect(before).toHaveLength(2)
    await one.clock.advance(day - 1)
    await write(one, 'regular@shop.example')
    expect(await rowsOf(one.alias)).toEqual(before)
    await one.clock.advance(day)
    await write(one, 'regular@shop.example')
    const touched = (await rowsOf(one.alias)).map((row) => row.last_used_at.getTime())
    expect(touched).toEqual([before[0]!.last_used_at.getTime(), before[1]!.last_used_at.getTime() + 2 * day - 1])

    await one.clock.advance(398 * day)
    await lapse(one.mail.host)
    expect(await rowsOf(one.alias)).toHaveLength(2)
    await one.clock.advance(day)
    await lapse(one.mail.host)
    expect((await rowsOf(one.alias)).map((row) => row.uuid)).toEqual([before[1]!.uuid])
  })

  test('after as long as the account says; a block is kept, and the same reverse alias comes back when they write again', async () => {
    const one = await scene(false)
    await write(one, 'orders@shop.example')
    await write(one, 'pest@shop.example')
    const [orders, pest] = await rowsOf(one.alias)
    await changeCorrespondent(one.mail.host, { accountId: one.account.id, uuid: pest!.uuid, blocked: 'alias' })
    await db.updateTable('account_settings').set({ correspondent_days: 30 }).where('account_id', '=', one.account.id).execute()
    await one.clock.advance(31 * day)
    await lapse(one.mail.host)
    expect((await rowsOf(one.alias)).map(({ uuid }) => uuid)).toEqual([pest!.uuid])
    await write(one, 'orders@shop.example')
    expect(await rowsOf(one.alias)).toMatchObject([{}, { reverse_local_part: orders!.reverse_local_part, account_id: one.account.id }])
  })
})

test('an inbox with a secret is shown it in its reverse aliases, another one in each (N13)', async () => {
  const one = await scene()
  const replySecret = Buffer.alloc(16, 7)
  await db.updateTable('inboxes').set({ reply_secret: replySecret }).where('account_id', '=', one.account.id).execute()
  await write(one, 'orders@shop.example')
  await write(one, 'care@shop.example')
  const shown = one.hop.accepted.map(({ bytes }) => /<(r\.[a-z2-7]{26}\.[a-z2-7]{16})@burn\.example>/.exec(bytes.toString('latin1'))![1]!)
  expect((await rowsOf(one.alias)).map((row) => row.reverse_local_part)).toEqual(shown.map((localPart) => splitReverse(localPart).base))
  const [first, second] = shown.map((localPart) => splitReverse(localPart))
  expect(first!.secret).not.toBe(second!.secret)
  for (const localPart of shown) expect(hasReplySecret(one.mail.host, { replySecret }, localPart.toUpperCase())).toBe(true)
  for (const wrong of [first!.base, `${first!.base}.`, `${first!.base}.${second!.secret}`, `${shown[0]}a`, `${first!.base}.${'a'.repeat(16)}`]) {
    expect(hasReplySecret(one.mail.host, { replySecret }, wrong)).toBe(false)
  }
  expect(hasReplySecret(one.mail.host, { replySecret: null }, first!.base)).toBe(false)
  expect(hasReplySecret(one.mail.host, { replySecret: Buffer.alloc(16, 8) }, shown[0]!)).toBe(false)
})
