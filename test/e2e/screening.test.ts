// What is refused or held for what the message is, at the door of the real program: From, sizes of the header, loops, reports, VERP and
// reverse aliases (RELIABILITY E03, choice 9, D19, D20; HOUSE.md section 1).
import { expect, test } from 'vitest'
import { localPartOf } from '../../src/mail/address.ts'
import { verpLocalPart } from '../../src/mail/return-path.ts'
import { fixedReplies } from '../support/fixed-replies.ts'
import { mailbox, startMailHost } from '../support/mail-host.ts'
import { greet, letter, refusals, send, sendAlone } from '../support/smtp-client.ts'
import { until } from '../support/until.ts'

const { port, nextHop, names, db, host, addAlias } = await startMailHost()
const alias = names['alias']!
const DAY_MS = 86_400_000

const arrival = async (content: string | Buffer, to = alias, from = 'shop@shop.example') => {
  const before = nextHop.arrived.length
  expect(await sendAlone(port, { from, to, content })).toMatch(/^250 /)
  await until(() => nextHop.arrived.length > before, 'the message at the next hop')
  return nextHop.arrived[before]!
}
const unfolded = (bytes: Buffer): string => bytes.toString().replaceAll(/\r\n[ \t]+/g, ' ')
const heldFor = (aliasId: number) => db.selectFrom('held').select('reason').where('alias_id', '=', aliasId).execute()
const activityOf = (aliasId: number, kind: 'bounced' | 'refused') =>
  db.selectFrom('activity').select(['kind', 'reason', 'sender', 'reply']).where('alias_id', '=', aliasId).where('kind', '=', kind).execute()

const unjudgeable: Readonly<Record<string, readonly string[]>> = {
  'no From': ['Subject: x'],
  'two From fields': ['From: shop@shop.example', 'From: ceo@victim.example'],
  'two From fields, the other way': ['From: ceo@victim.example', 'From: shop@shop.example'],
  'two addresses in one': ['From: shop@shop.example, ceo@victim.example'],
  'a group': ['From: Shops: shop@shop.example;'],
  'an empty group': ['From: undisclosed:;'],
  'an empty From': ['From:'],
  'a name alone': ['From: Shop'],
  'an address in an encoded word': ['From: =?utf-8?q?ceo=40victim.example?='],
  'a fold before the first field': [' From: ceo@victim.example', 'From: shop@shop.example'],
  'an address in a comment between': ['From: ceo@victim.example (x) @evil.example'],
}
for (const [name, fields] of Object.entries(unjudgeable)) {
  test(`E03 ${name}: 550 5.7.1`, async () => {
    const before = nextHop.arrived.length
    const content = [...fields, 'X-Last: 1', '', 'body', ''].join('\r\n')
    expect(await sendAlone(port, { to: alias, content })).toBe('550 5.7.1 The From field must have exactly one address')
    await arrival(letter('after it'))
    expect(nextHop.arrived).toHaveLength(before + 1)
  })
}

test('C04 a header of 128 KiB, 2,000 lines or a line of 64 KiB is taken; beyond each: 552 5.3.4', async () => {
  // The last field is a letter of the length that is asked for: 'X: ' and CRLF are 5 octets, the empty line counts with the header.
  const base = letter('large header', 'body').length - 'body\r\n'.length
  const lines = (count: number): string[] => Array.from({ length: count }, (_, n) => `X-${n}: 1`)
  const wide = (octets: number): string[] => {
    const fields: string[] = []
    for (let left = octets; left > 0; left -= Math.min(left, 1_000)) fields.push(`X: ${'h'.repeat(Math.max(0, Math.min(left, 1_000) - 5))}`)
    return fields
  }
  const reply = (fields: readonly string[]) => sendAlone(port, { to: alias, content: letter('large header', 'body', fields) })
  expect(await reply(wide(131_072 - base - 2))).toMatch(/^250 /)
  expect(await reply(wide(131_072 - base + 100))).toBe('552 5.3.4 The header is too large')
  expect(await reply(lines(1_995))).toMatch(/^250 /)
  expect(await reply(lines(2_005))).toBe('552 5.3.4 The header is too large')
  expect(await reply([`X: ${'h'.repeat(65_536 - 5)}`])).toMatch(/^250 /)
  expect(await reply([`X: ${'h'.repeat(65_536 - 4)}`])).toBe('552 5.3.4 The header is too large')
})

