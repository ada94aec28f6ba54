// Answering as an address, as people do it: to someone new, to whom it is blocked, from a mail program; what an answer must not show.
import { mkdirSync } from 'node:fs'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect } from 'vitest'
import type { NewHeld } from '../../src/store/holding.ts'
import { openBrowser, type TestBrowser } from '../support/browser.ts'
import { createDatabase } from '../support/database.ts'
import { holdMessage } from '../support/held-message.ts'
import { hasTool, testNeeding } from '../support/tools.ts'
import { axeViolations, goTo, looks, output, tooWide, windowOf } from './page-checks.ts'
import { openShowroom } from './signed-in.ts'

const test = testNeeding('chromium')
const { db } = await createDatabase()
const { web, ids, open, faults } = await openShowroom(db)

let chromium: TestBrowser
beforeAll(async () => {
  if (!hasTool('chromium')) return
  mkdirSync(output, { recursive: true })
  chromium = await openBrowser()
})
afterAll(async () => {
  await chromium?.[Symbol.asyncDispose]()
})

const start = async (page: Page, path: string) => {
  await page.goto(web.origin + path)
  await page.locator('h1').first().waitFor()
}
/** For a busy machine. */
const waiting = { timeout: 20_000 }
const hostile = '<img src=x onerror=alert(1)>'

