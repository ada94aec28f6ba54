// What owners ask of their mail, on the pages where they ask it: the rules of the account, addresses made by mail, how an address ends, and the
// links of the digest, which need no sign-in.
import { mkdirSync } from 'node:fs'
import type { Locator, Page } from 'playwright-core'
import { afterAll, beforeAll, expect } from 'vitest'
import { heldLink } from '../../src/flow/held-link.ts'
import { invite } from '../../src/flow/invite.ts'
import { parseMailbox } from '../../src/mail/address.ts'
import { authorOf } from '../../src/policy/stranger.ts'
import { openBrowser, type TestBrowser } from '../support/browser.ts'
import { createDatabase } from '../support/database.ts'
import { hasTool, testNeeding } from '../support/tools.ts'
import { axeViolations, looks, output, tooWide, windowOf } from './page-checks.ts'
import { openShowroom } from './signed-in.ts'

const test = testNeeding('chromium')
const { db } = await createDatabase()
const { web, ids, open, faults } = await openShowroom(db)
const { host } = web
/** For a busy machine. */
const waiting = { timeout: 20_000 }
const DAY_MS = 86_400_000

let chromium: TestBrowser
beforeAll(async () => {
  if (!hasTool('chromium')) return
  mkdirSync(output, { recursive: true })
  chromium = await openBrowser()
})
afterAll(async () => {
  await chromium?.[Symbol.asyncDispose]()
})

const done = async (page: Page) => {
  expect(faults).toEqual([])
  await page.context().close()
}

/** Narrow and dark, wide and light: a picture of the part, and what each page owes. */
async function inBothLooks(page: Page, name: string, part: Locator) {
  for (const look of looks.filter(({ width, scheme }) => width !== 768 && (width === 360) === (scheme === 'dark'))) {
    const { viewport, colorScheme } = windowOf(look)
    await page.setViewportSize(viewport)
    await page.emulateMedia({ colorScheme })
    await part.screenshot({ path: `${output}${name}-${look.width}-${look.scheme}.png`, animations: 'disabled' })
    expect(await tooWide(page)).toBe(0)
    expect(await axeViolations(page)).toEqual([])
  }
}

test('strangers and burning: each choice is kept, the line on top of messages too', async () => {
  const page = await open(chromium)
  await page.goto(`${web.origin}/settings#strangers`)
  const section = page.locator('#strangers')
  const kept = () => db.selectFrom('account_settings').select(['strangers', 'stranger_subject', 'burn_link', 'banner', 'digest', 'evidence_days'])
    .where('account_id', '=', accountId).executeTakeFirstOrThrow()
  const { account_id: accountId } = await db.selectFrom('aliases').select('account_id').where('uuid', '=', ids.get('shop.example')!).executeTakeFirstOrThrow()
  const asAtFirst = { strangers: 'flag', stranger_subject: null, burn_link: 'ours', banner: false, digest: 'weekly', evidence_days: 90 }
  expect(await kept()).toEqual(asAtFirst)
  await section.getByText('In the text itself. Signed and encrypted mail stays as it came').waitFor()
  const choose = async (label: string, words: string, becomes: object) => {
    await section.getByLabel(label).selectOption({ label: words })
    await expect.poll(kept, waiting).toMatchObject(becomes)
  }
  await choose('On top of messages', 'A line with Burn and Manage', { banner: true })
  await choose('Mail of strangers', 'Hold', { strangers: 'hold' })
  await choose('The Unsubscribe button of messages', 'The sender’s own, else ours', { burn_link: 'theirs' })
  await choose('Digest of held mail', 'Once a day', { digest: 'daily' })
  await choose('Proof', 'Not kept', { evidence_days: 0 })
  await section.getByLabel('In front of their subject').fill('[Stranger]')
  await section.getByLabel('In front of their subject').blur()
  await expect.poll(kept, waiting).toMatchObject({ stranger_subject: '[Stranger]' })

  // The second of two waits for the first instead of being lost; one that does not get through shows again what is in force.
  const first = Promise.withResolvers<void>()
  await page.route('**/v1/rules', async (route) => {
    await first.promise
    await route.continue()
  }, { times: 1 })
  await section.getByLabel('Mail of strangers').selectOption({ label: 'Deliver silently' })
  await section.getByLabel('Digest of held mail').selectOption({ label: 'Never' })
  first.resolve()
  await expect.poll(kept, waiting).toMatchObject({ strangers: 'silent', digest: 'off' })
  await page.route('**/v1/rules', (route) => route.abort(), { times: 1 })
  await section.getByLabel('Mail of strangers').selectOption({ label: 'Deliver and flag' })
  await section.getByRole('alert').waitFor()
  await expect.poll(() => section.getByLabel('Mail of strangers').inputValue(), waiting).toBe('silent')

  await page.reload()
  expect(await section.getByLabel('On top of messages').inputValue()).toBe('on')
  await inBothLooks(page, 'settings-strangers', section)
  await choose('On top of messages', 'No line of ours', { banner: false })
  await done(page)
})

