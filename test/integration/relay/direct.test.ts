// Finding the mail servers of a domain and trying them in turn. TLS is in direct-tls.test.ts.
import { beforeEach, expect, test, describe } from 'vitest'
import { createDatabase } from '../../support/database.ts'
import { openDirectRelay, openHops } from '../../support/direct-relay.ts'
import { createFakeClock } from '../../support/fake-clock.ts'
import { until } from '../../support/until.ts'

const { db } = await createDatabase()
beforeEach(async () => { await db.deleteFrom('tls_history').execute() })

const MX = { 'home.example MX': [[10, 'mx1.home.example'], [20, 'mx2.home.example']] } as const
const both = { ...MX, 'mx1.home.example A': ['127.0.0.2'], 'mx2.home.example A': ['127.0.0.3'] } as const

describe('H01 what a domain says of its mail servers', () => {
  test('no such domain: permanent 5.1.2', async () => {
    const { begin } = await openDirectRelay(db, 25, {})
    expect(await begin('ann@gone.example').result).toMatchObject({ kind: 'permanent', reply: expect.stringMatching(/^5\.1\.2 /) })
  })

  test('null MX: permanent 5.1.10', async () => {
    const { begin, zone } = await openDirectRelay(db, 25, { 'home.example MX': [[0, '.']], 'home.example A': ['127.0.0.2'] })
    expect(await begin('ann@home.example').result).toMatchObject({ kind: 'permanent', reply: expect.stringMatching(/^5\.1\.10 /) })
    expect(zone.asked).toEqual(['home.example MX'])
  })

  test('no MX but an A: the domain itself', async () => {
    const [hop] = await openHops({})
    const { begin } = await openDirectRelay(db, hop.port, { 'home.example A': ['127.0.0.2'] })
    expect(await begin('ann@home.example').result).toMatchObject({ kind: 'accepted' })
    expect(hop.accepted).toMatchObject([{ forwardPaths: ['ann@home.example'], reversePath: '' }])
  })

  test('only an AAAA: IPv6', async () => {
    const { openNextHop } = await import('../../support/next-hop.ts')
    await using hop = await openNextHop({}, { host: '::1' })
    const { begin } = await openDirectRelay(db, hop.port, { 'home.example AAAA': ['::1'] })
    expect(await begin('ann@home.example').result).toMatchObject({ kind: 'accepted' })
    expect(hop.accepted).toHaveLength(1)
  })
})

describe('H02 trouble of the DNS is never permanent', () => {
  test.each(['SERVFAIL', 'REFUSED', 'silent'] as const)('%s for the MX', async (records) => {
    const { begin } = await openDirectRelay(db, 25, { 'home.example MX': records, 'home.example A': ['127.0.0.2'] })
    expect(await begin('ann@home.example').result).toMatchObject({ kind: 'transient', trouble: true, reply: expect.stringMatching(/^4\.4\.3 /) })
  })

  test('for the addresses of one server: the next one is used', async () => {
    const [hop] = await openHops({})
    const { begin } = await openDirectRelay(db, hop.port, {
      ...MX, 'mx1.home.example A': 'SERVFAIL', 'mx1.home.example AAAA': 'SERVFAIL', 'mx2.home.example A': ['127.0.0.2'],
    })
    expect(await begin('ann@home.example').result).toMatchObject({ kind: 'accepted' })
  })

  test('for the addresses of all, or of one while the others have none', async () => {
    const { begin, zone } = await openDirectRelay(db, 25, { ...MX, 'mx1.home.example A': 'SERVFAIL', 'mx2.home.example A': 'SERVFAIL' })
    expect(await begin('ann@home.example').result).toMatchObject({ kind: 'transient', reply: expect.stringMatching(/^4\.4\.3 /) })
    zone.set('other.example MX', [[10, 'mx1.home.example'], [20, 'gone.example']])
    expect(await begin('ann@other.example').result).toMatchObject({ kind: 'transient', reply: expect.stringMatching(/^4\.4\.3 /) })
  })
})

