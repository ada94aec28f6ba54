// D: what a forward names and what it leaves alone, over real SMTP: hidden recipients, several aliases, lists, robots, loops, sizes.
import { createServer } from 'node:net'
import { once } from 'node:events'
import { describe, expect, onTestFinished, test } from 'vitest'
import { addInbox } from '../../../src/flow/add-inbox.ts'
import { createAccount } from '../../../src/flow/create-account.ts'
import { createAlias } from '../../../src/flow/create-alias.ts'
import type { Mailbox } from '../../../src/mail/address.ts'
import { mailboxesIn, parseAddressList } from '../../../src/mail/address-list.ts'
import { fieldsNamed, parseFields, valueOf } from '../../../src/mail/header.ts'
import { retryNow } from '../../../src/store/deliveries.ts'
import { createDatabase } from '../../support/database.ts'
import { createFakeClock, type FakeClock } from '../../support/fake-clock.ts'
import { letter, openMailProcess, type MailProcess } from '../../support/mail-process.ts'
import { emptyMail, listDeliveries, listHeldRows } from '../../support/mail-rows.ts'
import { openNextHop, type Arrived, type NextHop, type Script } from '../../support/next-hop.ts'
import { until } from '../../support/until.ts'

const { db, url } = await createDatabase()

let names = 0
const newName = (): string => `faithful${++names}`

type Scene = { readonly hop: NextHop; readonly mail: MailProcess; readonly to: string }

async function open(script: Script = {}, options: Parameters<typeof openNextHop>[1] = {}): Promise<Scene> {
  const hop = await openNextHop(script, options)
  onTestFinished(() => hop[Symbol.asyncDispose]())
  const mail = await openMailProcess(url, { relay: hop.url })
  const { address: to } = await mail.alias(await mail.account(newName()))
  await emptyMail(db)
  return { hop, mail, to }
}

/** Without ours, or the sender's own way to unsubscribe. */
const burnLink = (mode: 'theirs' | 'off'): Promise<unknown> => db.updateTable('account_settings').set({ burn_link: mode }).execute()

const fieldsOf = (message: Arrived): ReturnType<typeof parseFields> => parseFields(message.bytes.subarray(0, message.bytes.indexOf('\r\n\r\n') + 2))
const values = (message: Arrived, name: string): string[] => fieldsNamed(fieldsOf(message), name).map(valueOf)
const addresses = (message: Arrived, name: string): string[] =>
  values(message, name).flatMap((value) => mailboxesIn(parseAddressList(value)).map(({ mailbox }) => mailbox))
const message = (...fields: readonly string[]): string => [...fields, 'Subject: x', 'Date: Thu, 01 Jan 2026 00:00:00 +0000', 'Message-ID: <1@shop.example>', '',
  'Hello', ''].join('\r\n')
const reverse = expect.stringMatching(/^r\.[a-z2-7]{26}@burn\.example$/)

test('D08 others in To and Cc become reverse aliases, the same ones each time; beyond 30 they move, none is lost', async () => {
  const { hop, mail, to } = await open()
  const others = Array.from({ length: 40 }, (_, n) => `"P ${n}" <p${n}@other.example>`).join(',\r\n ')
  const original = message('From: Ann <ann@shop.example>', `To: <${to}>, Bob <bob@other.example>`, `Cc: ${others}`)
  for (let n = 0; n < 2; n++) await mail.send({ to, message: original })
  const [first, second] = hop.accepted
  expect(addresses(first!, 'to')).toEqual([to, reverse])
  expect(addresses(first!, 'cc')).toEqual(Array.from({ length: 28 }, () => reverse))
  expect(addresses(first!, 'x-burnbox-cc')).toEqual(Array.from({ length: 12 }, (_, n) => `p${n + 28}@other.example`))
  for (const name of ['from', 'to', 'cc']) expect(values(second!, name)).toEqual(values(first!, name))
})

test('D09 hidden in Bcc, the alias stands in our own fields alone', async () => {
  const { hop, mail, to } = await open()
  const original = message('From: Ann <ann@shop.example>', 'To: undisclosed-recipients:;', `Bcc: ${to}, other@shop.example`)
  expect((await mail.send({ to, message: original })).dot).toMatch(/^250 /)
  const [got] = hop.accepted
  const naming = fieldsOf(got!).filter((field) => valueOf(field).includes(to)).map(({ name }) => name)
  expect(naming).toEqual(['received', 'x-burnbox-alias'])
  expect(got!.bytes.toString()).not.toMatch(/^bcc|other@shop\.example/im)
})

