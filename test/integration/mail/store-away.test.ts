// The database stopped, cut off, too slow or full of strange text, with senders at the door: group I.
import { sql } from 'kysely'
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import { burnAlias } from '../../../src/flow/burn-alias.ts'
import { createDatabase } from '../../support/database.ts'
import { openMailProcess, type MailProcess } from '../../support/mail-process.ts'
import { emptyMail, listHeldRows } from '../../support/mail-rows.ts'
import { openNextHop, type NextHop, type Script } from '../../support/next-hop.ts'
import { openSender, type Sender } from '../../support/sender.ts'
import { openTcpProxy, type TcpProxy } from '../../support/tcp-proxy.ts'
import { fateOf, sendTraced, type Answered } from '../../support/trace-letters.ts'
import { until } from '../../support/until.ts'

const { db, url } = await createDatabase()
beforeEach(() => emptyMail(db))

let people = 0
type Scene = { readonly hop: NextHop; readonly proxy: TcpProxy; readonly mail: MailProcess; readonly to: string; readonly burned: string }

async function scene(script: Script = {}): Promise<Scene> {
  const hop = await openNextHop(script)
  onTestFinished(() => hop[Symbol.asyncDispose]())
  const proxy = await openTcpProxy(url)
  onTestFinished(() => proxy[Symbol.asyncDispose]())
  const mail = await openMailProcess(proxy.url, { relay: hop.url })
  const account = await mail.account(`fay${++people}`)
  const [alias, burned] = [await mail.alias(account), await mail.alias(account)]
  await burnAlias(mail.host, { accountId: account.id, uuid: burned.uuid })
  return { hop, proxy, mail, to: alias.address, burned: burned.address }
}

async function upToData(sender: Sender, to: string): Promise<void> {
  expect(await sender.say('MAIL FROM:<a@shop.example>')).toMatch(/^250/)
  expect(await sender.say(`RCPT TO:<${to}>`)).toMatch(/^250/)
}

const message = 'From: a@shop.example\r\nSubject: x\r\n\r\nHello\r\n'

describe('I01 the database stops', () => {
  test('before the connection: 421 4.3.2, and back again without a restart', async () => {
    const { proxy, mail, to } = await scene()
    proxy.cut()
    await expect(openSender(mail.port)).rejects.toThrow('421 4.3.2 Service not available, try again later')
    proxy.mend()
    expect((await mail.send({ to })).dot).toMatch(/^250/)
  })

  test('before RCPT: 451 4.3.0, and the same session goes on when it is back', async () => {
    const { proxy, mail, to } = await scene()
    const sender = await openSender(mail.port)
    await sender.say('MAIL FROM:<a@shop.example>')
    proxy.cut()
    expect(await sender.say(`RCPT TO:<${to}>`)).toBe('451 4.3.0 Try again later')
    proxy.mend()
    expect(await sender.say(`RCPT TO:<${to}>`)).toMatch(/^250/)
    await sender.say('DATA')
    expect(await sender.dot(message)).toMatch(/^250/)
    sender.close()
  })

  test('between RCPT and DATA: 451 4.3.0 at the dot, for a forward and for what would be held', async () => {
    const { hop, proxy, mail, to, burned } = await scene()
    for (const recipient of [to, burned]) {
      const sender = await openSender(mail.port)
      await upToData(sender, recipient)
      proxy.cut()
      expect(await sender.say('DATA')).toMatch(/^354/)
      expect(await sender.dot(message)).toBe('451 4.3.0 Try again later')
      proxy.mend()
      await upToData(sender, recipient)
      await sender.say('DATA')
      expect(await sender.dot(message)).toMatch(/^250/)
      sender.close()
    }
    expect(hop.arrived).toHaveLength(1)
    expect(await listHeldRows(db)).toHaveLength(1)
  })

  test('while the message is being stored: 451 4.3.0, and nothing of it is there', async () => {
    const { proxy, mail, burned } = await scene()
    const sender = await openSender(mail.port)
    await upToData(sender, burned)
    await sender.say('DATA')
    const blocking = Promise.withResolvers<void>()
    const locked = Promise.withResolvers<void>()
    const lock = db.transaction().execute(async (tx) => {
      await sql`lock table held in access exclusive mode`.execute(tx)
      locked.resolve()
      await blocking.promise
    })
    await locked.promise
    const answer = sender.dot(message)
    await until(async () => (await sql`select 1 from pg_locks where not granted`.execute(db)).rows.length > 0, 'the insert to wait')
    proxy.cut()
    blocking.resolve()
    await lock
    expect(await answer).toBe('451 4.3.0 Try again later')
    expect(await listHeldRows(db)).toEqual([])
    proxy.mend()
    sender.close()
  })
})

test('I02 every connection ended again and again while senders send: nothing lost, no 5xx, and the pool recovers', async () => {
  const { hop, mail, to, burned } = await scene()
  const answered: Answered = new Map()
  const letters = (sender: number) => Array.from({ length: 60 }, (_, n) => ({ id: `${sender}-${n}`, to: [[burned], [to], [to, burned]][n % 3]! }))
  const sending = Promise.all([1, 2, 3, 4].map((sender) => sendTraced(mail.port, letters(sender), answered, new AbortController().signal)))
  let ended = 0
  await until(() => answered.size === 240, 'all letters to be answered', {
    milliseconds: 60_000,
    each: async () => {
      if (ended >= 40) return
      ended += 1
      await sql`select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()`
        .execute(db).catch(() => {})
    },
  })
  const refusals = (await sending).flat()
  expect(refusals.filter((reply) => !/^4(21|51) 4\.3\./.test(reply))).toEqual([])
  await until(async () => (await fateOf(answered, hop, db)).lost.length === 0, 'every letter to be somewhere')
  expect((await mail.send({ to })).dot).toMatch(/^250/)
}, 120_000)

