// The pause of a next hop in trouble: HOUSE.md section 1.
import { expect, test } from 'vitest'
import { createNextHop, type Health, type NextHop } from '../../../src/relay/next-hop.ts'
import { createFakeClock } from '../../support/fake-clock.ts'

const second = 1_000

function tryOnce(hop: NextHop, health: Health): boolean {
  const tell = hop.admit()
  tell?.(health)
  return tell !== undefined
}

test('in trouble it is not tried for 30 s, doubling to 10 minutes, and a good probe ends the pause', async () => {
  const clock = createFakeClock()
  const hop = createNextHop(clock)
  expect(tryOnce(hop, 'trouble')).toBe(true)
  for (const pause of [30, 60, 120, 240, 480, 600, 600]) {
    await clock.advance(pause * second - 1)
    expect(tryOnce(hop, 'trouble'), `${pause} s less 1 ms`).toBe(false)
    await clock.advance(1)
    expect(tryOnce(hop, 'trouble'), `${pause} s`).toBe(true)
  }
  await clock.advance(600 * second)
  expect(tryOnce(hop, 'well')).toBe(true)
  expect(tryOnce(hop, 'trouble')).toBe(true)
  await clock.advance(30 * second)
  expect(tryOnce(hop, 'well')).toBe(true)
})

test('one probe at a time, after the pause; one that learnt nothing begins the pause again', async () => {
  const clock = createFakeClock()
  const hop = createNextHop(clock)
  tryOnce(hop, 'trouble')
  expect(hop.room(20)).toBe(0)
  expect(hop.pausedMs()).toBe(30 * second)
  await clock.advance(30 * second)
  expect(hop.room(20)).toBe(1)
  const probe = hop.admit()!
  expect(probe).toBeDefined()
  expect(hop.admit()).toBeUndefined()
  await clock.advance(3_600 * second)
  expect(hop.admit()).toBeUndefined()
  expect(hop.room(20)).toBe(0)
  probe('nothing')
  expect(hop.room(20)).toBe(0)
  expect(hop.pausedMs()).toBe(30 * second)
  await clock.advance(30 * second)
  expect(hop.room(20)).toBe(1)
})

test('when the operator says so a probe goes out at once, still one; the next pause is twice as long', () => {
  const hop = createNextHop(createFakeClock())
  tryOnce(hop, 'trouble')
  hop.probeNow()
  expect(hop.room(20)).toBe(1)
  expect(tryOnce(hop, 'trouble')).toBe(true)
  expect(hop.pausedMs()).toBe(60 * second)
  expect(hop.admit()).toBeUndefined()
})

test('an attempt from before the trouble neither ends the probe nor doubles the pause', async () => {
  const clock = createFakeClock()
  const hop = createNextHop(clock)
  const early = [hop.admit()!, hop.admit()!, hop.admit()!]
  early[0]!('trouble')
  await clock.advance(30 * second)
  const probe = hop.admit()!
  early[1]!('trouble')
  expect(hop.admit()).toBeUndefined()
  probe('nothing')
  await clock.advance(30 * second)
  expect(hop.admit()).toBeDefined()
})

test('an attempt that found no free connection says nothing about the next hop', () => {
  const hop = createNextHop(createFakeClock())
  const waiting = hop.admit()!
  tryOnce(hop, 'trouble')
  waiting('nothing')
  expect(hop.admit()).toBeUndefined()
})

test('only the first word of an attempt counts: slow is slow, though it answered in the end', () => {
  const hop = createNextHop(createFakeClock())
  const tell = hop.admit()!
  tell('trouble')
  tell('well')
  expect(hop.admit()).toBeUndefined()
})

test('all connections are for it while it is well', () => {
  expect(createNextHop(createFakeClock()).room(20)).toBe(20)
})