test('D10 two aliases of one inbox in one envelope: a copy for each, both counted', async () => {
  const { hop, mail } = await open()
  const account = await mail.account(newName())
  const aliases = [await mail.alias(account), await mail.alias(account)]
  expect((await mail.send({ to: aliases.map(({ address }) => address) })).dot).toMatch(/^250 /)
  await until(() => hop.accepted.length === 2, 'both copies')
  expect(hop.accepted.map((copy) => values(copy, 'x-burnbox-alias')[0]).toSorted()).toEqual(aliases.map(({ address }) => address).toSorted())
  expect(new Set(hop.accepted.map(({ reversePath }) => reversePath)).size).toBe(2)
  await until(async () => (await listDeliveries(db)).length === 0, 'the queue to be empty')
  const delivered = (await mail.activity()).filter(({ kind }) => kind === 'delivered')
  expect(delivered.map(({ alias_address }) => alias_address).toSorted()).toEqual(aliases.map(({ address }) => address).toSorted())
})

test('D11 aliases of two users in one envelope: neither copy names the other, in no field and no command', async () => {
  const { hop, mail } = await open()
  const [ann, bob] = [newName(), newName()]
  const aliases = [await mail.alias(await mail.account(ann)), await mail.alias(await mail.account(bob))]
  const to = aliases.map(({ address }) => address)
  const original = message('From: shop@shop.example', `To: ${to[0]}`)
  expect((await mail.send({ to, message: original })).dot).toMatch(/^250 /)
  await until(() => hop.accepted.length === 2, 'both copies')
  for (const [mine, other, otherName] of [[0, 1, bob], [1, 0, ann]] as const) {
    const copy = hop.accepted.find((one) => values(one, 'x-burnbox-alias')[0] === to[mine])!
    expect(copy.forwardPaths).toEqual([`${mine === 0 ? ann : bob}@home.example`])
    const all = copy.bytes.toString().replaceAll(/\r\n[ \t]+/g, ' ')
    // Who is written in To is shown to both, as a name without its @.
    expect(all).not.toContain(to[other])
    expect(all).not.toContain(`${otherName}@`)
  }
})

test('D13 List-Unsubscribe and one-click stay as they came, and nobody but their reader goes there', async () => {
  let visits = 0
  const web = createServer((socket) => {
    visits += 1
    socket.destroy()
  }).listen(0, '127.0.0.1')
  await once(web, 'listening')
  onTestFinished(() => void web.close())
  const { hop, mail, to } = await open()
  await burnLink('theirs')
  const { port } = web.address() as { port: number }
  const fields = [`List-Unsubscribe: <https://127.0.0.1:${port}/u?id=1&x=2>`, 'List-Unsubscribe-Post: List-Unsubscribe=One-Click',
    'List-Id: News <news.shop.example>', 'List-Archive: <https://shop.example/archive>', 'Precedence: bulk']
  await mail.send({ to, message: message('From: news@shop.example', `To: ${to}`, ...fields) })
  const got = hop.accepted[0]!.bytes.toString()
  expect(got).toContain(`\r\n${fields.join('\r\n')}\r\n`)
  expect(got.replaceAll(/\r\n[ \t]*/g, '')).toMatch(/DKIM-Signature: [^;]*;.*h=[^;]*list-unsubscribe-post[^;]*/)
  expect(visits).toBe(0)
})

test('what a mail program answers to names reverse aliases, what it must not is gone, at the inbox', async () => {
  const { hop, mail, to } = await open()
  await burnLink('theirs')
  const gone = ['Return-Path: <z@shop.example>', 'DKIM-Signature: v=1; d=shop.example; b=z', 'Bcc: z@shop.example', 'Delivered-To: me@home.example',
    `Delivered-To: ${to}`, 'Errors-To: z@shop.example', 'X-Confirm-Reading-To: z@shop.example', 'Return-Receipt-To: z@shop.example', 'Sender: s@shop.example']
  const answered = ['Reply-To', 'Disposition-Notification-To', 'Mail-Followup-To', 'Mail-Reply-To']
  const lists = ['List-Unsubscribe', 'List-Subscribe', 'List-Post', 'List-Owner', 'List-Help']
  const original = message('From: a@shop.example', `To: ${to}`, ...gone, ...answered.map((name, n) => `${name}: Name <n${n}@shop.example>`),
    ...lists.map((name, n) => `${name}: <mailto:l${n}@shop.example?subject=bye>, <https://shop.example/${n}>`))
  await mail.send({ to, message: original })
  const [got] = hop.accepted
  const text = got!.bytes.toString()
  expect(text).not.toContain('z@shop.example')
  for (const name of ['return-path', 'bcc', 'errors-to', 'x-confirm-reading-to', 'return-receipt-to', 'sender']) expect(values(got!, name), name).toEqual([])
  expect(values(got!, 'delivered-to')).toEqual(['me@home.example'])
  expect(values(got!, 'dkim-signature')).toEqual([expect.stringContaining('d=burn.example')])
  expect(values(got!, 'x-burnbox-sender')).toEqual(['s@shop.example'])
  for (const name of answered) expect(addresses(got!, name.toLowerCase()), name).toEqual([reverse])
  for (const [n, name] of lists.entries()) {
    expect(values(got!, name.toLowerCase()), name).toEqual([expect.stringMatching(
      new RegExp(`^<mailto:r\\.[a-z2-7]{26}@burn\\.example\\?subject=bye>, <https://shop\\.example/${n}>$`),
    )])
  }
  // Each of them finds its way back.
  const rows = await db.selectFrom('correspondents').select('reverse_local_part').execute()
  const known = new Set(rows.map((row) => `${row.reverse_local_part}@burn.example`))
  for (const found of text.match(/r\.[a-z2-7]{26}@burn\.example/g) ?? []) expect(known).toContain(found)
})