test('K17 addresses made by mail: never, always, when they fit a pattern, so many a day', async () => {
  const page = await open(chromium)
  await page.goto(`${web.origin}/settings#domains`)
  const section = page.locator('#domains')
  const kept = () => db.selectFrom('domains').select(['made_up', 'made_up_pattern', 'made_up_daily']).where('name', '=', 'ours.example')
    .executeTakeFirstOrThrow()
  const show = () => section.getByRole('button', { name: 'Show the records of ours.example and its settings' }).click()
  await show()
  const mode = section.getByLabel('Addresses made by the first mail to them')
  expect([await mode.inputValue(), await section.getByLabel('New ones a day').count(), await kept()])
    .toEqual(['off', 0, { made_up: 'off', made_up_pattern: null, made_up_daily: 20 }])
  await mode.selectOption({ label: 'Always' })
  await expect.poll(kept, waiting).toMatchObject({ made_up: 'on' })
  await section.getByText('So does any name that somebody else thinks of').waitFor()

  const daily = section.getByLabel('New ones a day')
  await daily.fill('many')
  await daily.blur()
  await section.getByText('Write a number from 0 to 1000.').waitFor()
  await daily.fill('5')
  await daily.blur()
  await expect.poll(kept, waiting).toMatchObject({ made_up_daily: 5 })

  await mode.selectOption({ label: 'When they fit a pattern' })
  await section.getByText('Until there is one it stays as it was').waitFor()
  const pattern = section.getByLabel('Pattern')
  await pattern.fill('(a+)+')
  await pattern.blur()
  await section.getByText('“(a+)+” is no pattern').waitFor()
  expect(await kept()).toMatchObject({ made_up: 'on', made_up_pattern: null })
  await pattern.fill('shop-* news-[a-f]?')
  await pattern.blur()
  await expect.poll(kept, waiting).toEqual({ made_up: 'pattern', made_up_pattern: 'shop-* news-[a-f]?', made_up_daily: 5 })
  await page.reload()
  await show()
  expect([await mode.inputValue(), await pattern.inputValue(), await daily.inputValue()]).toEqual(['pattern', 'shop-* news-[a-f]?', '5'])
  await inBothLooks(page, 'settings-made-up-pattern', section)
  await mode.selectOption({ label: 'Never' })
  await expect.poll(kept, waiting).toMatchObject({ made_up: 'off' })
  await daily.waitFor({ state: 'detached' })
  await done(page)
})

