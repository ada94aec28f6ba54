// What conversations in text files cannot say: octets, sizes, segments, clients that go away (RELIABILITY A).
import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { startMailHost } from '../support/mail-host.ts'
import { connectClient, greet, letter, send, sendAlone, type SmtpClient } from '../support/smtp-client.ts'
import { until } from '../support/until.ts'

const { program, port, nextHop, names, db, addAlias } = await startMailHost()
const alias = names['alias']!
const LIMIT = 36_700_160
const MEGABYTE = 1_048_576

/** The messages that come to the next hop because of `work`. */
/** A notice of our own (the first stranger of an address, say) comes at its own time. */
const forwards = () => nextHop.arrived.filter(({ reversePath }) => reversePath !== '')
const arriving = async (count: number, work: () => Promise<unknown>) => {
  const before = forwards().length
  await work()
  await until(() => forwards().length - before >= count, `${count} messages at the next hop`)
  return forwards().slice(before)
}

const bodyOf = (message: Buffer): Buffer => message.subarray(message.indexOf('\r\n\r\n') + 4)
const headerOf = (message: Buffer): string => message.subarray(0, message.indexOf('\r\n\r\n') + 2).toString().replaceAll(/\r\n[ \t]+/g, ' ')

test('A17 postmaster without a domain, Postmaster and abuse of ours: to the operator', async () => {
  const arrived = await arriving(2, async () => {
    await using client = await greet(port)
    for (const line of ['MAIL FROM:<shop@shop.example>', 'RCPT TO:<postmaster>', 'RCPT TO:<Postmaster@Burn.Example>', 'RCPT TO:<abuse@burn.example>']) {
      expect(await client.say(line)).toMatch(/^250 /)
    }
    expect(await client.say('DATA')).toMatch(/^354 /)
    await client.write(`${letter('to the operator')}.\r\n`)
    expect(await client.reply()).toMatch(/^250 /)
  })
  expect(arrived.flatMap((one) => one.forwardPaths)).toEqual(['operator@home.example', 'operator@home.example'])
})

test('A22 a message of exactly the limit is taken, one of an octet more is 552 5.3.4, whatever SIZE says', async () => {
  const content = (size: number): Buffer => {
    const start = Buffer.from(letter('large').slice(0, -2))
    return Buffer.concat([start, Buffer.alloc(size - start.length - 2, 'x'), Buffer.from('\r\n')])
  }
  const [message] = await arriving(1, async () => {
    expect(await sendAlone(port, { to: alias, parameters: ' SIZE=10', content: content(LIMIT) })).toMatch(/^250 2\.0\.0 /)
  })
  expect(bodyOf(message!.bytes).equals(bodyOf(content(LIMIT)))).toBe(true)
  await using client = await greet(port)
  expect(await send(client, { to: alias, parameters: ' SIZE=10', content: content(LIMIT + 1) })).toMatch(/^552 5\.3\.4 /)
  expect(await client.say('NOOP'), 'the conversation goes on').toMatch(/^250 /)
  expect(nextHop.arrived.at(-1)).toBe(message)
})

