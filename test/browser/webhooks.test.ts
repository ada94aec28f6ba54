// Webhooks on the page of settings: one is made, its secret shown once, tried, changed, given a new secret, switched off and deleted.
import { createHmac } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect } from 'vitest'
import { openBrowser, type TestBrowser } from '../support/browser.ts'
import { createDatabase } from '../support/database.ts'
import { openHookServer } from '../support/hook-server.ts'
import { hasTool, testNeeding } from '../support/tools.ts'
import { startWeb, type Person } from '../support/web-host.ts'
import { axeViolations, looks, output, tooWide, watchFaults, windowOf } from './page-checks.ts'

const test = testNeeding('chromium')
const { db } = await createDatabase()
const web = await startWeb(db, { env: { BURNBOX_WEBHOOK_PRIVATE: 'true' }, webFolder: fileURLToPath(new URL('../../dist/web/', import.meta.url)) })
let chromium: TestBrowser
let person: Person

beforeAll(async () => {
  person = await web.person('caller', { scopes: ['read', 'manage'] })
  if (!hasTool('chromium')) return
  mkdirSync(output, { recursive: true })
  chromium = await openBrowser()
})
afterAll(async () => chromium?.[Symbol.asyncDispose]())

test('made, tried, changed, given a new secret, switched off, deleted; in every look', async () => {
  const hook = await openHookServer()
  const host = new URL(hook.url).host
  const faults: string[] = []
  const context = await chromium.browser.newContext(windowOf(looks[0]!))
  await context.addCookies((await web.signIn(person)).split('; ').map((cookie) => {
    const at = cookie.indexOf('=')
    return { name: cookie.slice(0, at), value: cookie.slice(at + 1), url: web.origin }
  }))
  const page = watchFaults(await context.newPage(), web.origin, faults)
  await page.goto(`${web.origin}/settings#webhooks`)
  const section = page.locator('#webhooks')
  await section.getByText('No webhooks.').waitFor()
  await section.getByRole('button', { name: 'New webhook' }).click()
  await section.getByLabel('URL').fill('ftp://x.example')
  await section.getByRole('button', { name: 'Add the webhook' }).click()
  await section.getByText('Write an address that begins with https:// or http://.').waitFor()
  await section.getByLabel('URL').fill(hook.url)
  await section.getByLabel('an address is made').uncheck()
  await section.getByRole('button', { name: 'Add the webhook' }).click()
  await section.getByText(/^whsec_/).waitFor()
  await section.getByText('Never called.').waitFor()
  await section.getByRole('button', { name: `Test ${host}` }).click()
  await section.getByText('It answered 204.').waitFor()
  expect(hook.came).toMatchObject([{ headers: { 'burnbox-event': 'test' } }])
  hook.answer = (response) => void response.writeHead(500).end()
  await section.getByRole('button', { name: `Test ${host}` }).click()
  await section.getByText('It answered 500.').waitFor()
  await db.updateTable('webhooks').set({ failing_since: new Date(), given_up: 2 }).execute()
  for (const look of looks) {
    const { viewport, colorScheme } = windowOf(look)
    await page.setViewportSize(viewport)
    await page.emulateMedia({ colorScheme })
    await page.reload()
    await section.getByText('2 calls were given up.').waitFor()
    await section.scrollIntoViewIfNeeded()
    await section.screenshot({ path: path.join(output, `webhooks-${look.width}-${look.scheme}.png`) })
    expect(await tooWide(page)).toBe(0)
    expect(await axeViolations(page)).toEqual([])
  }
  const choose = async (name: string) => {
    await section.getByRole('button', { name: `More for ${host}` }).click()
    await page.getByRole('menuitem', { name }).click()
  }
  await choose('Change…')
  expect(await section.getByLabel('URL').inputValue()).toBe(hook.url)
  expect(await section.getByLabel('an address is made').isChecked()).toBe(false)
  await section.getByLabel('a stranger writes').uncheck()
  await section.getByRole('button', { name: 'Change it' }).click()
  await expect.poll(() => section.locator('.scope').allInnerTexts()).toEqual(['alias.burned', 'message.held'])
  await section.getByText('2 calls were given up.').waitFor()
  await choose('Change…')
  await section.getByLabel('URL').fill(`${hook.url}new`)
  await section.getByRole('button', { name: 'Change it' }).click()
  await expect.poll(() => section.getByText('2 calls were given up.').count()).toBe(0)

  hook.answer = (response) => void response.writeHead(204).end()
  await choose('New secret…')
  expect(await axeViolations(page)).toEqual([])
  await page.getByRole('button', { name: 'Make a new secret' }).click()
  const secret = await section.getByRole('group', { name: 'New secret' }).locator('code').innerText()
  await section.getByRole('button', { name: `Test ${host}` }).click()
  await section.getByText('It answered 204.').waitFor()
  const { headers, body } = hook.came.at(-1)!
  const [, t, v1] = /^t=(\d+),v1=(\w+)$/.exec(String(headers['burnbox-signature']))!
  expect(v1).toBe(createHmac('sha256', secret).update(`${t}.${body}`).digest('hex'))

  await choose('Switch off')
  await section.getByText('Off', { exact: true }).waitFor()
  await choose('Delete')
  await section.getByText('No webhooks.').waitFor()
  expect(await db.selectFrom('webhooks').select('id').execute()).toEqual([])
  expect(faults).toEqual([])
})
