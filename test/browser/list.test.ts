// The list of addresses and Holding with much in them: several at once, filters, long lists, release and delete of many.
import { sql } from 'kysely'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect } from 'vitest'
import { openBrowser, type TestBrowser } from '../support/browser.ts'
import { createDatabase } from '../support/database.ts'
import { hasTool, testNeeding } from '../support/tools.ts'
import { openShowroom } from './signed-in.ts'

const test = testNeeding('chromium')
const { db } = await createDatabase()
const { web, ids, open, faults } = await openShowroom(db)

let chromium: TestBrowser

beforeAll(async () => {
  if (hasTool('chromium')) chromium = await openBrowser()
})
afterAll(async () => {
  await chromium?.[Symbol.asyncDispose]()
})

const row = (page: Page, site: string) => page.locator(`.row[data-id="${ids.get(site)!}"]`)
const chip = (page: Page, words: string) => page.locator('.chip-s').filter({ hasText: words }).locator('select')
const aliasOf = (site: string) =>
  db.selectFrom('aliases').select(['state', 'label']).where('uuid', '=', ids.get(site)!).executeTakeFirstOrThrow()
const stateOf = async (site: string) => (await aliasOf(site)).state
const held = async (site: string) =>
  Number((await sql<{ n: string }>`select count(*) as n from held h join aliases a on a.id = h.alias_id
    where a.uuid = ${ids.get(site)!} and h.released_at is null`.execute(db)).rows[0]!.n)

async function choose(page: Page, ...sites: string[]) {
  for (const site of sites) await row(page, site).locator('.pick').click()
  await page.getByRole('toolbar', { name: `${sites.length} chosen` }).waitFor()
}

test('several are burned with one click and come back with one Undo', async () => {
  const page = await open(chromium)
  await page.goto(`${web.origin}/addresses`)
  const sites = ['garden.example', 'bank.example', 'cinema.example']
  await choose(page, ...sites)
  await page.getByRole('button', { name: 'Burn 3' }).click()
  await page.locator('.toast', { hasText: 'Burned 3 addresses' }).waitFor()
  await expect.poll(() => Promise.all(sites.map(stateOf))).toEqual(['burned', 'burned', 'burned'])
  await page.keyboard.press('z')
  await expect.poll(() => Promise.all(sites.map(stateOf))).toEqual(['active', 'active', 'active'])
  await expect.poll(() => row(page, 'bank.example').getAttribute('data-state')).toBe('active')
  expect(faults).toEqual([])
  await page.context().close()
})

test('a burn of several that gets no answer takes all of them back and says why', async () => {
  const page = await open(chromium)
  await page.goto(`${web.origin}/addresses`)
  await page.route('**/v1/aliases/many', (route) => route.abort())
  await choose(page, 'school.example', 'museum.example')
  await page.getByRole('button', { name: 'Burn 2' }).click()
  for (const site of ['school.example', 'museum.example']) {
    await row(page, site).getByText('Not burned: the server did not answer.').waitFor()
    expect(await row(page, site).getAttribute('data-state')).toBe('active')
  }
  await page.context().close()
})

test('several are labelled, by keys alone, and moved to another inbox', async () => {
  const page = await open(chromium)
  await page.goto(`${web.origin}/addresses?q=hotel`)
  await row(page, 'hotel.example').waitFor()
  await page.keyboard.press('j')
  await page.keyboard.press('x')
  await page.getByRole('toolbar', { name: '1 chosen' }).waitFor()
  await page.getByRole('button', { name: 'Label', exact: true }).click()
  await page.getByRole('combobox', { name: /^Label/ }).and(page.locator('dialog *')).fill('Holidays')
  await page.keyboard.press('Enter')
  await expect.poll(async () => (await aliasOf('hotel.example')).label).toBe('Holidays')
  await choose(page, 'hotel.example')
  await page.getByRole('button', { name: 'Move to inbox' }).click()
  await page.getByRole('button', { name: 'work@family.example' }).click()
  await expect.poll(() => row(page, 'hotel.example').locator('.c-inbox').textContent()).toBe('work')
  await page.context().close()
})