test('an address that mail made: who wrote, given to them by a click, delivered although many came', async () => {
  const uuid = ids.get('choir.example')!
  const { id } = await db.updateTable('aliases').set({
    origin: 'made-up', origin_from: 'choir.example', origin_host: 'mx7.choir.example', origin_ip: '203.0.113.7', flooded: true, site: null,
  }).where('uuid', '=', uuid).returning('id').executeTakeFirstOrThrow()
  await db.insertInto('expected_senders').values({ alias_id: id, kind: 'domain', name: 'choir.example', origin: 'first', created_at: new Date() }).execute()
  const page = await open(chromium)
  await page.goto(`${web.origin}/addresses/${uuid}`)
  await page.getByText('from choir.example, by mx7.choir.example (203.0.113.7)').waitFor()
  await page.getByRole('button', { name: 'I gave it to choir.example' }).click()
  await page.getByRole('button', { name: 'I gave it to choir.example' }).waitFor({ state: 'detached' })
  await page.getByRole('button', { name: 'Deliver its mail' }).click()
  await page.getByRole('button', { name: 'Deliver its mail' }).waitFor({ state: 'detached' })
  expect(await db.selectFrom('aliases').select(['site', 'flooded']).where('id', '=', id).executeTakeFirst()).toEqual({ site: 'choir.example', flooded: false })
  await done(page)
})

test('who may write to an address: named, removed, held; and burned from beside its strangers', async () => {
  const uuid = ids.get('rowing.example')!
  const alias = await db.selectFrom('aliases').select(['id', 'uuid']).where('uuid', '=', uuid).executeTakeFirstOrThrow()
  const author = authorOf(parseMailbox('a@deals.example')!, true, 'burn.localhost; dkim=pass header.d=deals.example')
  host.senders.met({ alias, author, stranger: true, at: new Date(), evidence: () => undefined })
  await host.senders.flush()
  const page = await open(chromium)
  await page.goto(`${web.origin}/addresses/${uuid}`)
  const section = page.getByRole('region', { name: 'Given to rowing.example' })
  await section.getByText('a@deals.example').waitFor()
  await section.getByText(/^Who is expected/).click()
  const field = section.getByLabel('A domain or an address to expect')
  await field.fill('co.uk')
  await section.getByRole('button', { name: 'Expect', exact: true }).click()
  await section.getByText('Everybody can have a name below co.uk.').waitFor()
  await field.fill('deals.example')
  await section.getByRole('button', { name: 'Expect', exact: true }).click()
  await section.getByText('No stranger has written.').waitFor()
  await section.getByRole('button', { name: 'Remove deals.example' }).click()
  await section.getByText('a@deals.example').waitFor()
  const kept = () => db.selectFrom('aliases').select(['strangers', 'state']).where('uuid', '=', uuid).executeTakeFirstOrThrow()
  await section.getByLabel('Mail of strangers').selectOption({ label: 'Hold' })
  await expect.poll(kept, waiting).toEqual({ strangers: 'hold', state: 'active' })
  await section.getByRole('button', { name: 'Burn it' }).click()
  await expect.poll(kept, waiting).toEqual({ strangers: 'hold', state: 'burned' })
  await done(page)
})

test('quiet, and ends: by date, after some messages, when idle; what is no number changes nothing', async () => {
  const uuid = ids.get('museum.example')!
  const kept = () => db.selectFrom('aliases').select(['quiet', 'ends_at', 'ends_left', 'ends_idle_days']).where('uuid', '=', uuid).executeTakeFirstOrThrow()
  const page = await open(chromium)
  await page.goto(`${web.origin}/addresses/${uuid}`)
  const section = page.getByRole('region', { name: 'Quiet, and ends' })
  await section.getByText('Neither').click()
  await section.getByLabel('Quiet').check()
  await expect.poll(kept, waiting).toMatchObject({ quiet: true })
  const write = async (label: string, text: string) => {
    await section.getByLabel(label).fill(text)
    await section.getByLabel(label).blur()
  }
  await write('Burns on', '2031-05-03')
  await expect.poll(kept, waiting).toMatchObject({ ends_at: new Date('2031-05-03T00:00:00Z') })
  await write('Burns after so many more messages', '3')
  await expect.poll(kept, waiting).toMatchObject({ ends_left: 3 })
  await write('Burns after so many days without mail', 'soon')
  await section.getByText('Write a number, 30 say, or nothing.').waitFor()
  await write('Burns after so many days without mail', '40')
  await expect.poll(kept, waiting).toMatchObject({ ends_idle_days: 40 })
  await section.getByText('quiet, ends by date, ends after 3 messages, ends when idle for 40 days').waitFor()
  await write('Burns after so many more messages', '')
  await expect.poll(kept, waiting).toMatchObject({ ends_left: null, ends_idle_days: 40 })
  await done(page)
})

