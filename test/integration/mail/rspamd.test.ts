// What becomes of mail when a spam filter has its say: refused, tagged, held from a score on; and mail flows when it has none.
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import { changeAccount } from '../../../src/flow/change-account.ts'
import { burnAlias } from '../../../src/flow/burn-alias.ts'
import { releaseHeld } from '../../../src/flow/release-held.ts'
import { createDatabase } from '../../support/database.ts'
import { openDnsServer } from '../../support/dns-server.ts'
import { letter, openMailProcess } from '../../support/mail-process.ts'
import { emptyMail, listHeldRows } from '../../support/mail-rows.ts'
import { openNextHop, type Script } from '../../support/next-hop.ts'
import { answer, openRspamdServer } from '../../support/rspamd-server.ts'
import { openSender } from '../../support/sender.ts'
import { until } from '../../support/until.ts'

const { db, url } = await createDatabase()
beforeEach(() => emptyMail(db))

let people = 0
const accepted = /^250 /
/** Over what the ingress keeps in memory. */
const large = letter() + `${'x'.repeat(70)}\r\n`.repeat(10_000)
const refused = '550 5.7.1 Message not accepted: it looks like spam'

async function open(options: { readonly env?: Record<string, string>; readonly script?: Script } = {}) {
  const filter = await openRspamdServer()
  const hop = await openNextHop(options.script ?? {})
  onTestFinished(() => hop[Symbol.asyncDispose]())
  const mail = await openMailProcess(url, { relay: hop.url, env: { BURNBOX_RSPAMD: filter.url, ...options.env } })
  const account = await mail.account(`spammed${++people}`)
  const alias = await mail.alias(account)
  await emptyMail(db)
  return {
    filter, hop, mail, account, alias,
    send: async (message = letter(), from?: string) => (await mail.send({ to: alias.address, message, ...(from !== undefined && { from }) })).dot,
    /** The X-Burnbox-Spam fields of the copies that the inbox got. */
    tags: () => hop.accepted.map(({ bytes }) => headerOf(bytes).filter((line) => /^x-burnbox-spam:/i.test(line))),
    lines: async () => (await mail.activity()).map((line) => [line.kind, line.reason].filter(Boolean).join(' ')),
  }
}

const headerOf = (bytes: Buffer): string[] => bytes.toString('latin1').split('\r\n\r\n', 1)[0]!.replaceAll(/\r\n(?=[ \t])/g, '').split('\r\n')
const threshold = (one: Awaited<ReturnType<typeof open>>, spamThreshold: number | null) =>
  changeAccount(one.mail.host, { accountId: one.account.id, spamThreshold })

describe('what it recommends', () => {
  test('reject: refused before the 250, and the owner can see it', async () => {
    const one = await open()
    one.filter.says({ action: 'reject', score: 15 })
    expect(await one.send()).toBe(refused)
    expect(one.hop.arrived).toEqual([])
    expect(await listHeldRows(db)).toEqual([])
    expect((await one.mail.activity()).at(-1)).toMatchObject({ kind: 'refused', reason: 'spam', sender: 'Shop <orders@shop.example>' })
  })

  test.each(['no action', 'greylist', 'soft reject', 'an action of its operator'])('%s: forwarded as ever', async (action) => {
    const one = await open()
    one.filter.says({ action, score: 5.5 })
    expect(await one.send()).toMatch(accepted)
    expect(one.tags()).toEqual([[]])
  })

  test.each(['add header', 'rewrite subject'])('%s: tagged, and the Subject stays', async (action) => {
    const one = await open()
    one.filter.says({ action, score: 7.512345 })
    expect(await one.send(letter('Buy now'))).toMatch(accepted)
    expect(one.tags()).toEqual([['X-Burnbox-Spam: yes; score=7.51']])
    expect(headerOf(one.hop.accepted[0]!.bytes)).toContain('Subject: Buy now')
  })

  test.each(['quarantine', 'discard'])('%s: held whatever the threshold, never dropped', async (action) => {
    const one = await open()
    await threshold(one, null)
    one.filter.says({ action, score: 1 })
    expect(await one.send()).toMatch(accepted)
    expect(await listHeldRows(db)).toMatchObject([{ reason: 'spam' }])
  })
})