test('search as one types, filters by label, inbox and use, kept in the address of the page', async () => {
  const page = await open(chromium)
  await page.goto(`${web.origin}/addresses`)
  await row(page, 'lumen-dental.example').waitFor()
  await page.keyboard.press('/')
  await page.keyboard.type('lumen')
  await expect.poll(() => page.locator('.row[data-id]').count()).toBe(1)
  await row(page, 'lumen-dental.example').waitFor()
  expect(page.url()).toContain('q=lumen')
  await page.keyboard.press('Escape')
  await chip(page, 'Label').selectOption('Travel')
  await expect.poll(() => page.locator('.row[data-id]').count()).toBe(2)
  await chip(page, 'Label').selectOption('')
  await page.getByRole('button', { name: 'Never used' }).click()
  await row(page, 'garden.example').waitFor()
  await expect.poll(() => row(page, 'shop.example').count()).toBe(0)
  await page.getByRole('button', { name: 'Never used' }).click()
  await chip(page, 'Inbox').selectOption({ label: 'work' })
  await expect.poll(() => row(page, 'shop.example').count()).toBe(0)
  await row(page, 'parcelwise.example').waitFor()
  await page.reload()
  await row(page, 'parcelwise.example').waitFor()
  expect(await row(page, 'shop.example').count()).toBe(0)
  await page.context().close()
})

test('of a long list only the rows near the eye are in the document, and Back finds the place', async () => {
  const { rows: [account] } = await sql<{ id: string }>`select account_id as id from aliases where uuid = ${ids.get('shop.example')!}`.execute(db)
  await sql`with made as (
      insert into aliases (account_id, domain_id, local_part, address, site, created_at)
      select ${account!.id}, d.id, 'many' || n, 'many' || n || '@' || d.name, 'many' || n || '.example', now()
      from domains d, generate_series(1, 500) n where d.name = ${web.host.domain} returning id, account_id)
    insert into alias_counts (alias_id, account_id) select id, account_id from made`.execute(db)
  const page = await open(chromium)
  await page.goto(`${web.origin}/addresses?q=many`)
  await page.locator('.row[data-id]').first().waitFor()
  const rowNumbered = (n: number) => page.locator(`.row[aria-rowindex="${n}"]`)
  while (!(await rowNumbered(501).count())) {
    await page.mouse.wheel(0, 4000)
    await page.waitForFunction(() => new Promise((resolve) => { requestAnimationFrame(() => resolve(true)) }))
  }
  expect(await page.locator('.row[data-id]').count()).toBeLessThan(300)
  await rowNumbered(501).scrollIntoViewIfNeeded()
  const address = await rowNumbered(501).locator('[data-copy]').getAttribute('data-copy')
  await rowNumbered(501).locator('.c-name a').click()
  await page.getByRole('button', { name: `Copy ${address}` }).waitFor()
  await page.goBack()
  await rowNumbered(501).waitFor()
  expect(faults).toEqual([])
  await page.context().close()
})

test('Holding: unread alone, delete all of an address after asking, release all since a day', async () => {
  const page = await open(chromium)
  await page.goto(`${web.origin}/holding`)
  await page.locator('.msg', { hasText: 'Your parcel waits' }).click()
  await page.getByText('Held because this address is burned.').waitFor()
  await page.getByRole('button', { name: 'Unread' }).click()
  await expect.poll(() => page.locator('.msg', { hasText: 'Your parcel waits' }).count()).toBe(0)
  await page.getByRole('button', { name: /^All/ }).click()
  await page.getByRole('button', { name: /More for kettle/ }).click()
  await page.getByRole('menuitem', { name: 'Delete all…' }).click()
  await page.getByRole('button', { name: 'Delete all' }).click()
  await expect.poll(() => held('kettle-salt.example')).toBe(0)
  await page.getByRole('button', { name: 'Release…' }).click()
  await page.getByRole('button', { name: 'Release all since then' }).click()
  await page.locator('.pane-l .hint', { hasText: /^Released \d+ messages/ }).waitFor()
  expect(await held('deal-foundry.example')).toBeGreaterThan(0)
  await expect.poll(() => page.locator('.msg', { hasText: 'Your receipt' }).count()).toBe(0)
  expect(faults).toEqual([])
  await page.context().close()
})

test('offline is said, and what could not be read is asked for again by a button', async () => {
  const page = await open(chromium)
  await page.goto(`${web.origin}/addresses`)
  await page.locator('.row').first().waitFor()
  await page.context().setOffline(true)
  await page.getByText('Offline.').waitFor()
  await page.getByRole('button', { name: 'Burned' }).click()
  await page.getByText('The server did not answer').waitFor()
  await page.context().setOffline(false)
  await page.getByRole('button', { name: 'Try again' }).click()
  await row(page, 'deal-foundry.example').waitFor()
  await page.context().close()
})

test('a dark page has no light one before it: the theme is in the first answer', async () => {
  const page = await open(chromium)
  await page.goto(`${web.origin}/settings`)
  await page.getByRole('button', { name: 'Dark' }).click()
  expect(await page.evaluate(() => document.documentElement.dataset.theme)).toBe('dark')
  const answer = await page.goto(`${web.origin}/addresses`)
  expect(await answer!.text()).toContain('<html data-theme="dark" data-wait=""')
  await page.context().close()
})