test('someone new is written to, named, blocked; a burned address is restored first', async () => {
  const page = await open(chromium)
  await start(page, `/addresses/${ids.get('shop.example')!}`)
  await page.getByRole('button', { name: 'Write to someone new' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('Their address').fill('nobody')
  await dialog.getByRole('button', { name: 'Make the address' }).click()
  await dialog.getByText('is not an address like').waitFor()
  await dialog.getByLabel('Their address').fill('landlord@flat.example')
  await dialog.getByLabel('Name').fill(hostile)
  await dialog.getByRole('button', { name: 'Make the address' }).click()
  const link = await dialog.getByRole('link', { name: 'Open in my mail program' }).getAttribute('href')
  expect(link).toMatch(/^mailto:r\.[a-z2-7]{26}@burn\.localhost$/)
  await dialog.getByText('reaches landlord@flat.example as from').waitFor()
  await dialog.getByRole('button', { name: 'Close' }).last().click()
  const people = page.locator('.people')
  await people.getByText(hostile).waitFor()

  await page.getByRole('button', { name: 'More for landlord@flat.example' }).click()
  expect(await page.getByRole('menuitem', { name: 'Open in my mail program' }).getAttribute('href')).toBe(link)
  await page.getByRole('menuitem', { name: 'Hold their mail to every address' }).click()
  await people.getByText('Their mail is held, whichever address').waitFor()
  await goTo(page, '/settings')
  await page.getByRole('button', { name: 'Unblock landlord@flat.example' }).click()
  await page.getByRole('list', { name: 'Blocked' }).waitFor({ state: 'detached' })

  await goTo(page, `/addresses/${ids.get('deal-foundry.example')!}`)
  await page.getByRole('button', { name: 'Write to someone new' }).click()
  await dialog.getByText('Nothing is sent from this address').waitFor()
  await dialog.getByRole('button', { name: 'Restore it' }).click()
  await dialog.getByLabel('Their address').waitFor()
  expect(faults).toEqual([])
  await page.context().close()
})

test('a mail program: its password once, where it signs in; what leaves; an inbox that answers by a secret', async () => {
  const page = await open(chromium)
  await start(page, `/addresses/${ids.get('kettle-salt.example')!}`)
  await page.getByRole('textbox', { name: 'Your name in answers' }).fill('Ada of Kettle')
  await page.getByRole('button', { name: 'Send from a mail program' }).click()
  await page.getByText('Saved.').waitFor()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('Which program').fill('Thunderbird')
  await dialog.getByRole('button', { name: 'Make the password' }).click()
  const password = await dialog.getByRole('group', { name: 'New app password' }).locator('code').textContent()
  expect(password).toMatch(/^([a-z2-7]{4}-){5}[a-z2-7]{4}$/)
  await dialog.getByText('kettle-4fj8w@burn.localhost').first().waitFor()
  await dialog.getByText('STARTTLS').waitFor()
  await dialog.getByRole('button', { name: 'Done' }).click()
  const saved = await db.selectFrom('aliases').select('display_name').where('uuid', '=', ids.get('kettle-salt.example')!).executeTakeFirstOrThrow()
  expect(saved.display_name).toBe('Ada of Kettle')

  await goTo(page, '/settings')
  await page.getByRole('button', { name: 'Revoke Thunderbird' }).click()
  await page.getByRole('button', { name: 'Revoke Thunderbird' }).waitFor({ state: 'detached' })
  await page.getByLabel('Your real name').fill('Ada King')
  await page.getByLabel('Your real name').blur()
  await page.getByLabel('Show the household who answered').check()
  await page.getByLabel('Answer invitations as the address').check()
  const changed = db.selectFrom('account_settings').select(['real_name', 'share_answers', 'rewrite_invitations'])
  await expect.poll(() => changed.where('real_name', 'is not', null).execute(), waiting)
    .toEqual([{ real_name: 'Ada King', share_answers: true, rewrite_invitations: true }])
  await page.getByRole('button', { name: 'More for work@family.example' }).click()
  await page.getByRole('menuitem', { name: 'Answer by a secret…' }).click()
  await dialog.getByText('Pass none on as it is').waitFor()
  await dialog.getByRole('button', { name: 'Switch it on' }).click()
  await page.getByText('answers by a secret').first().waitFor()
  expect(faults).toEqual([])
  await page.context().close()
})

const holdReply = async (finds: NonNullable<NewHeld['out']>['finds'] & {}, invites = false): Promise<string> => {
  const alias = await db.selectFrom('aliases').select(['id', 'uuid', 'account_id as accountId']).where('uuid', '=', ids.get('shop.example')!)
    .executeTakeFirstOrThrow()
  await web.host.correspondents.reverseLocalPartFor(alias, 'orders@shop.example' as never, { remember: false })
  const { id } = await db.selectFrom('correspondents').select('id').where('alias_id', '=', alias.id).orderBy('id').limit(1).executeTakeFirstOrThrow()
  const message = invites ? 'Subject: Meeting\nContent-Type: text/html\n\n<a href="mailto:boss@corp.example">Answer</a>\n'
    : 'From: shop-7kq2m@burn.localhost\nTo: orders@shop.example\nSubject: Re: Your order\n\nThank you. home@family.example\n'
  return holdMessage(db, alias.uuid, message, invites ? { subject: 'Meeting' } : {
    reason: 'would-reveal', reasonText: 'It would reveal who you are.', subject: 'Re: Your order', from: 'shop-7kq2m@burn.localhost',
    out: { correspondentIds: [id], finds },
  })
}
const inText = { what: 'address', shown: 'home@family.example', where: 'text of the message', part: '1' } as const

test('a reply that would tell who one is: what was found and where, sent all the same or dropped; what a message invites is said', async () => {
  const page = await open(chromium)
  const id = await holdReply([{ ...inText, part: null, shown: hostile }, { what: 'unreadable', shown: '', where: `file ${hostile}`, part: '2' }])
  await start(page, `/holding/${id}`)
  await page.getByText('It would reveal who you are.').last().waitFor()
  const found = page.getByRole('list', { name: 'What was found' })
  await found.waitFor()
  expect(await found.locator('li').allInnerTexts()).toEqual([
    expect.stringContaining(hostile), expect.stringMatching(/cannot be read[^]*in the file <img/),
  ])
  expect(await page.getByRole('button', { name: 'Send without that part' }).count()).toBe(0)
  await page.getByRole('button', { name: 'Send anyway' }).click()
  await expect.poll(() => db.selectFrom('deliveries').select('kind').where('kind', '=', 'reply').execute(), waiting).toHaveLength(1)

  const dropped = await holdReply([inText])
  await goTo(page, `/holding/${dropped}`)
  await page.getByRole('button', { name: 'Send without that part' }).waitFor()
  await page.getByRole('button', { name: 'Drop' }).click()
  await expect.poll(() => db.selectFrom('held').select('id').where('uuid', '=', dropped).execute(), waiting).toEqual([])
  await goTo(page, `/holding/${await holdReply([], true)}`)
  await page.getByText('sends from your real address').waitFor()
  expect(faults).toEqual([])
  await page.context().close()
})

test('the new states at every width, in both schemes: no sideways scroll, no axe violation', async () => {
  const found: string[] = []
  const [revealing, inviting] = [await holdReply([inText, { what: 'metadata', shown: 'Ada King', where: 'data of photo-of-the-garden-chairs.jpg', part: '2' }]),
    await holdReply([], true)]
  for (const look of looks.filter(({ width, scheme }) => (width === 360) === (scheme === 'dark'))) {
    const page = await open(chromium, windowOf(look))
    await start(page, `/addresses/${ids.get('shop.example')!}`)
    const dialog = page.getByRole('dialog')
    const shot = async (name: string) => {
      await page.screenshot({ path: `${output}reply-${name}-${look.width}-${look.scheme}.png`, animations: 'disabled' })
      const violations = (look.width === 1280) === (look.scheme === 'light') && look.width !== 768 ? await axeViolations(page) : []
      const wide = await tooWide(page)
      found.push(...[...violations, ...(wide > 0 ? [`${wide} px too wide`] : [])].map((what) => `${name} ${look.width}: ${what}`))
    }
    await page.getByRole('button', { name: 'Write to someone new' }).click()
    await shot('ask')
    await dialog.getByLabel('Their address').fill('somebody-with-a-long-name-before-the-at@somewhere-else.example')
    await dialog.getByRole('button', { name: 'Make the address' }).click()
    await dialog.getByRole('link', { name: 'Open in my mail program' }).waitFor()
    await shot('ready')
    await page.keyboard.press('Escape')
    await page.getByRole('button', { name: 'Send from a mail program' }).click()
    await dialog.getByLabel('Which program').fill('Thunderbird on the laptop')
    await dialog.getByRole('button', { name: 'Make the password' }).click()
    await dialog.getByText('STARTTLS').waitFor()
    await shot('password')
    await page.keyboard.press('Escape')
    await page.getByRole('button', { name: 'More for care@shop.example' }).scrollIntoViewIfNeeded()
    await shot('people')
    await goTo(page, `/holding/${revealing}`)
    await page.getByRole('button', { name: 'Send without that part' }).waitFor()
    await page.waitForLoadState('networkidle')
    await shot('held')
    await goTo(page, `/holding/${inviting}`)
    await page.getByText('sends from your real address').waitFor()
    await page.waitForLoadState('networkidle')
    await shot('invites')
    await goTo(page, '/settings')
    await page.getByText('Block an address').waitFor()
    await page.locator('#replies').scrollIntoViewIfNeeded()
    await page.locator('#replies').evaluate((section) => section.scrollIntoView())
    await shot('settings')
    await page.context().close()
  }
  expect(found).toEqual([])
  expect(faults).toEqual([])
})