test('D18 our Received is on top, with protocol and client, the alias and nobody else', async () => {
  const { hop, mail, to } = await open()
  await burnLink('off')
  const original = message('Received: from a by b; Thu, 01 Jan 2026 00:00:00 +0000', 'From: a@shop.example')
  for (const parameters of ['', 'SMTPUTF8']) await mail.send({ to, parameters, message: original })
  for (const [copy, protocol] of [[hop.accepted[0]!, 'ESMTP'], [hop.accepted[1]!, 'UTF8SMTP']] as const) {
    const [ours, ...rest] = values(copy, 'received')
    const at = to.replaceAll('.', String.raw`\.`)
    expect(ours).toMatch(new RegExp(`^from mail\\.shop\\.example \\(\\[127\\.0\\.0\\.1\\]\\) by burn\\.example with ${protocol} id \\w+ for <${at}>; `))
    expect(rest).toEqual(['from a by b; Thu, 01 Jan 2026 00:00:00 +0000'])
    const added = copy.bytes.toString().slice(0, copy.bytes.indexOf('\r\nReceived: from a'))
    expect(added).not.toMatch(/home\.example|localhost|\/work|sink\.example/)
  }
})

describe('D21 loops', () => {
  const freePort = async (): Promise<number> => {
    const server = createServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as { port: number }
    server.close()
    await once(server, 'close')
    return port
  }

  test('two hosts whose aliases lead to each other: it ends with 550 5.4.6 and is held, after at most 50 copies', async () => {
    const other = await createDatabase()
    const [here, there] = [await freePort(), await freePort()]
    const one = await openMailProcess(url, { relay: `smtp://127.0.0.1:${there}`, env: { BURNBOX_SMTP: `127.0.0.1:${here}` } })
    const two = await openMailProcess(other.url, {
      relay: `smtp://127.0.0.1:${here}`, env: { BURNBOX_SMTP: `127.0.0.1:${there}`, BURNBOX_DOMAIN: 'two.example' },
    })
    await Promise.all([emptyMail(db), emptyMail(other.db)])
    const [a, b] = [newName(), newName()]
    const make = async (mail: MailProcess, localPart: string, inbox: string): Promise<string> => (await createAlias(mail.host, {
      accountId: (await mail.account(localPart, [inbox])).id, site: null, label: null, note: null, displayName: null, pinned: false, localPart,
      inboxIds: undefined,
    })).address
    const first = await make(one, a, `${b}@two.example`)
    await make(two, b, `${a}@burn.example`)
    expect((await one.send({ to: first })).dot).toMatch(/^250 /)
    const copies = async (): Promise<number> => [...await one.activity(), ...await two.activity()].filter(({ kind }) => kind === 'delivered').length
    const held = async () => [...await listHeldRows(db), ...await listHeldRows(other.db)]
    await until(async () => (await held()).length === 1, 'the last copy to be held')
    expect(await held()).toMatchObject([{ reason: 'refused', reason_text: 'Your inbox refused it: 550 5.4.6 Mail loop detected' }])
    await until(async () => [...await listDeliveries(db), ...await listDeliveries(other.db)].length === 0, 'both queues to be empty')
    expect(await copies()).toBeLessThanOrEqual(50)
  })

  test('an inbox at a domain of this host is refused when it is added, in any spelling, with an account or later', async () => {
    const { mail, to } = await open()
    const account = await mail.account(newName())
    for (const address of [to, to.toUpperCase(), 'anybody@burn.example', 'anybody@BURN.example.', '"any body"@burn.example']) {
      await expect(addInbox(mail.host, { accountId: account.id, address }), address).rejects.toMatchObject({ code: 'invalid' })
    }
    const looped = { email: `${newName()}@account.example` as Mailbox, role: 'member' as const, inboxes: [to as Mailbox] }
    await expect(createAccount(mail.host, looped)).rejects.toMatchObject({ code: 'invalid' })
    expect(await db.selectFrom('inboxes').select('address').where('address', 'like', '%burn.example').execute()).toEqual([])
  })

  test('an inbox that sends what it gets back to the alias: refused there the first time', async () => {
    const { hop, mail, to } = await open()
    await mail.send({ to })
    expect((await mail.send({ to, message: hop.accepted[0]!.bytes })).dot).toBe('550 5.4.6 Mail loop detected')
    expect(hop.accepted).toHaveLength(1)
  })
})

