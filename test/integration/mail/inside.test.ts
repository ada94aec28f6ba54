// Two people of one host write to each other's addresses. Relay `direct`, and the mail server of the host's own domain is the host itself.
import { beforeEach, describe, expect, test } from 'vitest'
import { addCorrespondent } from '../../../src/flow/add-correspondent.ts'
import { addDomain } from '../../../src/flow/add-domain.ts'
import { burnAlias } from '../../../src/flow/burn-alias.ts'
import { changeAlias } from '../../../src/flow/change-alias.ts'
import { changeMadeUp } from '../../../src/flow/change-made-up.ts'
import { closeAlias } from '../../../src/flow/close-alias.ts'
import { aliasByAddress, type Alias } from '../../../src/store/aliases.ts'
import { mailbox } from '../../support/mail-host.ts'
import { emptyMail, listDeliveries, listHeldRows } from '../../support/mail-rows.ts'
import type { Arrived } from '../../support/next-hop.ts'
import { bodyOf, fieldOf, openReplyHost, unfolded, type Written } from '../../support/reply-host.ts'
import { until } from '../../support/until.ts'

const replies = await openReplyHost({ direct: true })
const { hop, mail, db, zone } = replies
const { host } = mail
const bea = await mail.account('bea', ['bea@other.example'])
zone.set('other.example TXT', ['v=spf1 ip4:127.0.0.1 -all'])
const accepted = '250 2.0.0 Accepted'
const noSuchAddress = "550 5.1.1 The correspondent's server refused it: No such address"

beforeEach(async () => {
  await host.recorder.flush()
  await emptyMail(db)
  hop.script({})
})

const idle = () => until(async () => (await listDeliveries(db)).length === 0, 'the queue to be empty')

/** Ann's alias, ready to write to that address. */
const writingTo = async (address: string, alias?: Alias): Promise<Written> => {
  const from = alias ?? await replies.alias()
  const { correspondent } = await addCorrespondent(host, { accountId: from.accountId, aliasUuid: from.uuid, address })
  return { alias: from, reverse: mailbox(`${correspondent.reverseLocalPart}@burn.example`), messageId: 'none@shop.example', arrived: undefined as never }
}

/** What the inbox of the other one gets for it. */
const arrivalOf = async (to: Written, answer: Parameters<typeof replies.answer>[1]): Promise<Arrived> => {
  const before = hop.arrived.length
  expect(await replies.answer(to, answer)).toBe(accepted)
  const arrived = await until(() => hop.arrived[before], 'the message at the other inbox')
  await idle()
  expect(hop.arrived).toHaveLength(before + 1)
  return arrived
}