test('A23 data without an end are cut off at twice the limit, and take no memory', async () => {
  const memory = (): number => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${program.pid}/status`, 'utf8'))![1]) * 1024
  const piece = Buffer.alloc(78 * 13_443, `${'y'.repeat(76)}\r\n`)
  // As much again in messages of 1 MiB: what V8 takes for any such stream before it collects is there then, and what one message holds is not.
  let usual = 0
  await using warm = await greet(port)
  for (let n = 0; n < 105; n++) {
    expect(await send(warm, { to: alias, content: piece })).toMatch(/^552 5\.3\.4 The header/)
    usual = Math.max(usual, memory())
  }
  const cutOff = async (): Promise<number> => {
    await using client = await greet(port)
    for (const line of ['MAIL FROM:<shop@shop.example>', `RCPT TO:<${alias}>`, 'DATA']) await client.say(line)
    const before = client.socket().bytesWritten
    let most = 0
    for (let n = 0; n < 105 && client.socket().writable; n++) {
      await client.write(piece)
      most = Math.max(most, memory())
    }
    expect(await client.closed()).toBe('421 4.3.0 Message is far larger than the limit\r\n')
    expect(client.socket().bytesWritten - before, 'up to the cut and what the sockets hold').toBeLessThan(2 * LIMIT + 16 * MEGABYTE)
    return most - usual
  }
  // A program that holds the message takes its 70 MB each time; one that does not may be seen at a bad moment of its collector, so half of that
  // is looked for here. That it is less than 16 MB can be seen where the collector can be called: test/unit/smtp/receive.test.ts.
  const growth: number[] = []
  while (growth.length < 5 && Math.min(...growth, Infinity) >= LIMIT) growth.push(await cutOff())
  expect(Math.min(...growth)).toBeLessThan(LIMIT)
  await until(() => openSpools() === 0, 'the spool file to be closed')
})

const openSpools = (): number => readdirSync(`/proc/${program.pid}/fd`).filter((fd) => {
  try {
    return readlinkSync(`/proc/${program.pid}/fd/${fd}`).includes('/spool/')
  } catch {
    return false
  }
}).length

test('A25 A26 an 8-bit body, declared or not, arrives octet for octet', async () => {
  const body = Buffer.from(Array.from({ length: 256 }, (_, octet) => octet).filter((octet) => ![0, 10, 13].includes(octet)))
  const content = Buffer.concat([Buffer.from(letter('eight bits', '')), body, Buffer.from('\r\n')])
  for (const parameters of [' BODY=8BITMIME', '']) {
    const [message] = await arriving(1, async () => {
      expect(await sendAlone(port, { to: alias, parameters, content })).toMatch(/^250 /)
    })
    expect(bodyOf(message!.bytes)).toEqual(bodyOf(content))
    expect(message!.parameters).toContain('BODY=8BITMIME')
  }
})

test('A29 the flags of a refused MAIL do not leak into the next', async () => {
  const [message] = await arriving(1, async () => {
    await using client = await greet(port)
    expect(await client.say('MAIL FROM:<shop@shop.example> SMTPUTF8 BODY=8BITMIME FOO=1')).toMatch(/^555 /)
    expect(await send(client, { to: alias, content: letter('plain') })).toMatch(/^250 /)
  })
  expect(headerOf(message!.bytes)).toMatch(/^Received: .* with ESMTP id /m)
  expect(message!.parameters).not.toMatch(/SMTPUTF8|8BITMIME/)
})

test('A30 one recipient in two spellings is one recipient', async () => {
  const content = letter('twice')
  await arriving(1, async () => {
    expect(await sendAlone(port, { to: [alias, alias.toUpperCase(), `"${alias.split('@')[0]}"@burn.example`], content })).toMatch(/^250 /)
  })
  await arriving(1, () => sendAlone(port, { to: names['other']!, content: letter('after it') }))
  expect(nextHop.arrived.filter((one) => one.bytes.includes('Subject: twice'))).toHaveLength(1)
})

test('A32 A33 50 recipients in one segment, in segments of one octet and of three: replies in order, one 354', async () => {
  const many = await Promise.all(Array.from({ length: 50 }, (_, n) => addAlias(`many-${n}`)))
  const recipients = many.map((one, n) => (n % 5 === 4 ? `nobody-${n}@burn.example` : one.address))
  const commands = ['MAIL FROM:<shop@shop.example>', ...recipients.map((one) => `RCPT TO:<${one}>`), 'DATA'].map((line) => `${line}\r\n`).join('')
  for (const segment of [commands.length, 1, 3]) {
    const arrived = await arriving(40, async () => {
      await using client = await greet(port)
      await client.write(commands, { segment })
      const replies: string[] = []
      for (let n = 0; n < 52; n++) replies.push((await client.reply()).slice(0, 9))
      expect(replies).toEqual(['250 2.1.0', ...recipients.map((_, n) => (n % 5 === 4 ? '550 5.1.1' : '250 2.1.5')), '354 End d'])
      await client.write(`${letter(`in segments of ${segment}`)}.\r\n`)
      expect(await client.reply()).toMatch(/^250 /)
    })
    expect(new Set(arrived.map((one) => /^X-Burnbox-Alias: (.*)$/m.exec(headerOf(one.bytes))?.[1]?.trim())).size).toBe(40)
  }
})

test('A39 a command without its end does not run when the client goes away', async () => {
  const arrived = await arriving(1, async () => {
    await using unfinished = await greet(port)
    for (const line of ['MAIL FROM:<unfinished@shop.example>', `RCPT TO:<${alias}>`, 'DATA']) await unfinished.say(line)
    await unfinished.write(`${letter('unfinished')}.`)
    unfinished.fin()
    expect(await unfinished.closed()).toBe('')
    await sendAlone(port, { to: alias, content: letter('whole') })
  })
  expect(arrived.map((one) => /Subject: (.*)\r/.exec(headerOf(one.bytes))![1])).toEqual(['whole'])
})

test('A40 a client that goes away in its data leaves nothing behind, and the process lives', async () => {
  const count = async () => Number((await db.selectFrom('messages').select((eb) => eb.fn.countAll().as('n')).executeTakeFirstOrThrow()).n)
  const [stored, seen] = [await count(), nextHop.arrived.length]
  for (const size of [10, 3 * MEGABYTE]) {
    for (const leave of ['fin', 'reset'] as const) {
      await using client = await greet(port)
      for (const line of ['MAIL FROM:<shop@shop.example>', `RCPT TO:<${alias}>`, 'DATA']) await client.say(line)
      await client.write(letter('never ended'))
      await client.write(Buffer.alloc(size, 'z'))
      if (size > MEGABYTE) await until(() => openSpools() > 0, 'the message to be spooled')
      client[leave]()
      expect(await client.closed()).toBe('')
    }
  }
  await until(() => openSpools() === 0, 'the spool files to be closed')
  expect(readdirSync(join(program.data, 'data', 'spool'))).toEqual([])
  await arriving(1, () => sendAlone(port, { to: alias, content: letter('alive') }))
  expect([await count(), nextHop.arrived.length]).toEqual([stored, seen + 1])
})

test('A41 a client that goes away after its final dot: the message is delivered, a second try is a second message', async () => {
  const arrived = await arriving(2, async () => {
    for (const leave of ['fin', 'stay'] as const) {
      await using client = await greet(port)
      for (const line of ['MAIL FROM:<shop@shop.example>', `RCPT TO:<${alias}>`, 'DATA']) await client.say(line)
      await client.write(`${letter('the same', 'body', ['Message-ID: <same@shop.example>'])}.\r\n`)
      if (leave === 'fin') client.fin()
      else expect(await client.reply()).toMatch(/^250 /)
    }
  })
  expect(arrived.map((one) => one.forwardPaths)).toEqual([['owner@home.example'], ['owner@home.example']])
})

test('A43 two messages on one connection: neither recipient nor flags of the first in the second', async () => {
  const arrived = await arriving(2, async () => {
    await using client = await greet(port)
    const parameters = ' SMTPUTF8 BODY=8BITMIME'
    expect(await send(client, { from: 'ü@shop.example', to: alias, parameters, content: letter('first', 'grün') })).toMatch(/^250 /)
    expect(await send(client, { to: names['other']!, content: letter('second') })).toMatch(/^250 /)
  })
  expect(arrived.map((one) => /^X-Burnbox-Alias: (.*)$/m.exec(headerOf(one.bytes))?.[1]?.trim())).toEqual([alias, names['other']])
  expect(arrived.map((one) => / with (\w+) id /.exec(headerOf(one.bytes))?.[1])).toEqual(['UTF8SMTP', 'ESMTP'])
  expect(arrived[1]!.parameters).not.toMatch(/SMTPUTF8|8BITMIME/)
})

test('A44 a header without an empty line behind it, and one with nothing behind that: the same octets below the fields at the inbox', async () => {
  const header = 'From: Shop <shop@shop.example>\r\nSubject: short\r\nX-Last: 1\r\n'
  for (const content of [header, `${header}\r\n`, `${header}\r\n\r\n`]) {
    const [message] = await arriving(1, async () => {
      expect(await sendAlone(port, { to: alias, content })).toMatch(/^250 /)
    })
    const bytes = message!.bytes.toString()
    expect(bytes.slice(bytes.indexOf('X-Last: 1'))).toBe(content.slice(content.indexOf('X-Last: 1')))
  }
})

test('A45 lines of 998, 999, 10,000 and 20 million octets arrive as they are', async () => {
  for (const length of [998, 999, 10_000, 20_000_000]) {
    const content = Buffer.concat([Buffer.from(letter(`a line of ${length}`, '')), Buffer.alloc(length, 'L'), Buffer.from('\r\n')])
    const [message] = await arriving(1, async () => {
      expect(await sendAlone(port, { to: alias, content })).toMatch(/^250 /)
    })
    expect(bodyOf(message!.bytes).equals(bodyOf(content))).toBe(true)
  }
})

test('A46 dots at the beginning of lines, in any segments, are stuffed and un-stuffed exactly', async () => {
  let seed = 7
  const random = (below: number): number => {
    seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648
    return Math.floor(seed / 65_536) % below
  }
  const parts = ['.', '..', '...', '\r\n', '\r\n.', 'a', '.\r\n', '\r\n..\r\n']
  const bodies = Array.from({ length: 300 }, () => `${Array.from({ length: 1 + random(12) }, () => parts[random(parts.length)]).join('')}\r\n`)
  const sendAll = async (client: SmtpClient): Promise<void> => {
    for (const [n, body] of bodies.entries()) {
      for (const line of ['MAIL FROM:<shop@shop.example>', `RCPT TO:<${alias}>`, 'DATA']) await client.say(line)
      const stuffed = `${letter('dots', body.slice(0, -2))}`.replaceAll(/^\./gm, '..')
      const at = n % 3 === 0 ? { segment: 1 + random(5) } : {}
      await client.write(`${stuffed}.\r\n`, at)
      expect(await client.reply()).toMatch(/^250 /)
    }
  }
  const arrived = await arriving(bodies.length, async () => {
    await using client = await greet(port)
    await sendAll(client)
  })
  expect(arrived.map((one) => bodyOf(one.bytes).toString())).toEqual(bodies)
})

test('the process said nothing of all this: no fault, no rejected promise', async () => {
  await using client = await connectClient(port)
  expect(await client.reply()).toMatch(/^220 /)
  expect(program.output().split('\n').filter((line) => /"level":(50|60)/.test(line))).toEqual([])
  expect(program.output(), 'a spool file that only the garbage collector closed').not.toContain('garbage collection')
})
