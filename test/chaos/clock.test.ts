// The clock of the machine jumps under load, by libfaketime; the database has the time of the world, as one on another machine has.
import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect, onTestFinished } from 'vitest'
import { answeredSome, expectAllAnswered, expectNothingLost, peopleIn, programOn, queueIsEmpty, scale, sendAll } from '../support/chaos-place.ts'
import { createDatabase } from '../support/database.ts'
import { openNextHop } from '../support/next-hop.ts'
import { libfaketime, testNeeding } from '../support/tools.ts'
import { fateOf } from '../support/trace-letters.ts'
import { until } from '../support/until.ts'

const test = testNeeding('faketime')

type Faked = { readonly env: Readonly<Record<string, string>>; set(offset: string): void }

function fakedClock(offset: string): Faked {
  const folder = mkdtempSync(path.join(tmpdir(), 'burnbox-clock-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const file = path.join(folder, 'offset')
  const set = (to: string): void => {
    writeFileSync(`${file}.new`, to)
    renameSync(`${file}.new`, file)
  }
  set(offset)
  // Timers are the kernel's own, as when an administrator sets the clock.
  return { env: { LD_PRELOAD: libfaketime() ?? '', FAKETIME_TIMESTAMP_FILE: file, FAKETIME_NO_CACHE: '1', FAKETIME_DONT_FAKE_MONOTONIC: '1' }, set }
}

test('F16 the clock set back by an hour, on by a day and right again while mail comes and goes: no stall, no storm, nothing lost', async () => {
  const { db, url } = await createDatabase()
  const hop = await openNextHop()
  onTestFinished(() => hop[Symbol.asyncDispose]())
  const clock = fakedClock('+0')
  const to = await peopleIn(db)
  const program = await programOn(hop, url, clock.env)
  const messages = 200 * scale
  const sending = sendAll(program.smtpPort, 'clock', to, { messages })
  for (const [n, offset] of ['-1h', '+1d', '+0'].entries()) {
    await answeredSome(sending, Math.floor(((n + 1) / 5) * messages))
    clock.set(offset)
  }
  await expectAllAnswered(sending, messages)
  await queueIsEmpty(db)
  expectNothingLost('clock jumps', await fateOf(sending.answered, hop, db), 0)
})

test('O04 two processes whose clocks are ten minutes apart: leases go by the time of the database, nothing is tried twice at once', async () => {
  const { db, url } = await createDatabase()
  const hop = await openNextHop({ rcpt: '451 4.7.1 not yet' })
  onTestFinished(() => hop[Symbol.asyncDispose]())
  const to = (await peopleIn(db)).slice(0, 3)
  const [early, late] = [await programOn(hop, url, fakedClock('-5m').env), await programOn(hop, url, fakedClock('+5m').env)]
  const messages = 200 * scale
  const all = [early, late].map((program, n) => sendAll(program.smtpPort, `clock${n}`, to, { messages: messages / 2 }))
  for (const sending of all) await expectAllAnswered(sending, messages / 2)
  // An attempt that is still under way would put its message off again.
  await until(async () => (await db.selectFrom('deliveries').select('id').where('lease_until', 'is not', null).limit(1).execute()).length === 0, 'no lease')
  const { at } = await db.selectFrom('deliveries').select((eb) => eb.fn.max('next_attempt_at').as('at')).executeTakeFirstOrThrow()
  // A minute and a fifth is the first pause: nobody's is from five minutes ahead.
  expect((at as unknown as Date).getTime() - Date.now()).toBeLessThan(3 * 60_000)
  hop.script({ dot: async () => {
    await new Promise((resolve) => setTimeout(resolve, 20))     // long enough for the other to look at the same rows
    return '250 Ok'
  } })
  await db.updateTable('deliveries').set({ next_attempt_at: new Date() }).execute()
  await queueIsEmpty(db)
  expectNothingLost('clocks apart', await fateOf(new Map(all.flatMap(({ answered }) => [...answered])), hop, db), 0)
})