const waitingLink = async (subject: string, of = host): Promise<string> => {
  const row = await db.selectFrom('held as h').innerJoin('messages as m', 'm.id', 'h.message_id').select(['h.id', 'h.alias_id'])
    .where('m.subject', '=', subject).executeTakeFirstOrThrow()
  return web.origin + new URL(heldLink(of, { id: row.id, aliasId: row.alias_id })).pathname
}

test('a link of the digest shows one message and does nothing; its buttons keep it or release it, without a sign-in', async () => {
  const heldAs = (subject: string) => db.selectFrom('held as h').innerJoin('messages as m', 'm.id', 'h.message_id')
    .select(['h.read_at', 'h.released_at']).where('m.subject', '=', subject).executeTakeFirst()
  const [code, receipt] = ['Your sign-in code is 418 207', 'Your receipt for order 88-2041']
  const page = await open(chromium, { signedOut: true })
  await page.goto(await waitingLink(code))
  await page.getByRole('heading', { name: code }).waitFor()
  await page.getByText('Kettle & Salt <code@kettle-salt.example>').waitFor()
  await page.getByText('kettle-4fj8w@burn.localhost').waitFor()
  expect(await heldAs(code)).toEqual({ read_at: null, released_at: null })
  await inBothLooks(page, 'digest-link', page.locator('body'))
  await page.getByRole('button', { name: 'Keep it in Holding' }).click()
  await page.getByText('Kept in Holding. No digest names it again.').waitFor()
  expect(await heldAs(code)).toEqual({ read_at: expect.any(Date), released_at: null })

  await page.goto(await waitingLink(receipt))
  await page.getByRole('button', { name: 'Release it to my inbox' }).click()
  await page.getByText('Released: it is on its way to your inbox.').waitFor()
  expect(await db.selectFrom('deliveries as d').innerJoin('messages as m', 'm.id', 'd.message_id').select('d.state').where('m.subject', '=', receipt).execute())
    .toHaveLength(1)
  await page.reload()
  await page.getByText('It was released already.').waitFor()
  expect(await page.getByRole('button').count()).toBe(0)

  const link = await waitingLink(code)
  await page.goto(`${link.slice(0, -2)}${link.endsWith('aa') ? 'bb' : 'aa'}`)
  await page.getByRole('heading', { name: 'This link does not work' }).waitFor()
  await page.goto(await waitingLink(code, { ...host, clock: { ...host.clock, now: () => new Date(Date.now() - 61 * DAY_MS) } }))
  await page.getByText('This link is older than 60 days.').waitFor()
  await done(page)
})

test('who sets up an account reads first what the button of messages does', async () => {
  const { link } = await invite(host, { madeBy: null })
  const page = await open(chromium, { signedOut: true })
  await page.goto(`${web.origin}/setup${new URL(link).hash}`)
  await page.getByText('The Unsubscribe button of your mail program will burn an address: from then on its mail is held, nothing is lost').waitFor()
  await page.getByText('Settings can leave the sender’s own button, or none.').waitFor()
  await page.getByRole('button', { name: 'Make the account' }).waitFor()
  await inBothLooks(page, 'set-up-invited', page.locator('body'))
  await done(page)
})