test('D19 50 Received fields are forwarded, 51 are a loop: 550 5.4.6', async () => {
  const hop = (n: number): string => `Received: from h${n}.example by h${n + 1}.example; Mon, 05 Jan 2026 10:00:00 +0000`
  const received = (count: number) => letter('hops', 'body', Array.from({ length: count }, (_, n) => hop(n)))
  await arrival(received(50))
  expect(await sendAlone(port, { to: alias, content: received(51) })).toBe('550 5.4.6 Mail loop detected')
})

test('D20 a message that was forwarded for this alias before: 550 5.4.6; for another: forwarded', async () => {
  const again = letter('again', 'body', [`X-Burnbox-Alias: ${alias.toUpperCase()}`])
  expect(await sendAlone(port, { to: alias, content: again })).toBe('550 5.4.6 Mail loop detected')
  await arrival(letter('from one alias to the next', 'body', [`X-Burnbox-Alias: ${names['other']}`]))
  const sent = await arrival(letter('round trip'))
  expect(await sendAlone(port, { to: alias, content: sent.bytes })).toBe('550 5.4.6 Mail loop detected')
})

const report = (original: string, action = 'failed'): string => [
  'From: mailer-daemon@home.example', 'Subject: Undelivered', 'MIME-Version: 1.0',
  'Content-Type: multipart/report; report-type=delivery-status; boundary=b', '',
  '--b', 'Content-Type: text/plain', '', 'It did not work.', '--b', 'Content-Type: message/delivery-status', '',
  'Reporting-MTA: dns; home.example', '', 'Final-Recipient: rfc822; owner@home.example', `Action: ${action}`, 'Status: 5.1.1',
  'Diagnostic-Code: smtp; 550 no such user', '',
  '--b', 'Content-Type: message/rfc822', '', original, '--b--', '',
].join('\r\n')

test('K12 a report with the null reverse-path is held as `report`; with another reverse-path it is mail', async () => {
  const reported = await addAlias('reported-1')
  expect(await sendAlone(port, { from: '', to: reported.address, content: report(letter('x')) })).toMatch(/^250 /)
  expect(await heldFor(reported.id)).toEqual([{ reason: 'report' }])
  await arrival(report(letter('x')), reported.address)
  expect(await heldFor(reported.id)).toHaveLength(1)
})

test('K11 VERP: a signed one is recorded and the original held; forged, expired or of nobody: 550 5.1.1', async () => {
  const bounced = await addAlias('bounced-1')
  const sent = await arrival(letter('will bounce'), bounced.address)
  const verp = sent.reversePath
  expect(verp).toMatch(/^b\.[a-z2-7]{39}@burn\.example$/)
  expect(await sendAlone(port, { from: '', to: verp.toUpperCase(), content: report(sent.bytes.toString()) })).toMatch(/^250 /)
  expect(await heldFor(bounced.id)).toEqual([{ reason: 'refused' }])
  expect(await activityOf(bounced.id, 'bounced')).toMatchObject([{ reason: 'failed', reply: expect.stringContaining('5.1.1') }])

  const mac = (bytes: Uint8Array) => host.keys.mac('verp', bytes)
  const today = Math.floor(Date.now() / DAY_MS)
  const made = (aliasId: number, day: number, signed = mac) => `${verpLocalPart({ deliveryId: 1n, aliasId, day }, signed)}@burn.example`
  await using client = await greet(port)
  await client.say('MAIL FROM:<>')
  const forged = verp[5] === 'a' ? 'b' : 'a'
  const wrong = [
    `${verp.slice(0, 5)}${forged}${verp.slice(6)}`,
    made(bounced.id, today, () => Buffer.alloc(32)), made(bounced.id, today - 31), made(999_999, today),
  ]
  for (const address of wrong) expect(await client.say(`RCPT TO:<${address}>`), address).toBe('550 5.1.1 No such address')
  expect(await client.say(`RCPT TO:<${made(bounced.id, today - 30)}>`)).toMatch(/^250 /)
})

