// From a sender's server through an alias to the inbox's server, the worker aside: what is forwarded, what is held, what is refused.
import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, onTestFinished, test } from 'vitest'
import { createDatabase } from '../../support/database.ts'
import { letter, openMailProcess } from '../../support/mail-process.ts'
import { countMessages, listDeliveries, listHeldRows } from '../../support/mail-rows.ts'
import { openNextHop, type Arrived, type NextHop, type Script } from '../../support/next-hop.ts'
import { openSender, sendOn } from '../../support/sender.ts'
import { until } from '../../support/until.ts'

const { db, url } = await createDatabase()

async function nextHop(script: Script = {}, options: Parameters<typeof openNextHop>[1] = {}): Promise<NextHop> {
  const hop = await openNextHop(script, options)
  onTestFinished(() => hop[Symbol.asyncDispose]())
  return hop
}

let names = 0
const newName = (): string => `person${++names}`

const bodyOf = (message: Arrived | undefined): Buffer => {
  const bytes = message?.bytes ?? Buffer.alloc(0)
  return bytes.subarray(bytes.indexOf('\r\n\r\n') + 4)
}
const headerOf = (message: Arrived | undefined): string => message?.bytes.subarray(0, message.bytes.indexOf('\r\n\r\n')).toString('latin1') ?? ''

describe('one alias, one inbox', () => {
  test('D01 one copy at the inbox, from our signed VERP address, before the sender hears 250', async () => {
    const hop = await nextHop()
    const mail = await openMailProcess(url, { relay: hop.url })
    const name = newName()
    const alias = await mail.alias(await mail.account(name))
    const sent = await mail.send({ to: alias.address })
    expect(sent.dot).toMatch(/^250 2\.0\.0 /)
    expect(hop.accepted).toHaveLength(1)
    const [copy] = hop.accepted
    expect(copy).toMatchObject({ forwardPaths: [`${name}@home.example`] })
    expect(copy?.reversePath).toMatch(/^b\.[a-z2-7]+@burn\.example$/)
    expect(headerOf(copy)).not.toContain('home.example')
    expect(headerOf(copy)).toContain(`X-Burnbox-Alias: ${alias.address}`)
    expect(await listDeliveries(db)).toEqual([])
    expect(await countMessages(db)).toBe(0)
    expect(await mail.activity()).toMatchObject([{ kind: 'created' }, { kind: 'delivered', reply: '250 2.0.0 Ok: queued', alias_address: alias.address }])
  })

  test('D02 the body that arrives is the body that was sent, byte for byte', async () => {
    const hop = await nextHop()
    const mail = await openMailProcess(url, { relay: hop.url })
    const alias = await mail.alias(await mail.account(newName()))
    const sender = await openSender(mail.port)
    const header = Buffer.from(`${letter('x').split('\r\n\r\n')[0]!}\r\n\r\n`)
    const line = fc.oneof(
      fc.constantFrom(
        '', '.', '..', '.hidden', '. ', '--boundary', 'From me', ' folded', '\t', 'x'.repeat(998), 'y'.repeat(20_000),
        '\u00e4\u00f6\u00fc\u00df', '\u0001\u007f\u001b[0m',
      ),
      fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes.filter((octet) => ![0, 10, 13].includes(octet))).toString('latin1')),
    )
    await fc.assert(fc.asyncProperty(fc.array(line, { maxLength: 40 }), fc.boolean(), async (lines, finalNewline) => {
      const body = Buffer.from(lines.join('\r\n') + (finalNewline ? '\r\n' : ''), 'latin1')
      const before = hop.accepted.length
      const { dot } = await sendOn(sender, { to: alias.address, message: Buffer.concat([header, body]) })
      expect(dot).toMatch(/^250/)
      expect(hop.accepted).toHaveLength(before + 1)
      // Nothing can end without CRLF before the dot (RFC 5321 §4.1.1.4): what had no final newline gets it from the sender.
      const expected = body.length === 0 || body.subarray(-2).toString() === '\r\n' ? body : Buffer.concat([body, Buffer.from('\r\n')])
      expect(hash(bodyOf(hop.accepted.at(-1)))).toBe(hash(expected))
    }), { numRuns: 60 })
    sender.close()
  })

  test('D02 a body of 3 MB comes through a spool file as it was, and from the queue as well', async () => {
    const hop = await nextHop()
    const mail = await openMailProcess(url, { relay: hop.url })
    const alias = await mail.alias(await mail.account(newName()))
    const body = Buffer.from(Array.from({ length: 30_000 }, (_, n) => `${n % 7 === 0 ? '.' : ''}line ${n} ${'\u00e4'.repeat(50)}\r\n`).join(''), 'latin1')
    const message = Buffer.concat([Buffer.from(letter('big').split('\r\n\r\n')[0]! + '\r\n\r\n'), body])
    expect((await mail.send({ to: alias.address, message })).dot).toMatch(/^250/)
    expect(hash(bodyOf(hop.accepted[0]))).toBe(hash(body))
    const aliases = [alias.address, (await mail.alias(await mail.account(newName()))).address]
    expect((await mail.send({ to: aliases, message })).dot).toMatch(/^250/)
    await until(() => hop.accepted.length === 3, 'both copies')
    expect(hash(bodyOf(hop.accepted[1]))).toBe(hash(body))
    expect(hash(bodyOf(hop.accepted[2]))).toBe(hash(body))
    await until(async () => await countMessages(db) === 0, 'the stored bytes to go with the last delivery')
  })

  test('a sender that hangs up after its dot does not stop the delivery', async () => {
    const reply = Promise.withResolvers<string>()
    const hop = await nextHop({ dot: () => reply.promise })
    const mail = await openMailProcess(url, { relay: hop.url })
    const alias = await mail.alias(await mail.account(newName()))
    const sending = mail.send({ to: alias.address }).catch(() => 'gone')
    await hop.saw('dot')
    const sender = await openSender(mail.port)
    sender.close()
    reply.resolve('250 2.0.0 Ok')
    await sending
    await until(async () => (await mail.activity()).some((line) => line.kind === 'delivered'), 'the line in the activity')
    expect(hop.accepted).toHaveLength(1)
  })
})