test.each([
  ['an autoreply', 'a@shop.example', 'Auto-Submitted: auto-replied'], ['one with the null reverse-path', '', 'Auto-Submitted: auto-replied'],
  ['a bulk mail that asks for receipts', 'a@shop.example', 'Precedence: bulk\r\nDisposition-Notification-To: a@shop.example'],
])('D22 %s is forwarded once, and nothing is sent to anybody else', async (_, from, header) => {
  const { hop, mail, to } = await open()
  expect((await mail.send({ to, from, message: message('From: a@shop.example', `To: ${to}`, header) })).dot).toMatch(/^250 /)
  expect(hop.accepted).toHaveLength(1)
  expect(hop.count('rcpt')).toBe(1)
  expect(await listDeliveries(db)).toEqual([])
})

test('D23 an alias is its letters, whatever their case: no +tag and no dot leads to it, burned or not', async () => {
  const { hop, mail, to } = await open()
  const [local, domain] = to.split('@') as [string, string]
  const dotted = `${local[0]}.${local.slice(1)}`
  for (const wrong of [`${local}+x@${domain}`, `${dotted}@${domain}`, `${local}-x@${domain}`]) {
    expect((await mail.send({ to: wrong })).rcpt, wrong).toEqual(['550 5.1.1 No such address'])
  }
  expect((await mail.send({ to: to.toUpperCase() })).dot).toMatch(/^250 /)
  expect(values(hop.accepted[0]!, 'x-burnbox-alias')).toEqual([to])
  await db.updateTable('aliases').set({ state: 'burned', burned_at: mail.host.clock.now() }).where('address', '=', to).execute()
  expect((await mail.send({ to: to.toUpperCase() })).dot).toMatch(/^250 /)
  expect((await mail.send({ to: `${local}+x@${domain}` })).rcpt).toEqual(['550 5.1.1 No such address'])
  expect(hop.accepted).toHaveLength(1)
  expect(await listHeldRows(db)).toMatchObject([{ reason: 'burned' }])
})

