// What becomes of a reply on its way: taken, refused, deferred, expired, bounced, held. The clock is the test's.
import { simpleParser } from 'mailparser'
import { beforeEach, describe, expect, test } from 'vitest'
import { releaseHeld } from '../../../src/flow/release-held.ts'
import { deleteHeld } from '../../../src/flow/delete-held.ts'
import { createFakeClock } from '../../support/fake-clock.ts'
import { emptyMail, listDeliveries } from '../../support/mail-rows.ts'
import { ownMails } from '../../support/own-mail.ts'
import { bodyOf, fieldOf, openReplyHost, unfolded } from '../../support/reply-host.ts'
import { until } from '../../support/until.ts'
import type { Arrived } from '../../support/next-hop.ts'

const HOUR_MS = 3_600_000
const clock = createFakeClock(new Date('2026-01-01T12:00:00Z'))
const replies = await openReplyHost({ clock })
const { hop, mail, db } = replies
const accepted = '250 2.0.0 Accepted'

beforeEach(async () => {
  await mail.host.recorder.flush()
  await emptyMail(db)
  await db.deleteFrom('tries').execute()
  hop.script({})
})

const toShop = (message: Arrived): boolean => message.forwardPaths.some((path) => path.endsWith('@shop.example'))
const held = () => db.selectFrom('held').select(['uuid', 'direction', 'reason', 'reason_text', 'finds', 'inbox_id', 'message_id'])
  .where('released_at', 'is', null).execute()
/** The worker looks each second. */
const pass = (milliseconds: number) => clock.advance(milliseconds)
const untilThen = <T>(look: () => T | Promise<T>, what: string) => until(look, what, { each: () => pass(1_000) })

