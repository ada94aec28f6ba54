// A database that has lived long: full of dead rows (I14), with numbers beyond 32 bits (I15), and one that a newer program migrates (F13).
import { sql } from 'kysely'
import { expect, onTestFinished, test } from 'vitest'
import { burnAlias } from '../../../src/flow/burn-alias.ts'
import { claimDue } from '../../../src/store/deliveries.ts'
import { migrate, readMigrations } from '../../../src/store/migrate.ts'
import { createDatabase, type TestDatabase } from '../../support/database.ts'
import { openMailProcess } from '../../support/mail-process.ts'
import { listActivityRows, listHeldRows } from '../../support/mail-rows.ts'
import { openNextHop } from '../../support/next-hop.ts'
import { fateOf, sendTraced, type Answered } from '../../support/trace-letters.ts'
import { until } from '../../support/until.ts'

async function scene({ db, url }: TestDatabase, rcpt = '250 Ok') {
  const hop = await openNextHop({ rcpt })
  onTestFinished(() => hop[Symbol.asyncDispose]())
  const mail = await openMailProcess(url, { relay: hop.url, worker: false })
  const account = await mail.account('kay')
  const [alias, other, burned] = [await mail.alias(account), await mail.alias(account), await mail.alias(account)]
  await burnAlias(mail.host, { accountId: account.id, uuid: burned.uuid })
  return { db, hop, mail, one: alias.address, two: other.address, burned: burned.address }
}

test('I14 50,000 dead rows that nobody vacuums: what is due is claimed, and nothing else', async () => {
  const database = await createDatabase()
  const { db } = database
  const { mail, one, two } = await scene(database, '451 4.7.1 later')
  await mail.send({ to: [one, two] })
  await sql`alter table deliveries set (autovacuum_enabled = off)`.execute(db)
  await sql`insert into deliveries (id, kind, account_id, alias_id, inbox_id, message_id, state, created_at, expires_at, next_attempt_at)
    select n, d.kind, d.account_id, d.alias_id, d.inbox_id, d.message_id, 'queued', now(), now(), now() - interval '1 day'
    from generate_series(1, 50000) n, (select * from deliveries limit 1) d`.execute(db)
  await sql`delete from deliveries where id <= 50000`.execute(db)
  await sql`analyze deliveries`.execute(db)
  const began = performance.now()
  expect(await claimDue(db, new Date(), 20, 1n)).toHaveLength(2)
  console.log(`I14: claimed from among 50,000 dead rows in ${(performance.now() - began).toFixed(1)} ms`)
})

test('I15 with numbers beyond 32 bits for messages, held mail and activity: delivered, queued, held and listed', async () => {
  const database = await createDatabase()
  const { db } = database
  const { hop, mail, one, two, burned } = await scene(database)
  for (const table of ['messages', 'held', 'activity']) {
    await sql`select setval(pg_get_serial_sequence(${table}, 'id'), 9007199254740990)`.execute(db)
  }
  expect((await mail.send({ to: [one, two] })).dot).toMatch(/^250/)
  expect((await mail.send({ to: burned })).dot).toMatch(/^250/)
  mail.work()
  await until(() => hop.accepted.length === 2, 'both copies')
  expect((await listHeldRows(db)).map((row) => BigInt(row.id) > 9007199254740990n)).toEqual([true])
  await until(async () => (await listActivityRows(db)).filter((line) => line.kind === 'delivered').length === 2, 'the lines')
})

test('F13 a newer program migrates the database while this one runs: its senders hear 250 or 4xx, and nothing is lost', async () => {
  const database = await createDatabase()
  const { db } = database
  const { hop, mail, one, two, burned } = await scene(database)
  mail.work()
  const answered: Answered = new Map()
  const letters = (sender: number) => Array.from({ length: 60 }, (_, n) => ({ id: `${sender}-${n}`, to: [[one], [one, two], [burned]][n % 3]! }))
  const sending = Promise.all([1, 2, 3, 4].map((sender) => sendTraced(mail.port, letters(sender), answered, new AbortController().signal)))
  const steps = ['alter table messages add column newer int not null default 1', 'create index newer_idx on activity (kind)',
    'alter table held add column newer int']
  const newer = [...readMigrations()]
  for (const [n, text] of steps.entries()) {
    await until(() => answered.size >= 50 * (n + 1), 'some letters to be answered', { milliseconds: 60_000 })
    newer.push({ number: newer.length + 1, name: `newer-${n}`, text })
    await migrate(db, newer)
  }
  expect((await sending).flat().filter((reply) => !reply.startsWith('4'))).toEqual([])
  expect(answered.size).toBe(240)
  await until(async () => (await fateOf(answered, hop, db)).lost.length === 0, 'every letter to be somewhere')
})