describe('the threshold of the account', () => {
  test('is 10, and is reached: held with its reason, shown with its score, and released with its tag', async () => {
    const one = await open()
    one.filter.says({ action: 'add header', score: 10 })
    expect(await one.send()).toMatch(accepted)
    expect(one.hop.arrived).toEqual([])
    expect(await one.lines()).toEqual(['held spam'])
    const [held] = await listHeldRows(db)
    expect(held).toMatchObject({ reason: 'spam', reason_text: 'It looks like spam.' })
    await releaseHeld(one.mail.host, { accountId: one.account.id, heldUuid: held!.uuid })
    await until(() => one.hop.accepted.length === 1, 'the released message')
    expect(one.tags()).toEqual([['X-Burnbox-Spam: yes; score=10']])
  })

  test('can be another, or none', async () => {
    const one = await open()
    one.filter.says({ action: 'add header', score: 14.9 })
    await threshold(one, 15)
    expect(await one.send()).toMatch(accepted)
    await threshold(one, null)
    expect(await one.send()).toMatch(accepted)
    expect(one.tags()).toHaveLength(2)
    await threshold(one, 0)
    expect(await one.send()).toMatch(accepted)
    expect(await listHeldRows(db)).toHaveLength(1)
  })

  test('says nothing of what was not called spam', async () => {
    const one = await open()
    one.filter.says({ action: 'no action', score: 14 })
    await threshold(one, 0)
    expect(await one.send()).toMatch(accepted)
    expect(one.tags()).toEqual([[]])
  })

  test('is each account’s own, in one message to both', async () => {
    const one = await open()
    const other = await one.mail.alias(await one.mail.account(`spammed${++people}`))
    await threshold(one, 5)
    one.filter.says({ action: 'add header', score: 7 })
    expect((await one.mail.send({ to: [one.alias.address, other.address] })).dot).toMatch(accepted)
    await until(() => one.hop.accepted.length === 1, 'the copy of the other')
    expect(one.tags()).toEqual([['X-Burnbox-Spam: yes; score=7']])
    expect(await listHeldRows(db)).toMatchObject([{ alias_id: one.alias.id, reason: 'spam' }])
    expect(one.filter.asked.map(({ headers }) => headers['rcpt'])).toEqual([`${one.alias.address}, ${other.address}`])
  })
})

test('the tag is on the copy that is delivered later', async () => {
  let away = true
  const one = await open({ script: { mail: () => (away ? '451 4.3.0 later' : '250 2.1.0 Ok') } })
  one.filter.says({ action: 'add header', score: 7 })
  expect(await one.send()).toMatch(accepted)
  away = false
  await db.updateTable('deliveries').set({ next_attempt_at: new Date(0) }).execute()
  await until(() => one.hop.accepted.length === 1, 'the copy')
  expect(one.tags()).toEqual([['X-Burnbox-Spam: yes; score=7']])
})

test('a forged tag is gone', async () => {
  const one = await open()
  const forged = 'X-Burnbox-Spam: yes; score=99\r\nx-burnbox-spam : no\r\n'
  expect(await one.send(letter('Hello', forged))).toMatch(accepted)
  one.filter.says({ action: 'add header', score: 7 })
  expect(await one.send(letter('Hello', forged))).toMatch(accepted)
  expect(one.tags()).toEqual([[], ['X-Burnbox-Spam: yes; score=7']])
})

test('what a burn holds is held because of the burn, and what it would refuse is refused', async () => {
  const one = await open()
  await burnAlias(one.mail.host, { accountId: one.account.id, uuid: one.alias.uuid })
  one.filter.says({ action: 'add header', score: 12 })
  expect(await one.send()).toMatch(accepted)
  expect(await listHeldRows(db)).toMatchObject([{ reason: 'burned' }])
  one.filter.says({ action: 'reject', score: 20 })
  expect(await one.send()).toBe(refused)
})

test('mail that DMARC holds is held as unauthentic', async () => {
  const dns = await openDnsServer()
  dns.set('_dmarc.shop.example', 'TXT', 'v=DMARC1; p=quarantine')
  const one = await open({ env: { BURNBOX_DNS: dns.address } })
  one.filter.says({ action: 'add header', score: 12 })
  expect(await one.send()).toMatch(accepted)
  expect(await listHeldRows(db)).toMatchObject([{ reason: 'unauthentic' }])
})

