// The bookmark on other people's sign-up forms, in a real Chromium: CDP's Page.navigate with a javascript: URL behaves as a click on a bookmark,
// also under a strict policy of the page; page.evaluate would pass by every policy.
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { BrowserContext, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { openBrowser, type TestBrowser } from '../support/browser.ts'
import { startProgram, type Program } from '../support/program.ts'
import { openShopPages, type ShopPages } from '../support/shop-pages.ts'
import { hasTool } from '../support/tools.ts'

const output = join(import.meta.dirname, '..', 'output')
const email = 'anna@family.example'
const password = 'correct horse battery'

let program: Program
let chromium: TestBrowser
let shops: ShopPages
let signedIn: Awaited<ReturnType<BrowserContext['storageState']>>
let bookmark = ''
const contexts: BrowserContext[] = []

const open = async (options: { readonly signedOut?: boolean; readonly width?: number } = {}): Promise<Page> => {
  const context = await chromium.browser.newContext({
    ...(options.signedOut ? {} : { storageState: signedIn }), viewport: { width: options.width ?? 1000, height: 700 },
    permissions: [],
  })
  contexts.push(context)
  return context.newPage()
}

beforeAll(async () => {
  if (!hasTool('chromium')) return
  mkdirSync(output, { recursive: true })
  ;[program, chromium, shops] = await Promise.all([startProgram(), openBrowser(), openShopPages()])
  const page = await open({ signedOut: true })
  await page.goto(program.setup!)
  await page.getByLabel('Your e-mail').fill(email)
  await page.getByLabel('Choose a password').fill(password)
  await page.getByRole('button', { name: 'Make the account' }).click()
  await page.getByRole('heading', { level: 1, name: 'Addresses' }).waitFor()
  await page.goto(`${program.url}/anywhere`)
  bookmark = (await page.getByRole('link', { name: 'Burnbox address' }).getAttribute('href')) ?? ''
  signedIn = await page.context().storageState()
})

afterEach(async () => {
  await Promise.all(contexts.splice(0).map((context) => context.close()))
})

afterAll(async () => {
  await chromium?.[Symbol.asyncDispose]()
  await shops?.[Symbol.asyncDispose]()
  await program?.[Symbol.asyncDispose]()
})

/** Clicks the bookmark, and gives the small window. */
async function click(page: Page): Promise<Page> {
  const cdp = await page.context().newCDPSession(page)
  const [popUp] = await Promise.all([page.context().waitForEvent('page'), cdp.send('Page.navigate', { url: bookmark })])
  return popUp
}

/** Enter until it counts: in its first half second the window takes none. */
async function confirm(popUp: Page, over: () => Promise<boolean>): Promise<void> {
  await popUp.locator('[type=submit]').waitFor()
  await expect.poll(async () => {
    if (!popUp.isClosed()) await popUp.keyboard.press('Enter').catch(() => {})
    return over()
  }, { timeout: 10_000 }).toBe(true)
}

const isFilled = (page: Page, field: string) => async (): Promise<boolean> => (await page.locator(field).inputValue()).endsWith('@burn.localhost')
const isShown = (popUp: Page) => (): Promise<boolean> => popUp.locator('.cut').isVisible()
const addressShown = async (popUp: Page): Promise<string> => (await popUp.locator('.cut-a').textContent()) ?? ''

async function addresses(page: Page, site: string): Promise<readonly string[]> {
  const answer = await page.request.get(`${program.url}/v1/aliases?site=${site}`)
  return ((await answer.json()) as { items: { address: string }[] }).items.map(({ address }) => address)
}

test('a plain form: the window has the focus on one button, Enter makes the address and fills it in, and the window goes', async () => {
  const page = await open()
  await page.goto(shops.at('plain', '/plain'))
  const popUp = await click(page)
  await popUp.getByRole('heading', { name: 'plain.localhost' }).waitFor()
  await popUp.locator('[type=submit]').waitFor()
  expect(await popUp.evaluate(() => document.activeElement?.textContent)).toContain('Make and fill in')
  await confirm(popUp, isFilled(page, '[type=email]'))
  expect(await addresses(page, 'plain.localhost')).toEqual([await page.locator('[type=email]').inputValue()])
  expect(await page.locator('[name=name]').inputValue()).toBe('')
  await expect.poll(() => popUp.isClosed()).toBe(true)
})

test('a controlled input notices, and keeps the address when it loses the focus', async () => {
  const page = await open()
  await page.goto(shops.at('react', '/controlled'))
  await confirm(await click(page), isFilled(page, '#f'))
  const address = await page.locator('#f').inputValue()
  expect(await page.locator('output').textContent()).toBe(address)
  await page.locator('#f').blur()
  expect(await page.locator('#f').inputValue()).toBe(address)
})

test('of several fields the focused one; else the one that says autocomplete=email, and the one that repeats it', async () => {
  const page = await open()
  await page.goto(shops.at('several', '/several'))
  await page.locator('#friend').focus()
  await confirm(await click(page), isFilled(page, '#friend'))
  expect(await page.locator('#own').inputValue()).toBe('')

  await page.goto(shops.at('several', '/several'))
  await confirm(await click(page), isFilled(page, '#own'))
  const address = await page.locator('#own').inputValue()
  expect(await page.locator('#again').inputValue()).toBe(address)
  expect(await page.locator('#friend').inputValue()).toBe('')
})

test('an address that is there already is offered first and used again; a new one is a choice', async () => {
  const page = await open()
  await page.goto(shops.at('known', '/plain'))
  await confirm(await click(page), isFilled(page, '[type=email]'))
  const first = await page.locator('[type=email]').inputValue()

  await page.goto(shops.at('www.known', '/plain'))
  const again = await click(page)
  await again.getByText('You already have an address for').waitFor()
  await confirm(again, isFilled(page, '[type=email]'))
  expect(await page.locator('[type=email]').inputValue()).toBe(first)

  await page.goto(shops.at('known', '/plain'))
  const third = await click(page)
  await third.getByRole('radio', { name: 'A new address' }).check()
  await third.locator('[type=submit]').focus()
  await confirm(third, isFilled(page, '[type=email]'))
  expect(await page.locator('[type=email]').inputValue()).not.toBe(first)
  expect(await addresses(page, 'known.localhost')).toHaveLength(2)
})

test('a page with a strict policy and Trusted Types is filled all the same, and asks us for nothing', async () => {
  const page = await open()
  const asked: string[] = []
  page.on('request', (request) => asked.push(request.url()))
  await page.goto(shops.at('strict', '/strict'))
  await confirm(await click(page), isFilled(page, '[type=email]'))
  expect(await page.locator('output').textContent()).toBe(await page.locator('[type=email]').inputValue())
  expect(asked.filter((url) => url.startsWith(program.url))).toEqual([])
})

test('a page that cuts the window off (COOP): the address is on the clipboard and shown large, and the window says so', async () => {
  const page = await open()
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write'], { origin: program.url })
  await page.goto(shops.at('coop', '/cut-off'))
  const popUp = await click(page)
  await popUp.bringToFront()
  await confirm(popUp, isShown(popUp))
  const [address] = await addresses(page, 'coop.localhost')
  expect(await addressShown(popUp)).toBe(address)
  await popUp.getByText('It is on your clipboard.').waitFor()
  await popUp.getByText('does not let another window fill its fields').waitFor()
  expect(await popUp.evaluate(() => navigator.clipboard.readText())).toBe(address)
  expect(await page.locator('[type=email]').inputValue()).toBe('')
})

test('a field in a frame of another origin is out of reach: shown and copied; one in a frame of the same origin is filled', async () => {
  const page = await open()
  await page.goto(shops.at('framed', '/framed'))
  await page.frameLocator('iframe').locator('[type=email]').focus()
  const popUp = await click(page)
  await confirm(popUp, isShown(popUp))
  await popUp.getByText('There is no field for it on this page that can be reached.').waitFor()
  expect(await page.frameLocator('iframe').locator('[type=email]').inputValue()).toBe('')

  await page.goto(shops.at('framed', '/framed-own'))
  await page.frameLocator('iframe').locator('[type=email]').focus()
  await confirm(await click(page), async () => /@burn/.test(await page.frameLocator('iframe').locator('[type=email]').inputValue()))
})

test('a page without a field: shown', async () => {
  const page = await open()
  await page.goto(shops.at('none', '/no-form'))
  const popUp = await click(page)
  await confirm(popUp, isShown(popUp))
  expect(await addressShown(popUp)).toBe((await addresses(page, 'none.localhost'))[0])
})

test('signed out: sign in inside the small window, then it goes on with the site remembered', async () => {
  const page = await open({ signedOut: true })
  await page.goto(shops.at('later', '/plain'))
  const popUp = await click(page)
  await popUp.getByLabel('E-mail').fill(email)
  await popUp.getByLabel('Password').fill(password)
  await popUp.getByRole('button', { name: 'Sign in', exact: true }).click()
  await popUp.getByRole('heading', { name: 'later.localhost' }).waitFor()
  await confirm(popUp, isFilled(page, '[type=email]'))
  expect(await addresses(page, 'later.localhost')).toHaveLength(1)
})

test('L02 a click that comes as soon as the button is there, and a key that is held down, make nothing', async () => {
  const page = await open()
  await page.context().addInitScript(() => {
    // What a page gets that puts our window under a double click.
    new MutationObserver(() => document.querySelector<HTMLElement>('.pop [type=submit]')?.click()).observe(document, { childList: true, subtree: true })
  })
  await page.goto(shops.at('double', '/double'))
  await page.locator('button').evaluate((button, to) => { (button as HTMLElement).dataset['to'] = to }, `${program.url}/popup`)
  const [popUp] = await Promise.all([page.context().waitForEvent('page'), page.locator('button').click()])
  await popUp.locator('[type=submit]').waitFor()
  const heldDown = await popUp.evaluate(() => document.activeElement!.dispatchEvent(
    new KeyboardEvent('keydown', { key: 'Enter', repeat: true, bubbles: true, cancelable: true })))
  expect(heldDown).toBe(false)
  expect(await addresses(page, 'double.localhost')).toEqual([])
})

test('L02 who opens the window under the name of another site hears nothing', async () => {
  const page = await open()
  await page.goto(shops.at('evil', '/plain'))
  const said = await page.evaluate(() => {
    const heard: unknown[] = []
    addEventListener('message', (event) => heard.push(event.data))
    Object.assign(window, { heard })
    return heard.length
  })
  expect(said).toBe(0)
  const [popUp] = await Promise.all([
    page.context().waitForEvent('page'),
    page.evaluate((to) => void window.open(to), `${program.url}/popup#${encodeURIComponent(shops.at('bank', ''))}`),
  ])
  await popUp.getByRole('heading', { name: 'bank.localhost' }).waitFor()
  await confirm(popUp, isShown(popUp))
  expect(await addresses(page, 'bank.localhost')).toHaveLength(1)
  expect(await page.evaluate(() => (window as unknown as { heard: unknown[] }).heard)).toEqual([])
})

test('L02 L03 the small window alone sends no COOP, and no page of ours can be framed', async () => {
  const page = await open()
  for (const path of ['/', '/popup', '/anywhere', '/settings', '/popup/', '/popup/x']) {
    const headers = (await page.request.get(`${program.url}${path}`)).headers()
    expect([path, headers['cross-origin-opener-policy']]).toEqual([path, path === '/popup' ? undefined : 'same-origin'])
    expect(headers['content-security-policy']).toContain("frame-ancestors 'none'")
    expect(headers['x-frame-options']).toBe('DENY')
  }
})

test('Share → Burnbox: the manifest names it, and the shared page is the company', async () => {
  const page = await open({ width: 360 })
  const manifest = (await (await page.request.get(`${program.url}/manifest.webmanifest`)).json()) as {
    share_target: { action: string; params: { url: string; text: string } }; icons: { src: string }[]
  }
  for (const { src } of manifest.icons) expect((await page.request.get(`${program.url}${src}`)).status()).toBe(200)
  const shared = new URLSearchParams({ [manifest.share_target.params.text]: 'Look at this https://www.shared.example/offer?x=1' })
  await page.goto(`${program.url}${manifest.share_target.action}?${shared}`)
  expect(await page.getByLabel('Company').inputValue()).toBe('www.shared.example')
  await page.getByRole('button', { name: 'Make and copy' }).click()
  await page.getByRole('heading', { name: 'Address made' }).waitFor()
  expect(await addresses(page, 'shared.example')).toHaveLength(1)
})

test('the small window at 380 × 520 and 320 × 500, light and dark: nothing overflows', async () => {
  for (const [width, height, scheme] of [[380, 520, 'light'], [380, 520, 'dark'], [320, 500, 'light']] as const) {
    const page = await open()
    await page.setViewportSize({ width, height })
    await page.emulateMedia({ colorScheme: scheme })
    for (const [name, site] of [['new', 'a-company-with-a-very-long-name.example'], ['have', 'plain.localhost']] as const) {
      await page.goto('about:blank')
      await page.goto(`${program.url}/popup#${encodeURIComponent(`http://${site}`)}`)
      await page.locator('[type=submit]').waitFor()
      expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBe(0)
      await page.screenshot({ path: join(output, `pop-up-${name}-${width}-${scheme}.png`) })
    }
    await page.goto('about:blank')
    await page.goto(`${program.url}/popup#${encodeURIComponent('http://plain.localhost')}`)
    await confirm(page, isShown(page))
    await page.screenshot({ path: join(output, `pop-up-cut-${width}-${scheme}.png`) })
    await page.setViewportSize({ width: Math.max(width, 360), height: 740 })
    await page.goto(`${program.url}/anywhere`)
    await page.getByRole('link', { name: 'Burnbox address' }).waitFor()
    await page.screenshot({ path: join(output, `anywhere-${width}-${scheme}.png`) })
  }
})