describe('H04 addresses that are not of the public Internet', () => {
  test.each(['127.0.0.1', '10.0.0.1', '169.254.169.254', '0.0.0.0', '192.168.3.4'])('an MX at %s is never connected to', async (address) => {
    const [hop] = await openHops({})
    const records = { 'home.example MX': [[1, 'mx.home.example']], 'mx.home.example A': [address] } as const
    const { begin } = await openDirectRelay(db, hop.port, records, { allowPrivate: false })
    expect(await begin('ann@home.example').result).toMatchObject({ kind: 'permanent', reply: expect.stringMatching(/^5\.4\.4 /) })
    expect(hop.connections.ever).toBe(0)
  })

  test.each(['::1', '::ffff:127.0.0.1', '64:ff9b::7f00:1', 'fe80::1'])('nor one at %s', async (address) => {
    const { begin } = await openDirectRelay(db, 25, { 'home.example AAAA': [address] }, { allowPrivate: false })
    expect(await begin('ann@home.example').result).toMatchObject({ kind: 'permanent', reply: expect.stringMatching(/^5\.4\.4 /) })
  })

  test('an address of this machine: it would come back, 5.4.6', async () => {
    const { begin } = await openDirectRelay(db, 25, { 'home.example A': ['8.8.8.8'] }, { allowPrivate: false, ourAddresses: ['8.8.8.8'] })
    expect(await begin('ann@home.example').result).toMatchObject({ kind: 'permanent', reply: expect.stringMatching(/^5\.4\.6 /) })
  })
})

test('H05 1,000 MX records that lead nowhere: bounded, and an end', async () => {
  const many = Array.from({ length: 400 }, (_, index) => [index, `m${index}.example`] as const)
  const { begin, zone } = await openDirectRelay(db, 25, { 'home.example MX': many })
  expect(await begin('ann@home.example').result).toMatchObject({ kind: 'permanent', reply: expect.stringMatching(/^5\.4\.4 /) })
  expect(new Set(zone.asked.filter((question) => question.startsWith('m'))).size).toBeLessThanOrEqual(40)
})

// The second is what `burnbox dns` publishes; behind NAT its address is none of this machine's.
test.each(['burn.example', 'mail.burn.example'])('H06 we, as %s, are the best server of the domain: 5.4.6, and nobody is connected to', async (name) => {
  const [hop] = await openHops({})
  const { begin } = await openDirectRelay(db, hop.port, {
    'home.example MX': [[10, name], [20, 'mx2.home.example']], 'mx2.home.example A': ['127.0.0.2'], [`${name} A`]: ['127.0.0.2'],
  })
  expect(await begin('ann@home.example').result).toMatchObject({ kind: 'permanent', reply: expect.stringMatching(/^5\.4\.6 /) })
  expect(hop.connections.ever).toBe(0)
})

test('H07 equal preferences share the load', async () => {
  const [first, second] = await openHops({}, {})
  const dice = [0.9, 0.1, 0.1, 0.9]
  const { begin } = await openDirectRelay(db, first.port, {
    'a.example MX': [[10, 'mx1.home.example'], [10, 'mx2.home.example']], 'b.example MX': [[10, 'mx1.home.example'], [10, 'mx2.home.example']],
    'mx1.home.example A': ['127.0.0.2'], 'mx2.home.example A': ['127.0.0.3'],
  }, { random: () => dice.shift() ?? 0 })
  await begin('ann@a.example').result
  expect([first.accepted.length, second?.accepted.length]).toEqual([0, 1])
  await begin('ann@b.example').result
  expect([first.accepted.length, second?.accepted.length]).toEqual([1, 1])
})