describe('while the owner waits', () => {
  test('a refusal comes back as our own, with its status and without addresses', async () => {
    const shop = await replies.written(await replies.alias())
    hop.script({ rcpt: '550 5.1.1 <orders@shop.example> has moved (in reply to RCPT TO from b.x@burn.example)' })
    const before = hop.arrived.length
    expect(await replies.answer(shop)).toBe("550 5.1.1 The correspondent's server refused it: (address) has moved (in reply to RCPT TO from (address))")
    expect(hop.arrived).toHaveLength(before)
    expect(await held()).toEqual([])
    expect(await listDeliveries(db)).toEqual([])
    expect((await mail.activity()).at(-1)).toMatchObject({ kind: 'refused', reason: 'correspondent', sender: 'orders@shop.example' })
  })

  test('N01 N02 whatever it says there is one line of printable ASCII, and never more than 512 octets', async () => {
    const shop = await replies.written(await replies.alias())
    hop.script({ dot: `554-5.7.1 \u00fc\u0000 ann@home.example\r\n554 5.7.1 ${'x'.repeat(600)}` })
    const reply = await replies.answer(shop)
    expect(reply).toMatch(/^550 5\.7\.1 The correspondent's server refused it: [ -~]+$/)
    expect(reply.length).toBeLessThan(300)
    expect(reply).not.toContain('ann@')
  })

  test('a 4xx is queued, tried again under the same reverse-path, and counted once it is there', async () => {
    const shop = await replies.written(await replies.alias())
    hop.script({ rcpt: '450 4.2.1 greylisted' })
    const before = hop.heard.filter(({ phase }) => phase === 'mail').length
    const arrived = hop.arrived.length
    expect(await replies.answer(shop)).toBe(accepted)
    expect(await listDeliveries(db)).toMatchObject([{ kind: 'reply', state: 'queued', attempts: 1 }])
    hop.script({})
    await untilThen(() => hop.arrived.length > arrived, 'the second try')
    const paths = hop.heard.filter(({ phase }) => phase === 'mail').slice(before).map(({ line }) => /<([^>]*)>/.exec(line)![1])
    expect(new Set(paths).size).toBe(1)
    await untilThen(async () => (await listDeliveries(db)).length === 0, 'the queue to be empty')
    const lines = (await mail.activity()).filter(({ sender }) => sender === 'orders@shop.example').map(({ kind }) => kind)
    expect(lines).toEqual(['queued', 'replied'])
    await mail.host.recorder.flush()
    const counts = await db.selectFrom('alias_counts').select('replied').where('alias_id', '=', shop.alias.id).executeTakeFirstOrThrow()
    expect(Number(counts.replied)).toBe(1)
  })

  test('several recipients: one transaction of ours, one envelope each, all named', async () => {
    const alias = await replies.alias()
    const shop = await replies.written(alias)
    const desk = await replies.written(alias, { from: '"Desk, 2nd floor" <desk@shop.example>' })
    const before = hop.arrived.length
    expect(await replies.answer(shop, {
      to: [shop.reverse, desk.reverse, shop.reverse.toUpperCase()], toField: `${shop.reverse}, "Desk, 2nd floor (desk at shop.example)" <${desk.reverse}>`,
      header: `Cc: ann@home.example, ${alias.address}\r\n`,
    })).toBe(accepted)
    await untilThen(() => hop.arrived.length === before + 2, 'both')
    const left = replies.left(before)
    expect(left.map(({ forwardPaths }) => forwardPaths).toSorted()).toEqual([['desk@shop.example'], ['orders@shop.example']])
    for (const one of left) {
      expect(fieldOf(one, 'To')).toBe('orders@shop.example, "Desk, 2nd floor" <desk@shop.example>')
      expect(fieldOf(one, 'Cc')).toBeUndefined()
    }
    expect(new Set(left.map(({ reversePath }) => reversePath)).size).toBe(2)
  })

  test('reverse aliases of two aliases in one transaction: 452 4.5.3', async () => {
    const [one, other] = [await replies.written(await replies.alias()), await replies.written(await replies.alias())]
    expect(await replies.answer(one, { to: [one.reverse, other.reverse] })).toBe(accepted)
    const { rcpt } = await mail.send({ from: 'ann@home.example', to: [one.reverse, other.reverse, one.alias.address], message: 'x\r\n' })
    expect(rcpt.map((reply) => reply.slice(0, 9))).toEqual(['250 2.1.5', '452 4.5.3', '452 4.5.3'])
  })

  test('D31 N09 a real address outside in To or Cc: nothing is sent, and he hears why', async () => {
    const shop = await replies.written(await replies.alias())
    const before = hop.arrived.length
    expect(await replies.answer(shop, { header: 'Cc: friend@other.example\r\n' })).toMatch(/^550 5\.7\.1 Nothing was sent: To or Cc name an ordinary address/)
    expect(await replies.answer(shop, { header: 'Cc: ann@home.example\r\n' })).toBe(accepted)
    expect(replies.left(before).map(unfolded).join()).not.toContain('home.example')
    expect(hop.arrived).toHaveLength(before + 1)
  })
})

describe('that did not arrive', () => {
  test('K14 refused in the end: held, and a DSN to the inbox that sent it, one an hour', async () => {
    const alias = await replies.alias()
    const shop = await replies.written(alias)
    hop.script({ rcpt: '450 4.2.1 later' })
    const answer = { subject: 'Re: =?UTF-8?Q?=C3=BCber?=' }
    expect(await replies.answer(shop, { ...answer, messageId: 'sent-1@mail.home.example' })).toBe(accepted)
    expect(await replies.answer(shop, { ...answer, messageId: 'sent-2@mail.home.example' })).toBe(accepted)
    hop.script({ rcpt: ({ line }) => (line.includes('@shop.example') ? '550 5.1.1 <orders@shop.example> is gone' : '250 2.1.5 Ok') })
    const arrived = hop.arrived.length
    await untilThen(async () => (await held()).length === 2, 'both to be held')
    await untilThen(() => hop.arrived.length > arrived, 'the report')
    expect(await held()).toMatchObject(Array(2).fill({
      direction: 'out', reason: 'refused', reason_text: "The correspondent's server refused it: 550 5.1.1 <orders@shop.example> is gone",
    }))
    const [report, ...others] = replies.left(arrived)
    expect(others).toEqual([])
    expect(report).toMatchObject({ reversePath: '', forwardPaths: ['ann@home.example'] })
    expect(report!.bytes.length).toBeLessThan(64 * 1024)
    expect(fieldOf(report!, 'Auto-Submitted')).toBe('auto-replied')
    const original = fieldOf(report!, 'In-Reply-To')!
    expect(original).toMatch(/^<sent-[12]@mail\.home\.example>$/)
    expect(report!.bytes.toString()).not.toContain('orders@shop.example')
    expect((await simpleParser(report!.bytes)).text).toContain(`Your reply from ${alias.address} did not arrive.`)
    expect(report!.bytes.toString()).toContain(
      `Final-Recipient: rfc822; ${shop.reverse}\r\nAction: failed\r\nStatus: 5.1.1\r\nDiagnostic-Code: smtp; 550 5.1.1 (address) is gone\r\n`)
    expect(bodyOf(report!)).toContain(`${answer.subject}\r\n`)
    expect(bodyOf(report!)).toContain(`Message-ID: ${original}\r\n`)
    await untilThen(async () => (await ownMails(db)).length === 0, 'the only report to be delivered')
  })

  test('expired: held after five days', async () => {
    const shop = await replies.written(await replies.alias())
    hop.script({ rcpt: '450 4.2.1 later' })
    expect(await replies.answer(shop)).toBe(accepted)
    await db.updateTable('deliveries').set({ expires_at: clock.now() }).execute()
    await untilThen(async () => (await held()).length === 1, 'it to be held')
    expect(await held()).toMatchObject([{ direction: 'out', reason: 'expired' }])
    const [one] = await held()
    hop.script({})
    const arrived = hop.arrived.length
    await releaseHeld(mail.host, { accountId: replies.owner.id, heldUuid: one!.uuid })
    await untilThen(() => replies.left(arrived).some(toShop), 'the released one')
    expect(bodyOf(replies.left(arrived).find(toShop)!)).toBe('Thank you\r\n')
    await untilThen(async () => (await listDeliveries(db)).length === 0, 'the queue to be empty')
    expect(await held()).toEqual([])
  })

  test('burned while it was queued: held, and released it goes out', async () => {
    const shop = await replies.written(await replies.alias())
    hop.script({ rcpt: '450 4.2.1 later' })
    expect(await replies.answer(shop)).toBe(accepted)
    await db.updateTable('aliases').set({ state: 'burned', burned_at: clock.now() }).where('id', '=', shop.alias.id).execute()
    hop.script({})
    await untilThen(async () => (await held()).length === 1, 'it to be held')
    expect(await held()).toMatchObject([{ direction: 'out', reason: 'burned' }])
  })

  const bounce = (action: string, original: string): string => [
    'From: MAILER-DAEMON@shop.example', 'Subject: Undelivered', 'MIME-Version: 1.0',
    'Content-Type: multipart/report; report-type=delivery-status; boundary=b', '',
    '--b', 'Content-Type: text/plain', '', 'ann@home.example, we are sorry', '', '--b', 'Content-Type: message/delivery-status', '',
    'Reporting-MTA: dns; mx.shop.example', '', 'Final-Recipient: rfc822; orders@shop.example', `Action: ${action}`, 'Status: 5.2.1',
    'Diagnostic-Code: smtp; 550 5.2.1 orders@shop.example is disabled', '', '--b', 'Content-Type: message/rfc822', '', original, '--b--', '',
  ].join('\r\n')

  test('G20 a bounce of a reply becomes a fresh DSN to the inbox that sent it, in which nothing is the stranger’s but status and words', async () => {
    const alias = await replies.alias({ toAll: true })
    const shop = await replies.written(alias)
    await untilThen(async () => (await listDeliveries(db)).length === 0, 'both copies to be delivered')
    const before = hop.arrived.length
    expect(await replies.answer(shop, { messageId: 'sent-2@mail.home.example' })).toBe(accepted)
    const [left] = replies.left(before)
    const arrived = hop.arrived.length
    const report = { from: '', to: left!.reversePath.toUpperCase(), message: bounce('failed', left!.bytes.toString('latin1')) }
    expect((await mail.send(report)).dot).toBe(accepted)
    await untilThen(() => hop.arrived.length > arrived, 'the report')
    expect((await mail.send(report)).dot, 'again in the same hour').toBe(accepted)
    const [told, ...others] = replies.left(arrived)
    expect(others).toEqual([])
    expect(told).toMatchObject({ reversePath: '', forwardPaths: ['ann@home.example'] })
    expect(fieldOf(told!, 'In-Reply-To')).toBe('<sent-2@mail.home.example>')
    expect((await simpleParser(told!.bytes)).text).toContain('It said: 5.2.1 550 5.2.1 (address) is disabled')
    expect(told!.bytes.toString()).toContain(`Final-Recipient: rfc822; ${shop.reverse}\r\nAction: failed\r\nStatus: 5.2.1\r\n`)
    expect(told!.bytes.toString()).not.toMatch(/orders@shop\.example|we are sorry/)
    expect((await mail.activity()).filter(({ kind }) => kind === 'bounced')).toHaveLength(2)
    expect(await held()).toEqual([])
  })

  test('G21 "delayed", an out-of-office and a complaint are noted, nobody is told', async () => {
    const shop = await replies.written(await replies.alias())
    const before = hop.arrived.length
    await replies.answer(shop)
    const [left] = replies.left(before)
    const arrived = hop.arrived.length
    for (const message of [bounce('delayed', 'From: x\r\n\r\nx'), 'From: desk@shop.example\r\nAuto-Submitted: auto-replied\r\nSubject: away\r\n\r\naway\r\n']) {
      expect((await mail.send({ from: '', to: left!.reversePath, message })).dot).toBe(accepted)
    }
    await pass(5_000)
    expect(hop.arrived).toHaveLength(arrived)
    expect((await mail.activity()).filter(({ kind }) => kind === 'bounced').map(({ reason }) => reason)).toEqual(['delayed', 'auto-reply'])
  })

  test('G22 a forged reverse-path of a reply: 550 5.1.1', async () => {
    const shop = await replies.written(await replies.alias())
    const before = hop.arrived.length
    await replies.answer(shop)
    const path = replies.left(before)[0]!.reversePath
    const forged = `${path.slice(0, 9)}${path[9] === 'a' ? 'b' : 'a'}${path.slice(10)}`
    expect((await mail.send({ from: '', to: forged })).rcpt).toEqual(['550 5.1.1 No such address'])
  })
})

describe('would reveal him', () => {
  const revealing = { header: 'MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n', body: [
    '--b', 'Content-Type: text/plain', '', 'Hello', '--b', 'Content-Type: application/octet-stream; name="ann@home.example.bin"',
    'Content-Transfer-Encoding: base64', '', Buffer.from('my address is ann@home.example').toString('base64'), '--b--'].join('\r\n') }

  test('held with what was found; he is told at once, once an hour; nothing leaves until he says so', async () => {
    const alias = await replies.alias()
    const shop = await replies.written(alias)
    const before = hop.arrived.length
    expect(await replies.answer(shop, revealing)).toBe(accepted)
    expect(await replies.answer(shop, revealing)).toBe(accepted)
    await untilThen(() => hop.arrived.length > before, 'the mail to its owner')
    const [told, ...others] = replies.left(before)
    expect(others).toEqual([])
    expect(told!.forwardPaths).toEqual(['ann@home.example'])
    expect(fieldOf(told!, 'Subject')).toContain(`Not sent: your reply from ${alias.address}`)
    const rows = await held()
    expect(rows).toMatchObject(Array(2).fill({ direction: 'out', reason: 'would-reveal' }))
    expect(rows[0]!.finds).toEqual(expect.arrayContaining([expect.objectContaining({ shown: expect.stringContaining('ann'), where: expect.any(String) })]))

    const which = (n: number) => ({ accountId: replies.owner.id, heldUuid: rows[n]!.uuid })
    await expect(releaseHeld(mail.host, which(0))).rejects.toMatchObject({ code: 'would-reveal' })
    const arrived = hop.arrived.length
    await releaseHeld(mail.host, { ...which(0), anyway: true })
    await untilThen(() => hop.arrived.length > arrived, 'what was released')
    const [left] = replies.left(arrived)
    expect(left!.forwardPaths).toEqual(['orders@shop.example'])
    expect(unfolded(left!), 'its header is ours all the same').not.toContain('mail.home.example')
    expect(fieldOf(left!, 'From')).toBe(alias.address)
    await deleteHeld(mail.host, which(1))
    expect(await held()).toEqual([])
  })
})

/** An hour, or a day, is a long time for a worker that looks each second. */
const windowsEnd = () => db.updateTable('tries').set({ until: clock.now() }).execute()

describe('limits', () => {
  test('K07 so many replies an hour, counted by recipients: 450 4.7.1, and an hour later again', async () => {
    const account = await mail.account('busy', ['busy@home.example'])
    await db.updateTable('account_settings').set({ replies_hourly: 3 }).where('account_id', '=', account.id).execute()
    const alias = await replies.alias({ account })
    const shop = await replies.written(alias)
    const desk = await replies.written(alias, { from: 'desk@shop.example' })
    const mine = { from: 'busy@home.example', reversePath: 'busy@home.example' }
    expect(await replies.answer(shop, { ...mine, to: [shop.reverse, desk.reverse], toField: `${shop.reverse}, ${desk.reverse}` })).toBe(accepted)
    expect(await replies.answer(shop, mine)).toBe(accepted)
    const tooMany = '450 4.7.1 Too many replies from this account, try again later'
    expect(await replies.answer(shop, mine)).toBe(tooMany)
    expect(await replies.answer(await replies.written(await replies.alias())), 'another account').toBe(accepted)
    await windowsEnd()
    expect(await replies.answer(shop, mine)).toBe(accepted)
  })

  test('K07 so many who are written to for the first time a day', async () => {
    const account = await mail.account('new', ['new@home.example'])
    const alias = await replies.alias({ account })
    const facts = (await mail.host.routes.byId(alias.id))!
    const reverse = await Promise.all(Array.from({ length: 51 }, async (_, n) =>
      `${await mail.host.correspondents.reverseLocalPartFor(facts, `p${n}@shop.example` as never, { remember: false })}@burn.example`))
    const mine = { from: 'new@home.example', reversePath: 'new@home.example' }
    const shop = await replies.written(alias)
    expect(await replies.answer(shop, { ...mine, to: reverse, toField: reverse[0]! })).toMatch(/^450 4\.7\.1 Too many people written to for the first time/)
    expect(await listDeliveries(db)).toEqual([])
  })

  test('D22 so many to one correspondent an hour, should two machines answer each other', async () => {
    const shop = await replies.written(await replies.alias())
    await db.updateTable('account_settings').set({ replies_hourly: 1_000 }).execute()
    const answers = await Promise.all(Array.from({ length: 31 }, () => replies.answer(shop)))
    expect(answers.filter((reply) => reply === accepted)).toHaveLength(30)
    expect(answers.filter((reply) => reply.startsWith('450 4.7.1'))).toHaveLength(1)
  })

  test('K20 so many octets a day', async () => {
    const shop = await replies.written(await replies.alias())
    await db.deleteFrom('tries').execute()
    expect(await replies.answer(shop)).toBe(accepted)
    await db.updateTable('tries').set({ count: 488_281 }).where('until', '>', new Date(clock.now().getTime() + 20 * HOUR_MS)).execute()
    expect(await replies.answer(shop)).toMatch(/^450 4\.7\.1 /)
    await windowsEnd()
    expect(await replies.answer(shop)).toBe(accepted)
  })
})

test('an alias of several inboxes: the other one gets nothing of the answer, and is not shown who answered', async () => {
  const alias = await replies.alias({ toAll: true })
  const shop = await replies.written(alias)
  const before = hop.arrived.length
  await replies.answer(shop, { messageId: 'mine@mail.home.example' })
  const minted = fieldOf(replies.left(before).find(toShop)!, 'Message-ID')!
  const arrived = hop.arrived.length
  await mail.send({ to: alias.address, from: 'orders@shop.example', message:
    `From: orders@shop.example\r\nTo: ${alias.address}\r\nMessage-ID: <next@shop.example>\r\nIn-Reply-To: ${minted}\r\n\r\nok\r\n` })
  await untilThen(() => hop.arrived.length === arrived + 2, 'both copies')
  const copyOf = (inbox: string) => replies.left(arrived).find(({ forwardPaths }) => forwardPaths[0] === inbox)!
  expect(fieldOf(copyOf('ann@home.example'), 'In-Reply-To')).toBe('<mine@mail.home.example>')
  expect(fieldOf(copyOf('annette@home.example'), 'In-Reply-To')).toBe(minted)
  expect(copyOf('annette@home.example').bytes.toString()).not.toMatch(/mail\.home\.example|ann@/)
})

test('a household that wants it: the other inbox gets what was answered, and hears who it was', async () => {
  const alias = await replies.alias({ toAll: true })
  const shop = await replies.written(alias)
  await untilThen(async () => (await listDeliveries(db)).length === 0, 'both copies to be delivered')
  const before = hop.arrived.length
  await db.updateTable('account_settings').set({ share_answers: true }).where('account_id', '=', replies.owner.id).execute()
  expect(await replies.answer(shop, { body: 'Keep the change' })).toBe(accepted)
  await db.updateTable('account_settings').set({ share_answers: false }).where('account_id', '=', replies.owner.id).execute()
  await untilThen(() => hop.arrived.length === before + 2, 'the answer and the copy')
  const copy = replies.left(before).find((one) => !toShop(one))!
  expect(copy.forwardPaths).toEqual(['annette@home.example'])
  expect((await simpleParser(copy.bytes)).text).toContain(`ann@home.example answered orders at shop.example from ${alias.address}.`)
  expect(bodyOf(copy)).toMatch(/Content-Type: message\/rfc822; name=answer\.eml[^]*\r\nKeep the change\r\n/)
})

test('a household that wants it: the next message of the correspondent hangs on what was answered, in each inbox', async () => {
  const alias = await replies.alias({ toAll: true })
  const shop = await replies.written(alias)
  await untilThen(async () => (await listDeliveries(db)).length === 0, 'both copies to be delivered')
  await db.updateTable('account_settings').set({ share_answers: true }).where('account_id', '=', replies.owner.id).execute()
  const before = hop.arrived.length
  await replies.answer(shop, { messageId: 'shared@mail.home.example' })
  await untilThen(() => hop.arrived.length === before + 2, 'the answer and the copy')
  const minted = fieldOf(replies.left(before).find(toShop)!, 'Message-ID')!
  expect(minted).not.toContain('shared@')
  const arrived = hop.arrived.length
  await mail.send({ to: alias.address, from: 'orders@shop.example', message:
    `From: orders@shop.example\r\nTo: ${alias.address}\r\nMessage-ID: <further@shop.example>\r\nIn-Reply-To: ${minted}\r\n\r\nok\r\n` })
  await untilThen(() => hop.arrived.length === arrived + 2, 'both copies')
  await db.updateTable('account_settings').set({ share_answers: false }).where('account_id', '=', replies.owner.id).execute()
  const copies = replies.left(arrived)
  expect(copies.flatMap(({ forwardPaths }) => forwardPaths).toSorted()).toEqual(['ann@home.example', 'annette@home.example'])
  for (const copy of copies) expect(fieldOf(copy, 'In-Reply-To')).toBe('<shared@mail.home.example>')
})

test('N13 two aliases of one owner: nothing in two answers links them', async () => {
  const [one, other] = [await replies.written(await replies.alias()), await replies.written(await replies.alias())]
  const before = hop.arrived.length
  const same = { messageId: 'same@mail.home.example' }
  await replies.answer(one, same)
  await replies.answer(other, same)
  const [a, b] = replies.left(before)
  for (const name of ['Message-ID', 'From', 'In-Reply-To']) expect(fieldOf(a!, name)).not.toBe(fieldOf(b!, name))
  const [x, y] = [a!.reversePath, b!.reversePath]
  expect(x.slice(2, 60).split('').filter((letter, n) => letter === y[n + 2]).length).toBeLessThan(20)
})

test('N08 the name we greet with is the host’s, never the machine’s', async () => {
  expect(hop.heard.filter(({ phase }) => phase === 'ehlo').every(({ line }) => line === 'EHLO burn.example')).toBe(true)
})
