// The clock that a process goes by: the database's, carried on by one that nobody can set. The database here has the time of the world.
import { expect, onTestFinished, test } from 'vitest'
import { systemClock, type Clock } from '../../../src/clock.ts'
import { createLog } from '../../../src/log.ts'
import { followDatabase } from '../../../src/store/database-clock.ts'
import { createDatabase } from '../../support/database.ts'
import { until } from '../../support/until.ts'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS

async function followed(start: { readonly wall?: number } = {}) {
  const { db } = await createDatabase()
  const set = { wall: start.wall ?? 0, steady: 0 }
  const own: Clock = { ...systemClock, now: () => new Date(Date.now() + set.wall) }
  const { clock, stop } = await followDatabase(own, db, createLog('silent'), () => performance.now() + set.steady)
  onTestFinished(stop)
  const off = (): number => Math.abs(clock.now().getTime() - Date.now())
  return { db, set, clock, off }
}

test('O04 a machine whose clock is an hour wrong goes by the time of the database from the start', async () => {
  const { off } = await followed({ wall: -HOUR_MS })
  expect(off()).toBeLessThan(5_000)
})

test('F16 a clock that is set forward or back is not followed for one moment', async () => {
  const { set, off } = await followed()
  for (const wall of [-HOUR_MS, DAY_MS, 0, 3 * DAY_MS]) {
    set.wall = wall
    for (let look = 0; look < 20; look += 1) {
      expect(off()).toBeLessThan(5_000)
      await new Promise((resolve) => setImmediate(resolve))
    }
  }
})

test('F16 a machine that slept, so that the clock nobody can set is wrong, is right again as soon as the database has said the time', async () => {
  const { set, off } = await followed()
  set.steady = HOUR_MS
  expect(off()).toBeGreaterThan(HOUR_MS / 2)
  await until(() => off() < 5_000, 'the time of the database')
  expect(off()).toBeLessThan(5_000)
})

test('F16 while the database is away the time goes on', async () => {
  const { db, set, off } = await followed()
  await db.destroy()
  set.wall = DAY_MS
  for (let look = 0; look < 20; look += 1) {
    expect(off()).toBeLessThan(5_000)
    await new Promise((resolve) => setImmediate(resolve))
  }
})