describe('what it is told', () => {
  test('the message as it came, and its envelope', async () => {
    const dns = await openDnsServer()
    dns.set('1.0.0.127.in-addr.arpa', 'PTR', 'other.example', 'client.shop.example')
    dns.set('other.example', 'A', '192.0.2.1')
    dns.set('client.shop.example', 'A', '192.0.2.2', '127.0.0.1')
    const one = await open({ env: { BURNBOX_DNS: dns.address } })
    const message = letter('Hello', 'Bcc: someone@else.example\r\nX-Burnbox-Spam: yes\r\n')
    expect(await one.send(message)).toMatch(accepted)
    expect(one.filter.asked).toHaveLength(1)
    const [{ path, headers, body }] = one.filter.asked as [typeof one.filter.asked[number]]
    expect(path).toBe('POST /checkv2')
    expect(headers).toMatchObject({
      'ip': '127.0.0.1', 'helo': 'mail.shop.example', 'hostname': 'client.shop.example', 'from': '<sender@shop.example>', 'rcpt': one.alias.address,
      'mta-name': 'burn.example', 'content-length': String(Buffer.byteLength(message)),
    })
    expect(headers['password']).toBeUndefined()
    expect(body.toString()).toBe(message)
  })

  test('the null reverse-path, a password, no name where there is none', async () => {
    const filter = await openRspamdServer()
    const one = await open({ env: { BURNBOX_RSPAMD: filter.url.replace('//', '//:p%40ss w%C3%B6rd@') } })
    expect(await one.send(letter(), '')).toMatch(accepted)
    expect(filter.asked[0]!.headers).toMatchObject({ from: '<>', password: Buffer.from('p@ss wörd').toString('latin1') })
    expect(filter.asked[0]!.headers['hostname']).toBeUndefined()
    expect(one.filter.asked).toEqual([])
  })

  test('an address in UTF-8 as one that it can read', async () => {
    const one = await open()
    const sent = await one.mail.send({ to: one.alias.address, from: 'grüße@shop.example', parameters: 'SMTPUTF8' })
    expect(sent.dot).toMatch(accepted)
    expect(one.filter.asked[0]!.headers['from']).toBe('<gr??e@shop.example>')
  })

  test('a large message, from the spool', async () => {
    const one = await open()
    const message = large
    expect(await one.send(message)).toMatch(accepted)
    expect(one.filter.asked[0]!.body.equals(Buffer.from(message))).toBe(true)
  })

  test('nothing of mail to a VERP address, and nothing with BURNBOX_BENCH_BARE', async () => {
    const one = await open()
    expect(await one.send()).toMatch(accepted)
    const sender = await openSender(one.mail.port)
    await sender.say('MAIL FROM:<>')
    expect(await sender.say(`RCPT TO:<${one.hop.accepted[0]!.reversePath}>`)).toMatch(accepted)
    await sender.say('DATA')
    expect(await sender.dot(letter())).toMatch(accepted)
    sender.close()
    expect(one.filter.asked).toHaveLength(1)
    const bare = await open({ env: { BURNBOX_BENCH_BARE: 'true' } })
    expect(await bare.send()).toMatch(accepted)
    expect(bare.filter.asked).toEqual([])
  })

  test('on a host without a domain it is asked too: who sets it wants to try it', async () => {
    const one = await open({ env: { BURNBOX_DOMAIN: '' } })
    one.filter.says({ action: 'add header', score: 7 })
    expect(await one.send()).toMatch(accepted)
    expect(one.tags()).toEqual([['X-Burnbox-Spam: yes; score=7']])
  })
})

describe('without an answer mail flows', () => {
  const faults: readonly (readonly [what: string, does: Parameters<Awaited<ReturnType<typeof openRspamdServer>>['does']>])[] = [
    ['silence', [() => {}]],
    ['silence in the middle of an answer', [(response) => response.writeHead(200, { 'Content-Length': 100 }).write('{"action"')]],
    ['half an answer', [(response) => response.writeHead(200, { 'Content-Length': 100 }).write('{"action"', () => response.destroy())]],
    ['a connection that ends', [(response) => response.destroy()]],
    ['a connection that ends before the message was read', [(response) => response.destroy(), { unread: true }]],
    ['500', [(response) => answer(response, '{"error":"invalid command","error_domain":"protocol-error"}', 500)]],
    ['a reject with 403', [(response) => answer(response, '{"action":"reject","score":99}', 403)]],
    ['an answer of 20 MB', [(response) => answer(response, `{"action":"reject","score":99,"x":"${'x'.repeat(20_000_000)}"}`)]],
    ['no JSON', [(response) => answer(response, '<html>')]],
    ['JSON that is no answer', [(response) => answer(response, 'null')]],
    ['a score that is none', [(response) => answer(response, '{"action":"reject","score":"99"}')]],
    ['no HTTP', [(response) => response.socket?.end('220 mail.example ESMTP\r\n')]],
  ]
  test.each(faults)('%s', async (_, does) => {
    const one = await open()
    one.filter.does(...does)
    expect(await one.send(large)).toMatch(accepted)
    expect(one.tags()).toEqual([[]])
    await until(() => one.filter.connections.now === 0, 'the connection to end')
  })

  test('nobody listens', async () => {
    const one = await open()
    await one.filter.goAway()
    expect(await one.send()).toMatch(accepted)
  })
})