test('B19 a bounced original with line ends that DATA would refuse is recorded, never held for release', async () => {
  const smuggler = await addAlias('bounced-2')
  const sent = await arrival(letter('will bounce'), smuggler.address)
  const bounce = (original: string) => report(Buffer.from(original).toString('base64').replaceAll(/.{76}/g, '$&\r\n'))
    .replace('message/rfc822', 'message/rfc822\r\nContent-Transfer-Encoding: base64')
  const bytes = sent.bytes.toString()
  expect(await sendAlone(port, { from: '', to: sent.reversePath, content: bounce(`${bytes}\n.\nMAIL FROM:<a@evil.example>\r\n`) })).toMatch(/^250 /)
  expect(await activityOf(smuggler.id, 'bounced')).toHaveLength(1)
  expect(await heldFor(smuggler.id)).toEqual([])
  expect(await sendAlone(port, { from: '', to: sent.reversePath, content: bounce(bytes) })).toMatch(/^250 /)
  expect(await heldFor(smuggler.id)).toEqual([{ reason: 'refused' }])
})

test('recipients of different kinds in one transaction: 452 4.5.3', async () => {
  const sent = await arrival(letter('for its addresses'))
  const reverse = /<(r\.[a-z2-7]+@burn\.example)>/.exec(unfolded(sent.bytes))![1]!
  const say = async (...recipients: readonly string[]): Promise<readonly string[]> => {
    await using client = await greet(port)
    await client.say('MAIL FROM:<shop@shop.example>')
    const replies: string[] = []
    for (const one of recipients) replies.push((await client.say(`RCPT TO:<${one}>`)).slice(0, 9))
    return replies
  }
  expect(await say(alias, sent.reversePath, names['other']!)).toEqual(['250 2.1.5', '452 4.5.3', '250 2.1.5'])
  expect(await say(sent.reversePath, alias)).toEqual(['250 2.1.5', '452 4.5.3'])
  expect(await say(alias, reverse)).toEqual(['250 2.1.5', '452 4.5.3'])
})

test('K02 K06 a reverse alias: 550 5.7.1 to who is not its owner, who sees who tried; one that was never made is no address', async () => {
  const written = await addAlias('written-1')
  const sent = await arrival(letter('hello'), written.address)
  const reverse = mailbox(/<(r\.[a-z2-7]+@burn\.example)>/.exec(unfolded(sent.bytes))![1]!)
  const before = nextHop.arrived.length
  await using client = await greet(port)
  const attempt = { from: 'thief@evil.example', content: letter('let me in') }
  expect(await send(client, { ...attempt, to: reverse })).toBe('550 5.7.1 You are not allowed to write to this address')
  expect(await send(client, { ...attempt, to: `${localPartOf(reverse).toUpperCase()}@BURN.example` })).toMatch(/^550 5\.7\.1 /)
  expect(await send(client, { ...attempt, to: 'r.aaaaaaaaaaaaaaaaaaaaaaaaaa@burn.example' })).toBe('550 5.1.1 No such address')
  await until(async () => (await activityOf(written.id, 'refused')).length === 2, 'both tries in the activity')
  expect(await activityOf(written.id, 'refused')).toMatchObject([{
    reason: 'reverse-alias', sender: 'Shop <shop@shop.example>',
    reply: `mail.shop.example [127.0.0.1], envelope from <thief@evil.example> to ${reverse}`,
  }, { reason: 'reverse-alias' }])
  expect(nextHop.arrived).toHaveLength(before)
})

test('burned: 250 like any other, held; the next hop hears nothing', async () => {
  const gone = await addAlias('gone-1', { state: 'burned' })
  const before = nextHop.arrived.length
  await using client = await greet(port)
  const toActive = await send(client, { to: alias, content: letter('to the active one') })
  expect(await send(client, { to: gone.address, content: letter('to the burned one') })).toBe(toActive)
  expect(await heldFor(gone.id)).toEqual([{ reason: 'burned' }])
  expect(nextHop.arrived).toHaveLength(before + 1)
})

test('every 4xx and 5xx of this file is one of the fixed texts', () => {
  expect(refusals.size).toBeGreaterThan(5)
  expect([...refusals].filter((text) => !fixedReplies.has(text))).toEqual([])
})
