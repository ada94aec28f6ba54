// The pause of a next hop in trouble: HOUSE.md section 1.
import { expect, test } from 'vitest'
import { createNextHop, type Health, type NextHop } from '../../../src/relay/next-hop.ts'
import { createFakeClock } from '../../support/fake-clock.ts'

const second = 1_000

function tryOnce(hop: NextHop, health: Health, inline = true): boolean {
  const tell = hop.admit(inline)
  tell?.(health)
  return tell !== undefined
}

test('in trouble it is not tried inline for 30 s, doubling to 10 minutes, and a good probe ends the pause', async () => {
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

test('one probe at a time, from the queue or inline', async () => {
  const clock = createFakeClock()
  const hop = createNextHop(clock)
  tryOnce(hop, 'trouble')
  const probe = hop.admit(false)!
  expect(probe).toBeDefined()
  expect(hop.admit(false)).toBeUndefined()
  await clock.advance(3_600 * second)
  expect(hop.admit(true)).toBeUndefined()
  expect(hop.room(20)).toBe(0)
  probe('nothing')
  expect(hop.room(20)).toBe(1)
  expect(hop.admit(true)).toBeDefined()
})

test('an attempt from before the trouble neither ends the probe nor doubles the pause', async () => {
  const clock = createFakeClock()
  const hop = createNextHop(clock)
  const early = [hop.admit(true)!, hop.admit(true)!, hop.admit(true)!]
  early[0]!('trouble')
  const probe = hop.admit(false)!
  early[1]!('trouble')
  expect(hop.admit(false)).toBeUndefined()
  probe('nothing')
  await clock.advance(30 * second)
  expect(hop.admit(true)).toBeDefined()
})

test('an attempt that found no free connection says nothing about the next hop', () => {
  const hop = createNextHop(createFakeClock())
  const waiting = hop.admit(true)!
  tryOnce(hop, 'trouble')
  waiting('nothing')
  expect(hop.admit(true)).toBeUndefined()
})

test('only the first word of an attempt counts: slow is slow, though it answered in the end', () => {
  const hop = createNextHop(createFakeClock())
  const tell = hop.admit(true)!
  tell('trouble')
  tell('well')
  expect(hop.admit(true)).toBeUndefined()
})

test('all connections are for it while it is well', () => {
  expect(createNextHop(createFakeClock()).room(20)).toBe(20)
})
