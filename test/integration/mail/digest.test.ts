// What an owner is told of held mail and of strangers: the digest with its links, at once what is useless in a week, once a day who is new.
import { simpleParser } from 'mailparser'
import { describe, expect, test } from 'vitest'
import { keepByLink, readHeldLink, releaseByLink } from '../../../src/flow/held-link.ts'
import { sendDigests } from '../../../src/flow/send-digests.ts'
import { sendNotices } from '../../../src/flow/send-notices.ts'
import { changeRules } from '../../../src/store/rules.ts'
import { openCompanies } from '../../support/companies.ts'
import { createDatabase } from '../../support/database.ts'
import { letter } from '../../support/mail-process.ts'
import { forgetOwnMails, ownMails } from '../../support/own-mail.ts'

const { db, url } = await createDatabase()
const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS

async function open() {
  const companies = await openCompanies(url, { env: { BURNBOX_URL: 'https://burn.example' } })
  const { mail: { host }, owner, alias } = companies
  // The accounts of the tests before have nothing to be told.
  await db.updateTable('account_settings').set({ digest: 'off' }).where('account_id', '<>', owner.id).execute()
  await db.deleteFrom('notices').execute()
  await forgetOwnMails(db)
  const shop = await alias('shop.example')
  await sendDigests(host)
  await db.updateTable('aliases').set({ state: 'burned', burned_at: companies.clock.now() }).where('id', '=', shop.id).execute()
  await companies.clock.advance(1_000)
  const told = async () => {
    const arrived = companies.hop.accepted.filter(({ reversePath }) => reversePath === '')
    const mails = await Promise.all(arrived.map(async ({ bytes }) => {
      const { subject = '', text = '' } = await simpleParser(bytes)
      return { subject, text }
    }))
    // Some are on their way: in the queue and at the next hop.
    const queued = (await ownMails(db)).map(({ subject, text }) => ({ subject, text }))
    return [...new Map([...mails, ...queued].map((one) => [one.text.trim(), one])).values()]
  }
  return { ...companies, host, shop, owner, told }
}

describe('the digest', () => {
  test('once a week, when there is something: what is probably wanted first with its links, the rest by company', async () => {
    const { host, shop, write, clock, told } = await open()
    await write(shop, 'news@shop.example', { subject: 'Summer sale' })
    await write(shop, 'news@shop.example', { subject: 'More sale' })
    await write(shop, 'orders@shop.example', { subject: 'Your receipt' })
    await clock.advance(6 * DAY_MS)
    await sendDigests(host)
    expect(await told()).toEqual([])
    await clock.advance(DAY_MS)
    await sendDigests(host)
    const [digest, ...others] = await told()
    expect([digest?.subject, others]).toEqual(['3 messages were held', []])
    expect(digest!.text).toMatch(/Receipt: Your receipt \(.*\):\s+https:\/\/burn\.example\/waiting\/[a-z2-7]{48}\s/)
    expect(digest!.text).toContain('shop.example: 2')
    await clock.advance(8 * DAY_MS)
    await sendDigests(host)
    expect(await told()).toHaveLength(1)
    const token = /waiting\/([a-z2-7]{48})/.exec(digest!.text)![1]!
    expect(await readHeldLink(host, token)).toMatchObject({ subject: 'Your receipt', isHeld: true })
    await keepByLink(host, token)
    await releaseByLink(host, token)
    await releaseByLink(host, token)
    expect(await readHeldLink(host, token)).toMatchObject({ isHeld: false })
    await expect(readHeldLink(host, 'a'.repeat(48))).rejects.toMatchObject({ code: 'not-found' })
    await clock.advance(61 * DAY_MS)
    await expect(readHeldLink(host, token)).rejects.toMatchObject({ code: 'link-used' })
  })

  test('of more companies than it names the others are counted', async () => {
    const { host, shop, write, clock, told, alias, mail } = await open()
    const others = await Promise.all(Array.from({ length: 21 }, (_, n) => alias(`other${n}.example`)))
    await db.updateTable('aliases').set({ state: 'burned', burned_at: clock.now() }).where('id', 'in', others.map(({ id }) => id)).execute()
    await mail.send({ to: [shop, ...others].map(({ address }) => address), message: letter('Sale') })
    await write(shop, 'news@shop.example', { subject: 'Sale' })
    await clock.advance(8 * DAY_MS)
    await sendDigests(host)
    const [digest] = await told()
    expect([digest?.subject, digest?.text.match(/^other\d+\.example: 1$/gm)?.length]).toEqual(['23 messages were held', 19])
    expect(digest!.text).toContain('shop.example: 2\n')
    expect(digest!.text).toContain('\nOthers: 2\n')
  })

  test('daily, or not at all', async () => {
    const { host, shop, write, clock, told, owner } = await open()
    await changeRules(db, owner.id, { digest: 'off' })
    await write(shop, 'news@shop.example')
    await clock.advance(8 * DAY_MS)
    await sendDigests(host)
    expect(await told()).toEqual([])
    await changeRules(db, owner.id, { digest: 'daily' })
    await sendDigests(host)
    expect((await told()).map(({ subject }) => subject)).toEqual(['1 message was held'])
  })
})