describe('an owner writes to an address of somebody else at this host', () => {
  test('it comes in as any mail: judged, forwarded, and each inbox stays unknown to the other; so does the answer, in the same thread', async () => {
    const [hers, mine] = [await replies.alias({ account: bea }), await replies.alias({ displayName: 'Ann' })]
    const letter = await arrivalOf(await writingTo(hers.address, mine), { messageId: 'first@mail.home.example', subject: 'Lunch?' })
    expect(letter).toMatchObject({ forwardPaths: ['bea@other.example'] })
    expect(letter.reversePath).toMatch(/^b\.[a-z2-7.]+@burn\.example$/)
    expect(fieldOf(letter, 'From')).toMatch(new RegExp(`^"Ann \\(${mine.address.replace('@', ' at ')}\\)" <r\\.[a-z2-7]{26}@burn\\.example>$`))
    expect(fieldOf(letter, 'To')).toBe(hers.address)
    expect(fieldOf(letter, 'X-Burnbox-Alias')).toBe(hers.address)
    expect(fieldOf(letter, 'Subject')).toBe('Lunch?')
    expect(fieldOf(letter, 'Authentication-Results')).toMatch(/^burn\.example; .*dkim=pass header\.d=burn\.example; dmarc=pass /)
    expect(letter.bytes.toString('latin1')).not.toContain('home.example')
    const lines = (await mail.activity()).filter(({ kind }) => kind !== 'created').map(({ kind, alias_address: alias, sender }) => [kind, alias, sender])
    expect(lines.toSorted()).toEqual([
      ['delivered', hers.address, `"Ann" <${mine.address}>`], ['queued', hers.address, `"Ann" <${mine.address}>`], ['replied', mine.address, hers.address],
    ])

    const reverse = mailbox(/<(r\.[^>]+)>/.exec(fieldOf(letter, 'From')!)![1]!)
    const answer = await arrivalOf({ alias: hers, arrived: letter, reverse, messageId: /<(.+)>/.exec(fieldOf(letter, 'Message-ID')!)![1]! }, {
      from: 'bea@other.example', reversePath: 'bea@other.example', sign: false, body: 'Gladly', messageId: 'second@mail.other.example',
    })
    expect(answer).toMatchObject({ forwardPaths: ['ann@home.example'] })
    expect(fieldOf(answer, 'In-Reply-To')).toBe('<first@mail.home.example>')
    expect(fieldOf(answer, 'X-Burnbox-From')).toContain(hers.address)
    expect(bodyOf(answer)).toBe('Gladly\r\n')
    expect(answer.bytes.toString('latin1')).not.toContain('other.example')
  })

  test('burned: 250 and held, as for anybody; closed and unknown: no such address, at once', async () => {
    const [burned, closed] = [await replies.alias({ account: bea }), await replies.alias({ account: bea })]
    await burnAlias(host, { accountId: bea.id, uuid: burned.uuid })
    await closeAlias(host, { accountId: bea.id, uuid: closed.uuid })
    const before = hop.arrived.length
    expect(await replies.answer(await writingTo(burned.address))).toBe(accepted)
    expect(await listHeldRows(db)).toMatchObject([{ alias_id: burned.id, reason: 'burned' }])
    expect(await replies.answer(await writingTo(closed.address))).toBe(noSuchAddress)
    expect(await replies.answer(await writingTo('nobody@burn.example'))).toBe(noSuchAddress)
    expect(hop.arrived).toHaveLength(before)
  })

  test('the other inbox refuses: held there, and the writer is told nothing', async () => {
    const hers = await replies.alias({ account: bea })
    hop.script({ rcpt: '550 5.1.1 <bea@other.example> is full' })
    expect(await replies.answer(await writingTo(hers.address))).toBe(accepted)
    await idle()
    expect(await listHeldRows(db)).toMatchObject([{ alias_id: hers.id, reason: 'refused' }])
    expect((await mail.activity()).filter(({ kind }) => kind === 'replied')).toMatchObject([{ reply: accepted, sender: hers.address }])
  })

  test('to one of each: both get it', async () => {
    const hers = await replies.alias({ account: bea })
    const mine = await replies.alias()
    const [to, shop] = [await writingTo(hers.address, mine), await replies.written(mine)]
    const before = hop.arrived.length
    expect(await replies.answer(to, { to: [to.reverse, shop.reverse] })).toBe(accepted)
    await until(() => hop.arrived.length === before + 2, 'both')
    expect(replies.left(before).flatMap(({ forwardPaths }) => forwardPaths).toSorted()).toEqual(['bea@other.example', 'orders@shop.example'])
  })

  test('whom an alias was given to is one address of this host, not all of them', async () => {
    const hers = await replies.alias({ account: bea })
    await db.updateTable('aliases').set({ site: null }).where('id', '=', hers.id).execute()
    await changeAlias(host, { accountId: bea.id, uuid: hers.uuid, strangerMail: 'hold' })
    const [first, other] = [await writingTo(hers.address), await writingTo(hers.address)]
    for (const to of [first, other, first]) expect(await replies.answer(to)).toBe(accepted)
    await idle()
    expect((await listHeldRows(db)).map(({ reason }) => reason)).toEqual(['stranger'])
  })

  test('an alias whose mail is held by her rules holds this one, too: whoever writes from here is no exception', async () => {
    const hers = await replies.alias({ account: bea })
    await changeAlias(host, { accountId: bea.id, uuid: hers.uuid, strangerMail: 'hold' })
    expect(await replies.answer(await writingTo(hers.address))).toBe(accepted)
    expect((await listHeldRows(db)).map(({ reason }) => reason)).toEqual(['stranger'])
  })
})

describe("a domain of an account's own", () => {
  const own = async (name: string): Promise<void> => {
    await db.insertInto('domains').values({ name, account_id: bea.id }).execute()
  }

  test('whose mail servers are others: what is no address here goes there', async () => {
    await own('family.example')
    zone.set('family.example MX', [[10, 'mx.home.example']])
    const left = await arrivalOf(await writingTo('mum@family.example'), {})
    expect(left).toMatchObject({ forwardPaths: ['mum@family.example'] })
    expect(unfolded(left)).not.toContain('X-Burnbox-Alias')
  })

  test('whose mail server is this host: no such address', async () => {
    await own('village.example')
    zone.set('village.example MX', [[10, 'burn.example']])
    expect(await replies.answer(await writingTo('nobody@village.example'))).toBe(noSuchAddress)
  })

  test('below the host, with addresses that the first mail makes: it is made', async () => {
    const domain = await addDomain(host, { accountId: bea.id, name: 'bea.burn.example' })
    await changeMadeUp(host, { accountId: bea.id, uuid: domain.uuid, change: { mode: 'on' } })
    expect(await arrivalOf(await writingTo('bakery@bea.burn.example'), {})).toMatchObject({ forwardPaths: ['bea@other.example'] })
    expect(await aliasByAddress(db, mailbox('bakery@bea.burn.example'))).toMatchObject({ state: 'active' })
  })
})

describe('what is a loop stays one', () => {
  test('D21 an inbox that became an address of this host is never delivered to: held, and nothing leaves', async () => {
    const [hers, mine] = [await replies.alias({ account: bea }), await replies.alias({ account: await mail.account('cleo', ['cleo@gone.example']) })]
    await db.updateTable('inboxes').set({ address: hers.address }).where('address', '=', 'cleo@gone.example').execute()
    const before = hop.arrived.length
    expect((await mail.send({ to: mine.address, from: 'orders@shop.example' })).dot).toMatch(/^250 /)
    const held = await listHeldRows(db)
    expect(held).toMatchObject([{ alias_id: mine.id, reason: 'refused' }])
    expect(held[0]!.reason_text).toContain('5.4.6 ')
    expect(hop.arrived).toHaveLength(before)
  })

  test('D20 a forward that comes back to its alias: 550 5.4.6', async () => {
    const hers = await replies.alias({ account: bea })
    const letter = await arrivalOf(await writingTo(hers.address), {})
    expect((await mail.send({ to: hers.address, from: 'bea@other.example', message: letter.bytes })).dot).toMatch(/^550 5\.4\.6 /)
  })
})