test('I06 the database answers nothing any more: 451 4.3.0 at RCPT and at the dot, none waits for ever; then on', async () => {
  const { proxy, mail, to, burned } = await scene()
  const [asking, storing] = [await openSender(mail.port), await openSender(mail.port)]
  await asking.say('MAIL FROM:<a@shop.example>')
  await upToData(storing, burned)
  await storing.say('DATA')
  proxy.stall()
  expect(await Promise.all([asking.say(`RCPT TO:<${to}>`), storing.dot(message)])).toEqual(['451 4.3.0 Try again later', '451 4.3.0 Try again later'])
  proxy.mend()
  expect((await mail.send({ to })).dot).toMatch(/^250/)
  for (const sender of [asking, storing]) sender.close()
}, 90_000)

test('I07 O05 the connection is lost during COMMIT: 451, and the second try of the sender is a second message; never none', async () => {
  const { proxy, mail, burned } = await scene()
  await sql.raw(`create function slow_commit() returns trigger language plpgsql as $$
    begin perform pg_advisory_xact_lock_shared(4711); return null; end $$`).execute(db)
  await sql`create constraint trigger slow_commit after insert on held deferrable initially deferred for each row execute function slow_commit()`.execute(db)
  onTestFinished(async () => {
    await sql`drop trigger slow_commit on held`.execute(db)
    await sql`drop function slow_commit`.execute(db)
  })
  const sender = await openSender(mail.port)
  await upToData(sender, burned)
  await sender.say('DATA')
  const letGo = Promise.withResolvers<void>()
  const locked = Promise.withResolvers<void>()
  const lock = db.transaction().execute(async (tx) => {
    await sql`select pg_advisory_xact_lock(4711)`.execute(tx)
    locked.resolve()
    await letGo.promise
  })
  await locked.promise
  const answer = sender.dot(message)
  await until(async () => (await sql`select 1 from pg_locks where locktype = 'advisory' and not granted`.execute(db)).rows.length > 0, 'the commit to begin')
  proxy.cut()
  letGo.resolve()
  await lock
  expect(await answer).toBe('451 4.3.0 Try again later')
  await until(async () => (await listHeldRows(db)).length === 1, 'what was committed unheard')
  proxy.mend()
  expect((await mail.send({ to: burned })).dot).toMatch(/^250/)
  expect(await listHeldRows(db)).toHaveLength(2)
  sender.close()
})

test('I03 no connection free for 100 sessions: 4xx for each within the limits of the store, and the event loop lives', async () => {
  const { mail, to } = await scene()
  const senders = await Promise.all(Array.from({ length: 100 }, () => openSender(mail.port)))
  for (const sender of senders) await sender.say('MAIL FROM:<a@shop.example>')
  const done = Promise.withResolvers<void>()
  const locked = Promise.withResolvers<void>()
  const lock = db.transaction().execute(async (tx) => {
    await sql`set local statement_timeout = 0`.execute(tx)
    await sql`lock table aliases in access exclusive mode`.execute(tx)
    locked.resolve()
    await done.promise
  })
  await locked.promise
  const answers = Promise.all(senders.map((sender) => sender.say(`RCPT TO:<${to}>`)))
  // Not asked of the store, so answered at once.
  const idle = await openSender(mail.port)
  expect(await idle.say('NOOP')).toMatch(/^250/)
  expect(new Set(await answers)).toEqual(new Set(['451 4.3.0 Try again later']))
  done.resolve()
  await lock
  expect(await senders[0]!.say(`RCPT TO:<${to}>`)).toMatch(/^250/)
  for (const sender of [...senders, idle]) sender.close()
}, 90_000)

describe('I12 strange text in a header', () => {
  const strange = [
    ['NUL in an encoded word', '=?utf-8?Q?a=00b?='],
    ['an encoded lone surrogate', '=?utf-8?B?7aCA?='],
    ['an UTF-16 lone surrogate', '=?utf-16be?B?2AA=?='],
    ['bytes that are no UTF-8', Buffer.from([0xff, 0xfe, 0x80, 0xc3]).toString('latin1')],
    ['a cut UTF-8 sequence in an encoded word', '=?utf-8?Q?=E2=82?='],
    ['control characters', '=?utf-8?Q?=1B[31m=07=E2=80=AE?='],
    ['30 KB in one field', Array.from({ length: 500 }, (_, n) => `word${n} ${'x'.repeat(50)}`).join('\r\n ')],
  ] as const

  test.each(strange)('%s: forwarded, held, queued and noted, never 451', async (_name, text) => {
    const { hop, mail, to, burned } = await scene()
    const odd = Buffer.from(`From: "x" <a@shop.example>\r\nSubject: ${text}\r\nTo: ${text}\r\nComments: ${text}\r\n\r\nHello\r\n`, 'latin1')
    for (const recipients of [[to], [burned], [to, burned]]) expect((await mail.send({ to: recipients, message: odd })).dot).toMatch(/^250/)
    await until(() => hop.accepted.length === 2, 'both forwards')
    expect(await listHeldRows(db)).toHaveLength(2)
    await until(async () => (await mail.activity()).filter((line) => line.kind === 'delivered').length === 2, 'the lines')
  })

  test('what the inbox answers is noted whatever it is', async () => {
    const { mail, to } = await scene({ rcpt: '550 5.1.1 \u0000\u001b[31m\u00ff no' })
    expect((await mail.send({ to })).dot).toMatch(/^250/)
    expect(await listHeldRows(db)).toMatchObject([{ reason: 'refused' }])
  })
})
