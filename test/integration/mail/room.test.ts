// No room, and a database that breaks off: the sender keeps the message, with the reply that says for how long.
import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { createDatabase, type TestDatabase } from '../../support/database.ts'
import { openMailProcess } from '../../support/mail-process.ts'
import { openNextHop } from '../../support/next-hop.ts'
import { letter, sendAlone } from '../../support/smtp-client.ts'
import { until } from '../../support/until.ts'

type Fault = 'deadlock_detected' | 'serialization_failure' | 'lock_not_available' | 'query_canceled' | 'disk_full'

/** The first `times` messages to be stored meet it. A sequence counts them: it is not rolled back. */
const breakStoring = async ({ db }: TestDatabase, fault: Fault, times: number): Promise<void> => {
  await sql`create sequence faults`.execute(db)
  await sql.raw(`create function fault() returns trigger language plpgsql as $$ begin
    if nextval('faults') <= ${times} then raise exception 'could not extend file "base/16384/2619" on 10.0.0.5' using errcode = '${fault}'; end if;
    return new; end $$`).execute(db)
  await sql`create trigger fault before insert on messages for each row execute function fault()`.execute(db)
}

const openWithTwoInboxes = async (env: Readonly<Record<string, string>> = {}) => {
  const database = await createDatabase()
  const hop = await openNextHop()
  const mail = await openMailProcess(database.url, { relay: hop.url, env })
  // Two inboxes: the message is stored before it is sent.
  const alias = await mail.alias(await mail.account('ann', ['ann@home.example', 'ann@work.example']), { toAll: true })
  return { database, hop, mail, sendOne: () => sendAlone(mail.port, { to: alias.address, content: letter('room?') }) }
}

test.each(['deadlock_detected', 'serialization_failure', 'lock_not_available', 'query_canceled'] as const)(
  'I04 %s twice: done again, 250; three times: 451 4.3.0 and nothing stored', async (fault) => {
    const { database, hop, sendOne } = await openWithTwoInboxes()
    await breakStoring(database, fault, 5)
    expect(await sendOne()).toBe('451 4.3.0 Try again later')
    expect(await database.db.selectFrom('messages').select('id').execute()).toEqual([])
    expect(await sendOne()).toMatch(/^250 /)
    await hop.saw('dot', 2)
    await until(() => hop.accepted.length === 2, 'both copies to arrive')
  },
)

test('I08 the database has no room: 452 4.3.1 without a word of why; when it has some again, 250', async () => {
  const { database, sendOne } = await openWithTwoInboxes()
  await breakStoring(database, 'disk_full', 1)
  expect(await sendOne()).toBe('452 4.3.1 Not enough room, try again later')
  expect(await sendOne()).toMatch(/^250 /)
})

test('I05 the database becomes read-only: 451 4.3.0; when it can be written to again, 250', async () => {
  const { database, sendOne } = await openWithTwoInboxes()
  const { db } = database
  const become = async (readOnly: boolean): Promise<void> => {
    await sql`select set_config('transaction_read_only', 'off', false)`.execute(db)
    await sql.raw(`do $$ begin execute format('alter database %I set default_transaction_read_only = ${readOnly}', current_database()); end $$`).execute(db)
    await sql`select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()`.execute(db)
  }
  await become(true)
  expect(await sendOne()).toMatch(/^4[25]1 4\.3\./)
  await until(async () => await sendOne() === '451 4.3.0 Try again later', 'new connections, which are read-only')
  await db.connection().execute(async (one) => {
    await sql`set default_transaction_read_only = off`.execute(one)
    await sql.raw(`do $$ begin execute format('alter database %I reset default_transaction_read_only', current_database()); end $$`).execute(one)
    await sql`select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()`.execute(one)
  })
  await until(async () => (await sendOne()).startsWith('250'), 'the database to be written to again')
})

test('J06 the queue over BURNBOX_QUEUE_MESSAGES: 452 4.3.1; what is in it is kept, and delivered when the next hop is back', async () => {
  const { hop, mail, sendOne } = await openWithTwoInboxes({ BURNBOX_QUEUE_MESSAGES: '4' })
  await hop.goAway()
  expect(await sendOne()).toMatch(/^250 /)
  expect(await sendOne()).toMatch(/^250 /)
  expect(await sendOne()).toBe('452 4.3.1 Not enough room, try again later')
  // One inbox, which cannot be reached: it would be queued as well.
  const single = await mail.alias(await mail.account('bob'))
  const toSingle = (): Promise<string> => sendAlone(mail.port, { to: single.address, content: letter('single') })
  expect(await toSingle()).toBe('452 4.3.1 Not enough room, try again later')
})