describe('G13 the next server in the same attempt', () => {
  test.each([
    ['a greeting of 421', { greeting: '421 4.3.2 busy' }], ['a greeting of 554', { greeting: '554 5.3.2 no service' }], ['a hang-up', { greeting: 'close' }],
    ['a reset', { greeting: 'reset' }], ['EHLO refused and HELO too', { ehlo: '550 no', helo: '550 no' }],
  ] as const)('after %s', async (_, script) => {
    const [first, second] = await openHops(script, {})
    const { begin } = await openDirectRelay(db, first.port, both)
    expect(await begin('ann@home.example').result).toMatchObject({ kind: 'accepted' })
    expect([first.accepted.length, second?.accepted.length]).toEqual([0, 1])
  })

  test('after a refused connection', async () => {
    const [first, second] = await openHops({}, {})
    await first.goAway()
    const { begin } = await openDirectRelay(db, first.port, both)
    expect(await begin('ann@home.example').result).toMatchObject({ kind: 'accepted' })
    expect(second?.accepted).toHaveLength(1)
  })

  test('none works: transient with the last answer, for the owner; then the domain is left alone while senders wait, other domains are not', async () => {
    const [first, second] = await openHops({ greeting: '554 5.3.2 first' }, { greeting: '421 4.3.2 second' })
    const { begin } = await openDirectRelay(db, first.port, { ...both, 'other.example A': ['127.0.0.2'] })
    expect(await begin('ann@home.example').result).toEqual({ kind: 'transient', why: 'connection', reply: '421 4.3.2 second', trouble: true })
    expect(await begin('ann@home.example').result).toMatchObject({ kind: 'transient', why: 'busy' })
    expect([first.connections.ever, second?.connections.ever]).toEqual([1, 1])
    first.script({})
    expect(await begin('ann@other.example').result).toMatchObject({ kind: 'accepted' })
  })

  test('from the queue a domain in trouble is left alone until its pause is over, and then one message asks', async () => {
    const clock = createFakeClock()
    const [hop] = await openHops({ greeting: '421 4.3.2 busy' })
    const { begin, relay } = await openDirectRelay(db, hop.port, { 'home.example A': ['127.0.0.2'] }, { clock, random: () => 0 })
    await begin('ann@home.example', { inline: false }).result
    const later = await Promise.all(Array.from({ length: 5 }, () => begin('ann@home.example', { inline: false }).result))
    // To the end of the 30 s and 20 to 60 s more, so that they do not come all at once.
    for (const attempt of later) expect(attempt).toMatchObject({ kind: 'transient', why: 'busy', retryMs: 50_000 })
    expect(hop.connections.ever).toBe(1)
    await clock.advance(30_000)
    const asking = Array.from({ length: 5 }, () => begin('ann@home.example', { inline: false }).result)
    expect(await asking[0]).toMatchObject({ kind: 'transient', why: 'connection', trouble: true })
    expect(await Promise.all(asking.slice(1))).toMatchObject(Array(4).fill({ kind: 'transient', why: 'busy' }))
    expect(hop.connections.ever).toBe(2)
    hop.script({})
    relay.probeNow()
    expect(await begin('ann@home.example', { inline: false }).result).toMatchObject({ kind: 'accepted' })
  })

  test('a refusal of the message itself is an answer: no other server is asked', async () => {
    const [first, second] = await openHops({ rcpt: '550 5.1.1 nobody' }, {})
    const { begin } = await openDirectRelay(db, first.port, both)
    expect(await begin('ann@home.example').result).toMatchObject({ kind: 'permanent', reply: '550 5.1.1 nobody' })
    expect(second?.connections.ever).toBe(0)
  })
})

test('G14 twenty servers that say nothing: the whole attempt ends after five minutes', async () => {
  const clock = createFakeClock()
  const [hop] = await openHops({ greeting: 'hang' })
  const records = Object.fromEntries(Array.from({ length: 20 }, (_, index) => [`mx${index}.home.example A`, ['127.0.0.2']]))
  const { begin } = await openDirectRelay(db, hop.port, {
    ...records, 'home.example MX': Array.from({ length: 20 }, (_, index) => [index, `mx${index}.home.example`] as const),
  }, { clock })
  const { result, isSent } = begin('ann@home.example', { inline: false })
  await hop.saw('greeting')
  await clock.advance(5 * 60_000 + 1_000)
  expect(await result).toMatchObject({ kind: 'transient', why: 'dropped', trouble: true })
  expect(isSent()).toBe(false)
  await until(() => hop.connections.now === 0, 'the connection to be let go')
})

test('ten connections a domain, and one domain does not take the places of another', async () => {
  const gate = Promise.withResolvers<string>()
  const [slow, fast] = await openHops({ rcpt: () => gate.promise }, {})
  const { begin, relay } = await openDirectRelay(db, slow.port, { 'slow.example A': ['127.0.0.2'], 'fast.example A': ['127.0.0.3'] })
  const all = Array.from({ length: 60 }, () => begin('ann@slow.example', { inline: false }))
  await slow.saw('rcpt', 10)
  expect(slow.connections.most).toBe(10)
  expect(relay.room()).toBe(160)
  const late = await Promise.all(all.slice(40).map(({ result }) => result))
  expect(late.every((attempt) => attempt.kind === 'transient' && attempt.why === 'busy' && (attempt.retryMs ?? 0) >= 20_000)).toBe(true)
  expect(await begin('ann@fast.example').result).toMatchObject({ kind: 'accepted' })
  expect(fast?.accepted).toHaveLength(1)
  gate.resolve('250 2.1.5 Ok')
  const done = await Promise.all(all.slice(0, 40).map(({ result }) => result))
  expect(done.every(({ kind }) => kind === 'accepted')).toBe(true)
  expect(slow.connections.most).toBe(10)
  expect(relay.room()).toBe(200)
})

test('a domain that nobody writes to is forgotten, its connections closed', async () => {
  const clock = createFakeClock()
  const [hop] = await openHops({})
  const { begin } = await openDirectRelay(db, hop.port, { 'home.example A': ['127.0.0.2'] }, { clock })
  const before = clock.pending
  await begin('ann@home.example').result
  expect(clock.pending).toBe(before + 1)
  await clock.advance(17 * 60_000)
  await until(() => hop.connections.now === 0, 'the connection to be closed')
  expect(clock.pending).toBe(before)
})
