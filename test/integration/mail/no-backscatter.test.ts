// What never leaves (RELIABILITY K13, K14, K17; G4): whatever becomes of a message, its sender hears nothing but the reply of SMTP.
import { expect, onTestFinished, test } from 'vitest'
import { addInbox } from '../../../src/flow/add-inbox.ts'
import { createDatabase } from '../../support/database.ts'
import { createFakeClock } from '../../support/fake-clock.ts'
import { letter, openMailProcess } from '../../support/mail-process.ts'
import { listDeliveries, listHeldRows } from '../../support/mail-rows.ts'
import { openNextHop } from '../../support/next-hop.ts'
import { until } from '../../support/until.ts'

const { db, url } = await createDatabase()
const DAY_MS = 86_400_000
const HOUR_MS = 3_600_000
let people = 0

const open = async () => {
  const hop = await openNextHop()
  onTestFinished(() => hop[Symbol.asyncDispose]())
  const clock = createFakeClock()
  const mail = await openMailProcess(url, { relay: hop.url, clock })
  const name = `ann${++people}`
  const account = await mail.account(name)
  const alias = await mail.alias(account)
  return { hop, clock, mail, account, inbox: `${name}@home.example`, to: alias.address }
}

test.each([
  ['the inbox refuses the recipient', { rcpt: '550 5.1.1 no such user' }], ['the inbox refuses the message', { dot: '554 5.7.1 spam' }],
  ['the inbox refuses the reverse-path', { mail: '550 5.7.1 not you' }],
])('K13 %s for good: held for the owner, and no word to the sender', async (_, script) => {
  const { hop, mail, inbox, to } = await open()
  hop.script(script)
  expect((await mail.send({ from: 'unproven@stranger.example', to })).dot).toMatch(/^250 /)
  expect((await listHeldRows(db)).at(-1)).toMatchObject({ reason: 'refused' })
  expect(await listDeliveries(db)).toEqual([])
  expect(hop.heard.filter(({ phase }) => phase === 'rcpt').every(({ line }) => line === `RCPT TO:<${inbox}>`)).toBe(true)
})

test('K13 an inbox that cannot be reached for five days: held, and no word to the sender, not even that it is late', async () => {
  const { hop, clock, mail, inbox, to } = await open()
  const before = (await listHeldRows(db)).length
  hop.script({ rcpt: '451 4.3.0 later' })
  expect((await mail.send({ from: 'unproven@stranger.example', to })).dot).toMatch(/^250 /)
  await until(async () => (await listHeldRows(db)).length > before, 'the message to expire', { each: () => clock.advance(HOUR_MS), milliseconds: 60_000 })
  expect(clock.now().getTime()).toBeGreaterThanOrEqual(new Date('2026-01-01').getTime() + 5 * DAY_MS)
  expect((await listHeldRows(db)).at(-1)).toMatchObject({ reason: 'expired' })
  expect(new Set(hop.heard.filter(({ phase }) => phase === 'rcpt').map(({ line }) => line))).toEqual(new Set([`RCPT TO:<${inbox}>`]))
})

test('K14 mail of our own: null reverse-path, marked as automatic, small, to the inbox that it is about', async () => {
  const { hop, mail, account } = await open()
  await addInbox(mail.host, { accountId: account.id, address: 'fresh@home.example' })
  await until(() => hop.accepted.length === 1, 'the verification mail')
  const [sent] = hop.accepted
  expect(sent).toMatchObject({ reversePath: '', forwardPaths: ['fresh@home.example'] })
  const header = sent!.bytes.toString().split('\r\n\r\n')[0]!.replaceAll(/\r\n[ \t]+/g, ' ')
  expect(header).toMatch(/^Auto-Submitted: auto-generated$/m)
  expect(header).toMatch(/^From: Burnbox <postmaster@burn\.example>$/m)
  expect(sent!.bytes.length).toBeLessThan(64 * 1024)
  // An out-of-office to it goes to nobody: the null reverse-path has no answer, and postmaster is not asked to give one.
  expect(header).not.toMatch(/^(Reply-To|Return-Receipt-To|Disposition-Notification-To):/m)
})

test('K17 no alias is made by mail from outside, whatever it is written to', async () => {
  const { mail } = await open()
  const count = async () => (await db.selectFrom('aliases').select('address').orderBy('id').execute()).map(({ address }) => address)
  const before = await count()
  for (const localPart of ['anything', 'shop.example', 'ann+shop', 'r.aaaaaaaaaaaaaaaaaaaaaaaaaa', '*']) {
    const to = `${localPart}@burn.example`
    const { rcpt } = await mail.send({ to, message: letter('make me one') })
    expect(rcpt[0], to).toMatch(/^550 5\.(1\.1|7\.1) /)
  }
  expect(await count()).toEqual(before)
})
