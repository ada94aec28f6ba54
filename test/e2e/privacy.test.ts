// What the program tells by the way: to who probes it, in its log and its metrics, and when something breaks at each stage (RELIABILITY N).
import { expect, test } from 'vitest'
import { sql } from 'kysely'
import { startMailHost } from '../support/mail-host.ts'
import { greet, letter, send, sendAlone } from '../support/smtp-client.ts'
import { until } from '../support/until.ts'

const { port, nextHop, names, db, program } = await startMailHost({ BURNBOX_LOG: 'debug' })
const inboxes = /owner@home\.example|second@home\.example|operator@home\.example/i

/** A table that answers nothing but a fault of its own, which names an inbox. */
async function broken(table: string, work: () => Promise<void>): Promise<void> {
  await sql`alter table ${sql.ref(table)} rename to ${sql.ref(`${table}_away`)}`.execute(db)
  try {
    await work()
  } finally {
    await sql`alter table ${sql.ref(`${table}_away`)} rename to ${sql.ref(table)}`.execute(db)
  }
}

test('N10 who probes learns nothing of an address: active, burned, and one whose inbox is away answer alike', async () => {
  const answers = new Set<string>()
  for (const name of ['alias', 'burned', 'both']) {
    await using client = await greet(port)
    answers.add(await send(client, { to: names[name]!, content: letter('a probe') }))
  }
  nextHop.script({ rcpt: '550 5.1.1 <owner@home.example> is full' })
  await using client = await greet(port)
  answers.add(await send(client, { to: names['other']!, content: letter('a probe') }))
  nextHop.script({ rcpt: '451 4.2.2 <owner@home.example> is full' })
  await using again = await greet(port)
  answers.add(await send(again, { to: names['other']!, content: letter('a probe') }))
  nextHop.script({})
  expect([...answers]).toEqual(['250 2.0.0 Accepted'])
  // And closed is what never was.
  const refused: string[] = []
  for (const name of ['closed', 'unknown']) {
    await using one = await greet(port)
    await one.say('MAIL FROM:<shop@shop.example>')
    refused.push(await one.say(`RCPT TO:<${names[name]!}>`))
  }
  expect(refused).toEqual(['550 5.1.1 No such address', '550 5.1.1 No such address'])
})

test('N17 whatever breaks, at whatever stage, the reply is the same few words', async () => {
  await broken('aliases', async () => {
    await using client = await greet(port)
    await client.say('MAIL FROM:<shop@shop.example>')
    expect(await client.say(`RCPT TO:<${names['alias']!}>`)).toBe('451 4.3.0 Try again later')
  })
  await broken('messages', async () => {
    expect(await sendAlone(port, { to: names['burned']!, content: letter('to holding') })).toBe('451 4.3.0 Try again later')
    expect(await sendAlone(port, { to: names['both']!, content: letter('to the queue') })).toBe('451 4.3.0 Try again later')
  })
  await broken('correspondents', async () => {
    const content = letter('to an inbox', 'Hello', ['Reply-To: x@shop.example'])
    const reply = await sendAlone(port, { from: 'new@shop.example', to: names['alias']!, content })
    expect(reply).toBe('451 4.3.0 Try again later')
  })
  expect(await sendAlone(port, { to: names['alias']!, content: letter('well again') })).toBe('250 2.0.0 Accepted')
})

test('N14 neither log, at its most talkative, nor metrics name an inbox or a line of a message', async () => {
  await until(() => nextHop.arrived.length > 0, 'mail at the next hop')
  expect(await sendAlone(port, { to: names['alias']!, content: letter('a subject of their own', 'a body of their own') })).toMatch(/^250 /)
  const metrics = await (await fetch(`${program.url}/metrics`)).text()
  const ready = await (await fetch(`${program.url}/readyz`)).text()
  for (const text of [program.output(), metrics, ready]) {
    expect(text.match(inboxes)).toBeNull()
    expect(text).not.toContain('of their own')
  }
  expect(metrics).toContain('nodejs_eventloop_lag')
  expect(program.output(), 'the faults above').toMatch(/"level":[45]0/)
})
