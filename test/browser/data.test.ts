// Moving in and out on the page: a file is looked at, taken and told; everything is exported; the account is deleted and kept after all.
import { mkdirSync } from 'node:fs'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import type { BrowserContextOptions, Page } from 'playwright-core'
import { afterAll, beforeAll, expect } from 'vitest'
import { ensureHostDomain } from '../../src/store/domains.ts'
import { openBrowser, type TestBrowser } from '../support/browser.ts'
import { createDatabase } from '../support/database.ts'
import { hasTool, testNeeding } from '../support/tools.ts'
import { startWeb, type Person } from '../support/web-host.ts'
import { axeViolations, looks, output, tooWide, watchFaults, windowOf } from './page-checks.ts'

const test = testNeeding('chromium')
const { db } = await createDatabase()
const data = await mkdtemp(path.join(tmpdir(), 'burnbox-data-'))
const web = await startWeb(db, { env: { BURNBOX_DATA: data }, webFolder: fileURLToPath(new URL('../../dist/web/', import.meta.url)) })
const { domain } = web.host
const faults: string[] = []
let chromium: TestBrowser
let person: Person

beforeAll(async () => {
  await db.transaction().execute((tx) => ensureHostDomain(tx, domain))
  await web.person('operator', { role: 'operator' })
  person = await web.person('mover', { scopes: ['read', 'manage'] })
  if (!hasTool('chromium')) return
  mkdirSync(output, { recursive: true })
  chromium = await openBrowser()
})
afterAll(async () => {
  await chromium?.[Symbol.asyncDispose]()
  await rm(data, { recursive: true })
})

async function open(options: BrowserContextOptions = {}): Promise<Page> {
  const context = await chromium.browser.newContext({ viewport: { width: 1280, height: 900 }, ...options })
  await context.addCookies((await web.signIn(person)).split('; ').map((cookie) => {
    const at = cookie.indexOf('=')
    return { name: cookie.slice(0, at), value: cookie.slice(at + 1), url: web.origin }
  }))
  const page = watchFaults(await context.newPage(), web.origin, faults)
  await page.goto(`${web.origin}/settings#data`)
  await page.getByRole('heading', { name: 'Data' }).waitFor()
  return page
}
const file = (text: string) => ({ name: 'aliases.csv', mimeType: 'text/csv', buffer: Buffer.from(text) })
const csv = `alias,note,enabled,mailboxes\none@${domain},the first,True,mover@home.example\ntwo@${domain},,False,other@home.example\nx@sl.example,,True,\n`

test('a file is looked at first, then taken, and the report says what was not', async () => {
  const page = await open()
  const section = page.locator('#data')
  await section.getByRole('button', { name: 'Look at it first' }).click()
  await section.getByText('Choose the file first.').waitFor()
  await section.locator('input[type=file]').setInputFiles(file(csv))
  await section.getByText('aliases.csv').waitFor()
  await section.getByRole('button', { name: 'Look at it first' }).click()
  await section.getByText('2 would be taken').waitFor()
  await section.getByText('other@home.example').waitFor()
  expect((await db.selectFrom('aliases').select('address').where('account_id', '=', person.id).execute())).toEqual([])
  // Another choice asks for another look.
  await section.getByLabel('Addresses of other domains get a new one here').check()
  await section.getByRole('button', { name: 'Look at it first' }).click()
  await section.getByRole('button', { name: 'Import 3 addresses' }).click()
  await section.getByText('3 taken', { exact: false }).waitFor()
  const report = await page.request.get(web.origin + await section.getByRole('link', { name: 'Report' }).getAttribute('href'))
  expect(await report.text()).toMatch(/x@sl\.example,taken,mail-[a-z0-9]{5}@/)
  expect((await db.selectFrom('aliases').select('state').where('account_id', '=', person.id).orderBy('id').execute()).map(({ state }) => state))
    .toEqual(['active', 'burned', 'active'])

  await section.locator('select[name=from]').selectOption('burnbox')
  await section.getByRole('button', { name: 'Look at it first' }).click()
  await section.getByText('An export of Burnbox is a zip archive.').waitFor()
  await page.context().close()
})

test('everything as one archive, and the addresses as a table', async () => {
  const page = await open()
  const section = page.locator('#data')
  const [archive] = await Promise.all([page.waitForEvent('download'), section.getByRole('button', { name: 'Export' }).click()])
  expect(archive.suggestedFilename()).toMatch(/^burnbox-burn\.localhost-\d{4}-\d\d-\d\d\.zip$/)
  expect((await readFile(await archive.path())).subarray(0, 4).toString('latin1')).toBe('PK\u0003\u0004')
  const [table] = await Promise.all([page.waitForEvent('download'), section.getByRole('link', { name: 'CSV' }).click()])
  expect(await readFile(await table.path(), 'utf8')).toContain(`one@${domain},active,`)
  await page.context().close()
})

test('the account is deleted with its address and password, and kept', async () => {
  const page = await open()
  const section = page.locator('#data')
  await section.getByRole('button', { name: 'Delete the account' }).click()
  await section.getByLabel(`Type ${person.email}`).fill('somebody@else.example')
  await section.getByLabel('Your password').fill(person.password)
  await section.getByRole('button', { name: 'Delete in 30 days' }).click()
  await section.getByText('to say that you mean it').waitFor()
  await section.getByLabel(`Type ${person.email}`).fill(person.email)
  await section.getByRole('button', { name: 'Delete in 30 days' }).click()
  await section.getByText('This account is deleted').waitFor()
  await section.getByRole('button', { name: 'Keep it' }).click()
  await section.getByText('Delete the account').waitFor()
  expect(await db.selectFrom('account_settings').select('delete_at').where('account_id', '=', person.id).executeTakeFirst()).toEqual({ delete_at: null })
  await page.context().close()
})

test('at every size, in light and dark', async () => {
  const found: string[] = []
  for (const look of looks) {
    const page = await open(windowOf(look))
    const section = page.locator('#data')
    await section.locator('input[type=file]').setInputFiles(file(csv))
    await section.getByRole('button', { name: 'Look at it first' }).click()
    await section.getByText('here already').waitFor()
    await section.getByRole('button', { name: 'Delete the account' }).click()
    await section.evaluate((element) => element.scrollIntoView())
    await page.screenshot({ path: path.join(output, `data-${look.width}-${look.scheme}.png`) })
    const wide = await tooWide(page)
    found.push(...[...await axeViolations(page), ...(wide > 0 ? [`${wide} px too wide`] : [])].map((what) => `${look.width} ${look.scheme}: ${what}`))
    await page.context().close()
  }
  expect(found).toEqual([])
  expect(faults).toEqual([])
})
