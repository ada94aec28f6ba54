// Too much of everything at the real program (RELIABILITY group J): what it promised is kept, what it cannot do now is a 4xx, and it recovers.
import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { setTimeout as wait } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { createToken } from '../../src/flow/create-token.ts'
import { createAuth } from '../../src/http/auth.ts'
import { startMailHost } from '../support/mail-host.ts'
import { connectClient, greet, letter, send, sendAlone } from '../support/smtp-client.ts'
import { testNeeding } from '../support/tools.ts'
import { until } from '../support/until.ts'

const { program, port, nextHop, names, db, host, owner } = await startMailHost({ BURNBOX_LOG: 'info' })
const alias = names['alias']!
const { token } = await createToken(createAuth(host), { accountId: owner, name: 'overload', scopes: [] })
const url = program.url.replace('//localhost:', '//127.0.0.1:')

const subjectsAtHop = (of: RegExp): string[] =>
  nextHop.accepted.map((one) => /^Subject: (.*)\r$/m.exec(one.bytes.toString('latin1'))?.[1] ?? '').filter((one) => of.test(one)).sort()

test('J05 a burst ten times what the next hop takes: 250 or 4xx, and when it is over the queue drains and nothing is lost', async () => {
  // Twenty connections that take a second: 20 a second, and a sender waits at most 2 s for one.
  nextHop.script({ dot: () => wait(1_000, '250 2.0.0 Ok') })
  const promised: string[] = []
  const others: string[] = []
  await Promise.all(Array.from({ length: 100 }, async (_, sender) => {
    await using client = await greet(port)
    for (let n = 0; n < 3; n++) {
      const subject = `burst ${sender}-${n}`
      const reply = await send(client, { to: alias, content: letter(subject) })
      if (reply.startsWith('250')) promised.push(subject)
      else others.push(reply)
    }
  }))
  expect(others.filter((reply) => !reply.startsWith('4'))).toEqual([])
  expect(promised.length).toBeGreaterThan(150)
  expect((await db.selectFrom('activity').select('id').where('kind', '=', 'queued').execute()).length, 'some of them waited in the queue').toBeGreaterThan(0)
  nextHop.script({})
  await until(() => subjectsAtHop(/^burst /).length >= promised.length, 'the queue to drain', { milliseconds: 60_000 })
  expect(subjectsAtHop(/^burst /)).toEqual(promised.sort())
})

test('J12 4,000 rejected recipients: not a line in the log, not a row in the database', async () => {
  const rows = async () => (await db.selectFrom('activity').select((eb) => eb.fn.countAll().as('n')).executeTakeFirstOrThrow()).n
  await until(async () => (await db.selectFrom('deliveries').select('id').execute()).length === 0, 'what came before to be settled')
  await wait(500)      // the recorder writes its lines within 200 ms
  const [lines, count] = [program.output().length, await rows()]
  await using client = await greet(port)
  for (let n = 0; n < 8; n++) {
    await client.say('MAIL FROM:<shop@shop.example>')
    await client.write(Array.from({ length: 500 }, (_, m) => `RCPT TO:<guess-${n}-${m}@burn.example>\r\n`).join(''))
    for (let m = 0; m < 500; m++) expect(await client.reply()).toBe('550 5.1.1 No such address')
    await client.say('RSET')
  }
  expect(program.output().length - lines).toBe(0)
  expect(await rows()).toBe(count)
})

test('J13 32 clients of the API that never rest, and mail: each message is answered 250 and arrives once', async () => {
  const done = new AbortController()
  const statuses = new Map<number, number>()
  const callers = Array.from({ length: 32 }, async () => {
    while (!done.signal.aborted) {
      const { status } = await fetch(`${url}/v1/aliases?q=shop&limit=5`, { headers: { authorization: `Bearer ${token}` } }).then(async (answer) => {
        await answer.arrayBuffer()
        return answer
      })
      statuses.set(status, (statuses.get(status) ?? 0) + 1)
    }
  })
  try {
    await Promise.all(Array.from({ length: 10 }, async (_, sender) => {
      await using client = await greet(port)
      for (let n = 0; n < 10; n++) expect(await send(client, { to: alias, content: letter(`beside ${sender}-${n}`) })).toMatch(/^250 /)
    }))
    await until(() => subjectsAtHop(/^beside /).length >= 100, 'all of it at the next hop', { milliseconds: 60_000 })
  } finally {
    done.abort()
  }
  await Promise.all(callers)
  expect(new Set(subjectsAtHop(/^beside /)).size).toBe(100)
  expect(subjectsAtHop(/^beside /)).toHaveLength(100)
  // What the API says when the database has no connection left for it is not this test's; that it goes on is.
  expect(statuses.get(200)).toBeGreaterThan(32)
})

testNeeding('prlimit')('J11 no file descriptor left: it lives, says 4xx to who is in, and takes mail again when there are some', async () => {
  const open = (): number => readdirSync(`/proc/${program.pid}/fd`).length
  await using inside = await greet(port)
  const [, before, hard] = /Max open files\s+(\d+)\s+(\d+)/.exec(readFileSync(`/proc/${program.pid}/limits`, 'utf8'))!
  const allow = (files: number): void => { execFileSync('prlimit', ['--pid', String(program.pid), `--nofile=${files}:${hard}`]) }
  allow(open() + 2)
  const crowd = await Promise.all(Array.from({ length: 40 }, () => connectClient(port).catch(() => undefined)))
  try {
    const large = letter('large without a descriptor', `${'x'.repeat(76)}\r\n`.repeat(6_000))
    for (const content of [letter('small without a descriptor'), large]) {
      const reply = await send(inside, { to: alias, content })
      expect(reply).toMatch(/^(250|4\d\d) /)
      if (!reply.startsWith('250')) await inside.say('RSET')
    }
  } finally {
    allow(Number(before))
    for (const client of crowd) await client?.[Symbol.asyncDispose]()
  }
  await until(async () => (await sendAlone(port, { to: alias, content: letter('afterwards') }).catch(() => '')).startsWith('250'), 'mail to be taken again')
  await until(() => subjectsAtHop(/^afterwards$/).length > 0, 'it to arrive', { milliseconds: 60_000 })
  expect(program.output()).not.toMatch(/uncaught|"level":60/i)
})