describe('what the next hop has to be able to do', () => {
  const eightBit = Buffer.from('From: a@shop.example\r\nSubject: x\r\n\r\nGr\u00fc\u00dfe\r\n')

  test('D24 SMTPUTF8 is said to a next hop that has it, with the header as it came', async () => {
    const { hop, mail, to } = await open()
    const utf8 = `From: Gr\u00fc\u00dfe <gr\u00fc\u00dfe@shop.example>\r\nTo: you\r\nSubject: Gr\u00fc\u00dfe\r\n\r\nHello\r\n`
    expect((await mail.send({ to, from: 'gr\u00fc\u00dfe@shop.example', message: utf8, parameters: 'SMTPUTF8 BODY=8BITMIME' })).dot).toMatch(/^250 /)
    expect(hop.accepted[0]!.parameters).toMatch(/\bSMTPUTF8\b/)
    expect(hop.accepted[0]!.bytes.toString()).toContain('\r\nSubject: Gr\u00fc\u00dfe\r\n')
  })

  test.each([
    ['D24 without SMTPUTF8', ['8BITMIME', 'PIPELINING'], 'SMTPUTF8'], ['D25 without 8BITMIME', ['SMTPUTF8', 'PIPELINING'], 'BODY=8BITMIME'],
  ] as const)('%s: held as unsupported, not one octet above 127 on the wire', async (_, extensions, parameters) => {
    const { hop, mail, to } = await open({}, { extensions })
    expect((await mail.send({ to, message: eightBit, parameters })).dot).toMatch(/^250 /)
    expect(await listHeldRows(db)).toMatchObject([{ reason: 'unsupported' }])
    expect(hop.count('mail')).toBe(0)
  })

  test.each([
    ['with', ['SMTPUTF8', 'PIPELINING']], ['without', ['PIPELINING']],
  ] as const)('D24 an inbox in UTF-8, a next hop %s SMTPUTF8', async (has, extensions) => {
    const { hop, mail } = await open({}, { extensions })
    const inbox = `gr\u00fc\u00dfe${++names}@home.example`
    const { address: to } = await mail.alias(await mail.account(newName(), [inbox]))
    expect((await mail.send({ to })).dot).toMatch(/^250 /)
    if (has === 'with') {
      expect(hop.accepted[0]!.parameters).toMatch(/\bSMTPUTF8\b/)
      expect(Buffer.from(hop.accepted[0]!.forwardPaths[0]!, 'latin1').toString()).toBe(inbox)
    } else {
      expect(await listHeldRows(db)).toMatchObject([{ reason: 'unsupported' }])
      expect(hop.count('mail')).toBe(0)
    }
  })

  test('D25 an 8-bit body goes as it is to a next hop that takes it, whatever its sender said of it', async () => {
    const { hop, mail, to } = await open()
    for (const parameters of ['BODY=8BITMIME', '']) expect((await mail.send({ to, message: eightBit, parameters })).dot).toMatch(/^250 /)
    for (const { bytes, parameters } of hop.accepted) {
      expect(parameters).toMatch(/\bBODY=8BITMIME\b/)
      expect(bytes.subarray(-9).toString()).toBe('Gr\u00fc\u00dfe\r\n')
    }
  })

  test('D26 too large for the next hop: held, DATA never said; what fits is announced with the fields that we added', async () => {
    const { hop, mail, to } = await open({}, { extensions: ['8BITMIME', 'SIZE 100000'] })
    expect((await mail.send({ to, message: `${letter('large')}${`${'x'.repeat(76)}\r\n`.repeat(1_400)}` })).dot).toMatch(/^250 /)
    expect(await listHeldRows(db)).toMatchObject([{ reason: 'refused', reason_text: 'Your inbox refused it: The message is larger than the next hop takes.' }])
    expect([hop.count('mail'), hop.count('data')]).toEqual([0, 0])
    expect((await mail.send({ to, message: letter('small') })).dot).toMatch(/^250 /)
    const [small] = hop.accepted
    expect(small!.parameters).toContain(`SIZE=${small!.bytes.length}`)
    // It is the forward that must fit, not what came in.
    const headerOctets = small!.bytes.length - letter('small').length
    const line = `${'y'.repeat(98)}\r\n`
    const almost = letter('almost') + line.repeat(Math.floor((100_000 - letter('almost').length - headerOctets / 2) / 100))
    expect(almost.length).toBeLessThan(100_000)
    expect((await mail.send({ to, message: almost })).dot).toMatch(/^250 /)
    expect(await listHeldRows(db)).toHaveLength(2)
    expect(hop.count('data')).toBe(1)
  })
})

describe('E20 the clock jumps while mail waits', () => {
  /** Five messages that wait since the first of January, and a process that believes it is so many days later. */
  async function jump(days: number): Promise<{ readonly hop: NextHop; readonly clock: FakeClock; readonly mail: MailProcess }> {
    const hop = await openNextHop({ rcpt: '451 4.7.1 later' })
    onTestFinished(() => hop[Symbol.asyncDispose]())
    const before = createFakeClock()
    const first = await openMailProcess(url, { relay: hop.url, clock: before })
    const { address: to } = await first.alias(await first.account(newName()))
    await emptyMail(db)
    for (let n = 0; n < 5; n++) expect((await first.send({ to, message: letter(`waiting ${n}`) })).dot).toMatch(/^250 /)
    expect(await listDeliveries(db)).toHaveLength(5)
    await first.stop()
    hop.script({})
    const clock = createFakeClock(new Date(before.now().getTime() + days * 86_400_000))
    return { hop, clock, mail: await openMailProcess(url, { relay: hop.url, clock }) }
  }

  test('10 days forward: the queue is tried before anything of it expires', async () => {
    const { hop, clock } = await jump(10)
    await until(() => hop.accepted.length === 5, 'all five', { each: () => clock.advance(1_000) })
    expect(await listHeldRows(db)).toEqual([])
  })

  test('10 days back: nothing is lost; it waits for its time, or for the operator who asks for it', async () => {
    const { hop, clock, mail } = await jump(-10)
    expect(await listDeliveries(db)).toHaveLength(5)
    await retryNow(mail.host.db, clock.now(), 'all')
    await until(() => hop.accepted.length === 5, 'all five', { each: () => clock.advance(1_000) })
    expect(await listHeldRows(db)).toEqual([])
  })
})
