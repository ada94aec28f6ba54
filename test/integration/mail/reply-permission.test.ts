// Who may write through a reverse alias. Real SMTP from loopback, a real DNS server, messages signed by the keys of their hosts.
import { beforeEach, describe, expect, test } from 'vitest'
import { burnAlias } from '../../../src/flow/burn-alias.ts'
import { closeAlias } from '../../../src/flow/close-alias.ts'
import { restoreAlias } from '../../../src/flow/restore-alias.ts'
import { emptyMail } from '../../support/mail-rows.ts'
import { openReplyHost, type Answer, type Written } from '../../support/reply-host.ts'
import { createSigner, keyName, signed } from '../../support/signed.ts'

const replies = await openReplyHost()
const { hop, mail, db, zone, home } = replies
const evil = createSigner('evil.example')
zone.set(`${keyName(evil)} TXT`, [`v=DKIM1; k=rsa; p=${evil.publicKey}`])
zone.set('evil.example TXT', ['v=spf1 ip4:127.0.0.1 -all'])
zone.set('list.example TXT', ['v=spf1 ip4:127.0.0.1 -all'])
zone.set('other.example TXT', ['v=spf1 ip4:192.0.2.1 -all'])

const alias = await replies.alias()
const shop: Written = await replies.written(alias)
const allowed = '250 2.0.0 Accepted'
const refused = '550 5.7.1 You are not allowed to write to this address'

beforeEach(() => emptyMail(db))

const fromElsewhere = { 'home.example TXT': ['v=spf1 ip4:192.0.2.9 -all'] } as const
const withRecord = async <T>(question: string, records: Parameters<typeof zone.set>[1], work: () => Promise<T>): Promise<T> => {
  const before: Record<string, readonly string[]> = {
    'home.example TXT': ['v=spf1 ip4:127.0.0.1 -all'], '_dmarc.home.example TXT': ['v=DMARC1; p=reject'],
  }
  zone.set(question, records)
  // The resolver keeps answers for their TTL, which is 0 here.
  try {
    return await work()
  } finally {
    zone.set(question, before[question] ?? [])
  }
}

const attempt = async (answer: Answer, expected: string, reason = 'reverse-alias'): Promise<void> => {
  const before = hop.arrived.length
  expect(await replies.answer(shop, answer)).toBe(expected)
  expect(hop.arrived).toHaveLength(before)
  expect((await mail.activity()).at(-1)).toMatchObject({ kind: 'refused', reason, alias_address: alias.address })
  expect(await db.selectFrom('messages').selectAll().execute(), 'nothing of its content is kept').toEqual([])
}

const plain = (from: string): string => [`From: ${from}`, `To: ${shop.reverse}`, 'Subject: x', '', 'x', ''].join('\r\n')

describe('the owner', () => {
  test('DMARC passes by a signature, whatever SPF says', () =>
    withRecord('home.example TXT', fromElsewhere['home.example TXT'], async () => expect(await replies.answer(shop)).toBe(allowed)))

  test('K04 a provider with SPF alone is enough when it is aligned, and the activity says so', async () => {
    await withRecord('_dmarc.home.example TXT', [], async () => expect(await replies.answer(shop, { sign: false })).toBe(allowed))
    await mail.host.recorder.flush()
    const { authentication } = await db.selectFrom('activity').select('authentication')
      .where('kind', '=', 'replied').orderBy('id', 'desc').executeTakeFirstOrThrow()
    expect(authentication).toBe('spf=pass dkim=none dmarc=none')
  })

  test('his other verified inbox of this alias may be the one in the envelope; an inbox of his that is none of this alias may not', async () => {
    const both = await replies.written(await replies.alias({ toAll: true }))
    expect(await replies.answer(both, { from: 'annette@home.example' })).toBe(allowed)
    expect(await replies.answer(both, { reversePath: 'annette@home.example' })).toBe(allowed)
    await attempt({ from: 'annette@home.example', reversePath: 'annette@home.example' }, refused)
  })

  test('the letters of an address in any case, the domain as Unicode writes it', async () => {
    expect(await replies.answer(shop, { from: 'ANN@Home.Example', reversePath: 'Ann@HOME.example' })).toBe(allowed)
  })

  test('an inbox that was not verified yet is nobody', async () => {
    await db.updateTable('inboxes').set({ verified_at: null }).where('address', '=', 'ann@home.example').execute()
    try {
      await attempt({}, refused)
    } finally {
      await db.updateTable('inboxes').set({ verified_at: new Date() }).where('address', '=', 'ann@home.example').execute()
    }
  })

  test('DNS is in trouble: 451, and the second try is good', async () => {
    await withRecord('home.example TXT', 'SERVFAIL', async () =>
      expect(await replies.answer(shop, { sign: false })).toMatch(/^451 4\.4\.3 /))
  })
})

const evilSays = (message: string): Promise<string> => signed(message, evil)