describe('several recipients', () => {
  test('D12 one burned, one active, one unknown: 250, 250, 550 5.1.1; one forwarded, one held', async () => {
    const hop = await nextHop()
    const mail = await openMailProcess(url, { relay: hop.url })
    const account = await mail.account(newName())
    const [active, burned] = [await mail.alias(account), await mail.alias(account)]
    await db.updateTable('aliases').set({ state: 'burned', burned_at: mail.host.clock.now() }).where('id', '=', burned.id).execute()
    const { rcpt, dot } = await mail.send({ to: [burned.address, active.address, 'nobody@burn.example'] })
    expect(rcpt).toEqual([expect.stringMatching(/^250 2\.1\.5/), expect.stringMatching(/^250 2\.1\.5/), '550 5.1.1 No such address'])
    expect(dot).toMatch(/^250/)
    await until(() => hop.accepted.length === 1, 'the forward')
    expect(headerOf(hop.accepted[0])).toContain(`X-Burnbox-Alias: ${active.address}`)
    expect(await listHeldRows(db)).toMatchObject([{ alias_id: burned.id, reason: 'burned' }])
    await until(async () => (await listDeliveries(db)).length === 0, 'the queue to be empty')
    expect(hop.accepted).toHaveLength(1)
  })

  test('several deliveries are queued first, in one transaction, and the worker is woken at the commit', async () => {
    const hop = await nextHop()
    const mail = await openMailProcess(url, { relay: hop.url, worker: false })
    const account = await mail.account(newName(), ['one@home.example', 'two@home.example'])
    const [both, first] = [await mail.alias(account, { toAll: true }), await mail.alias(account)]
    expect((await mail.send({ to: [both.address, first.address] })).dot).toMatch(/^250/)
    expect(hop.connections.ever).toBe(0)
    const queued = await listDeliveries(db)
    expect(queued).toMatchObject([{ state: 'queued', attempts: 0 }, { state: 'queued', attempts: 0 }, { state: 'queued', attempts: 0 }])
    expect(new Set(queued.map((row) => row.message_id)).size).toBe(1)
    mail.work()
    await until(() => hop.accepted.length === 3, 'three copies')
    expect(hop.accepted.map((copy) => copy.forwardPaths).flat().sort()).toEqual(['one@home.example', 'one@home.example', 'two@home.example'])
    expect(new Set(hop.accepted.map((copy) => copy.reversePath)).size).toBe(3)
    await until(async () => await countMessages(db) === 1, 'the bytes to go')   // the held one of D12 stays
  })

  test('one inbox of several refuses: held for that inbox, delivered to the other', async () => {
    const hop = await nextHop({ rcpt: ({ line }) => line.includes('bad@') ? '550 5.1.1 no such user' : '250 Ok' })
    const mail = await openMailProcess(url, { relay: hop.url })
    const account = await mail.account(newName(), ['good@home.example', 'bad@home.example'])
    const alias = await mail.alias(account, { toAll: true })
    expect((await mail.send({ to: alias.address })).dot).toMatch(/^250/)
    const mine = async () => (await listHeldRows(db)).filter((row) => row.alias_id === alias.id)
    await until(async () => (await mine()).length === 1, 'the refusal to be held')
    const inbox = await db.selectFrom('inboxes').select('id').where('account_id', '=', account.id).where('address', '=', 'bad@home.example')
      .executeTakeFirstOrThrow()
    expect(await mine()).toMatchObject([{ reason: 'refused', reason_text: 'Your inbox refused it: 550 5.1.1 no such user', inbox_id: inbox.id }])
    await until(() => hop.accepted.length === 1, 'the copy to the good inbox')
    expect(hop.accepted[0]).toMatchObject({ forwardPaths: ['good@home.example'] })
  })
})

const hash = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex')