describe('at once', () => {
  test('a burned address got a code: told within a minute, at most once an hour, and only of who is proven', async () => {
    const { host, shop, write, clock, told, owner } = await open()
    await changeRules(db, owner.id, { digest: 'off' })
    await write(shop, 'news@evil.example', { subject: 'Your code is 123456', signers: [], returnPath: 'x@elsewhere.example' })
    await write(shop, 'login@shop.example', { subject: 'Summer sale' })
    await sendDigests(host)
    expect(await told()).toEqual([])
    await write(shop, 'login@shop.example', { subject: 'Reset your password' })
    await sendDigests(host)
    await write(shop, 'login@shop.example', { subject: 'Your code is 123456' })
    await sendDigests(host)
    expect((await told()).map(({ subject }) => subject)).toEqual([`Held for ${shop.address}: a code?`])
    await clock.advance(HOUR_MS)
    await sendDigests(host)
    expect((await told()).at(-1)?.text).toContain('Your code is 123456')
  })
})

test('a code that finds its address at its end is told at once, too', async () => {
  const { host, write, alias, told, owner, clock } = await open()
  await changeRules(db, owner.id, { digest: 'off' })
  const [byDate, byNumber] = [await alias('bank.example'), await alias('gym.example')]
  await db.updateTable('aliases').set({ ends_at: clock.now() }).where('id', '=', byDate.id).execute()
  await db.updateTable('aliases').set({ ends_left: 1 }).where('id', '=', byNumber.id).execute()
  await write(byNumber, 'login@gym.example', { subject: 'Your code is 111111' })
  await write(byNumber, 'login@gym.example', { subject: 'Your code is 222222' })
  await write(byDate, 'login@bank.example', { subject: 'Your code is 333333' })
  await sendDigests(host)
  const [mail] = await told()
  expect([mail?.subject, mail?.text.match(/\d{6}/g)]).toEqual(['Held: codes?', ['222222', '333333']])
})

describe('the first stranger', () => {
  test('of an address is told in the day\'s mail, all in one, and no second one', async () => {
    const { host, write, alias, told, clock } = await open()
    const [bank, gym] = [await alias('bank.example'), await alias('gym.example')]
    await write(bank, 'news@deals.example')
    await write(bank, 'news@casino.example')
    await write(gym, 'news@deals.example')
    await write(gym, 'forged@gym.example', { signers: [], returnPath: 'x@elsewhere.example' })
    await sendNotices(host)
    const [mail, ...others] = await told()
    expect([mail?.subject, others]).toEqual(['Strangers have 2 of your addresses', []])
    expect(mail!.text).toContain(`${bank.address} got mail from deals.example on`)
    expect(mail!.text).toContain(`${gym.address} got mail from deals.example on`)
    await write(gym, 'news@casino.example')
    await clock.advance(2 * DAY_MS)
    await sendNotices(host)
    expect(await told()).toHaveLength(1)
  })
})