describe('K03 spoofed', () => {
  const cases: readonly (readonly [string, () => Answer | Promise<Answer>])[] = [
    ['the From is his, nothing proves it', () => ({ message: plain('ann@home.example'), reversePath: 'x@evil.example' })],
    ['the envelope is his, the From is not', async () => ({ message: await evilSays(plain('x@evil.example')) })],
    ['the From is his, the envelope is not, and SPF passes for that one', async () =>
      ({ message: await signed(plain('ann@home.example'), home), reversePath: 'x@evil.example' })],
    ['forwarded by a list: his signature, the envelope of the list', async () =>
      ({ message: await signed(plain('ann@home.example'), home), reversePath: 'bounces@list.example' })],
    ['a From with two addresses', () => ({ message: plain('ann@home.example, x@evil.example') })],
    ['two From fields', () => ({ message: `From: x@evil.example\r\n${plain('ann@home.example')}` })],
    ['no From', () => ({ message: 'Subject: x\r\n\r\nx\r\n' })],
    ['his address as the display name', async () =>
      ({ message: await evilSays(plain('"ann@home.example" <x@evil.example>')), reversePath: 'x@evil.example' })],
    ['his address in a comment', async () => ({ message: await evilSays(plain('x@evil.example (ann@home.example)')), reversePath: 'x@evil.example' })],
    ['a comment inside his address', () => ({ message: plain('ann(x)@home.example') })],
    ['his address in a group', () => ({ message: plain('friends: ann@home.example;') })],
    ['his address in an encoded word', async () =>
      ({ message: await evilSays(plain('=?UTF-8?Q?ann=40home=2Eexample?= <x@evil.example>')), reversePath: 'x@evil.example' })],
    ['his address with a sub-address', () => ({ from: 'ann+x@home.example', reversePath: 'ann+x@home.example' })],
    ['a sub-domain of his', () => ({ message: plain('ann@mail.home.example'), reversePath: 'ann@mail.home.example' })],
    ['a From that is folded and broken', () => ({ message: plain('ann@home.\r\n example') })],
    ['the null reverse-path', () => ({ reversePath: '' })],
  ]
  test.each(cases)('%s', async (_, answer) => attempt(await answer(), refused))

  test('a signature of another domain proves nothing for his', () => withRecord('home.example TXT', fromElsewhere['home.example TXT'], async () =>
    attempt({ sign: evil }, refused)))

  test('SPF passes for another domain than his', () => withRecord('home.example TXT', fromElsewhere['home.example TXT'], async () =>
    attempt({ sign: false }, refused)))

  test('signed, and changed on the way', () => withRecord('home.example TXT', fromElsewhere['home.example TXT'], async () =>
    attempt({ message: (await signed(plain('ann@home.example'), home)).replace('Subject: x', 'Subject: y') }, refused)))
})

test('K02 the owner sees who tried: host, envelope, From and what was found', async () => {
  await attempt({ message: await evilSays(plain('"Your bank" <x@evil.example>')), reversePath: 'y@evil.example' }, refused)
  await mail.host.recorder.flush()
  const [line] = await db.selectFrom('activity').select(['sender', 'reply', 'authentication']).execute()
  expect(line).toEqual({
    sender: '"Your bank" <x@evil.example>', authentication: 'spf=pass dkim=pass dmarc=none',
    reply: `mail.shop.example [127.0.0.1], envelope from <y@evil.example> to ${shop.reverse}`,
  })
})

test("K05 another user's reverse alias: 550, whoever is proven", async () => {
  const stranger = await mail.account('eve', ['eve@home.example'])
  const theirs = await replies.written(await replies.alias({ account: stranger }))
  const before = hop.arrived.length
  expect(await replies.answer(theirs)).toBe(refused)
  expect(await replies.answer(shop, { from: 'eve@home.example', reversePath: 'eve@home.example' })).toBe(refused)
  expect(hop.arrived).toHaveLength(before)
})

test('K10 a burned, closed or suspended one: the owner is told what to do, anybody else nothing', async () => {
  const which = { accountId: replies.owner.id, uuid: alias.uuid }
  const outsider: Answer = { message: plain('x@evil.example'), reversePath: 'x@evil.example' }
  await burnAlias(mail.host, which)
  await attempt({}, '550 5.7.1 This address is burned: restore it in Burnbox, then send again', 'reply-burned')
  await attempt(outsider, refused)
  await closeAlias(mail.host, which)
  await attempt({}, '550 5.7.1 This address is closed: restore it in Burnbox, then send again', 'reply-closed')
  await attempt(outsider, refused)
  await restoreAlias(mail.host, which)
  await db.updateTable('account_settings').set({ suspended_at: new Date() }).where('account_id', '=', replies.owner.id).execute()
  await attempt({}, '550 5.7.1 The account is suspended: nothing was sent', 'reply-suspended')
  await db.updateTable('account_settings').set({ suspended_at: null }).where('account_id', '=', replies.owner.id).execute()
  expect(await replies.answer(shop)).toBe(allowed)
})

describe('D22 N07 what no person wrote is not sent on, and says so to its server', () => {
  const automatic = '550 5.7.1 Automatic replies are not sent on from this address'
  test.each([
    ['a vacation reply', 'Auto-Submitted: auto-replied\r\n'], ['one from before RFC 3834', 'Precedence: bulk\r\n'], ['X-Autoreply', 'X-Autoreply: yes\r\n'],
    ['X-Autorespond', 'X-Autorespond: holiday\r\n'], ['Precedence: auto_reply', 'Precedence: auto_reply\r\n'],
  ])('%s', async (_, header) => attempt({ header }, automatic, 'reply-automatic'))

  test('with the null reverse-path, as they should be sent', () =>
    attempt({ header: 'Auto-Submitted: auto-replied\r\n', reversePath: '' }, automatic, 'reply-automatic'))

  test('a read receipt', () => attempt({
    reversePath: '', header: 'MIME-Version: 1.0\r\nContent-Type: multipart/report; report-type=disposition-notification; boundary=b\r\n',
    body: '--b\r\n\r\nread\r\n--b\r\nContent-Type: message/disposition-notification\r\n\r\nFinal-Recipient: rfc822;ann@home.example\r\n\r\n--b--',
  }, automatic, 'reply-automatic'))

  test('Auto-Submitted: no is what a person may write', async () => expect(await replies.answer(shop, { header: 'Auto-Submitted: no\r\n' })).toBe(allowed))
})
