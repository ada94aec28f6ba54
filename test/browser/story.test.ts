// The whole story in a real browser against the real program: set-up, an address, mail, burn, held, read, release.
import { mkdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { BrowserContextOptions, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect } from 'vitest'
import { openBrowser, type TestBrowser } from '../support/browser.ts'
import { startProgram, type Program } from '../support/program.ts'
import { sendMessage } from '../support/send-message.ts'
import { hasTool, testNeeding } from '../support/tools.ts'

const test = testNeeding('chromium')
const output = fileURLToPath(new URL('../output/', import.meta.url))
const email = 'home@family.example'
const password = 'correct horse battery'
type Look = { readonly width: number; readonly scheme: 'light' | 'dark' }

let program: Program
let chromium: TestBrowser
let signedIn: Exclude<BrowserContextOptions['storageState'], string | undefined>
let faults: string[] = []

/** Whatever a page complains about is a fault of ours: a refused policy, an error, a request to somebody else. */
function watch(page: Page): Page {
  page.setDefaultTimeout(15_000)
  page.on('pageerror', (error) => {
    faults.push(`error: ${error.message}`)
  })
  page.on('console', (message) => {
    if (/Content Security Policy|Refused to/i.test(message.text())) faults.push(message.text())
  })
  page.on('request', (request) => {
    if (!request.url().startsWith(program.url) && !/^(about|data|blob):/.test(request.url())) faults.push(`request: ${request.url()}`)
  })
  return page
}

async function open({ width, scheme }: Look = { width: 1280, scheme: 'light' }, more: BrowserContextOptions = {}): Promise<Page> {
  const context = await chromium.browser.newContext({
    ...more,
    viewport: { width, height: width < 768 ? 780 : 900 },
    colorScheme: scheme,
    hasTouch: width < 768,
    permissions: ['clipboard-read', 'clipboard-write'],
  })
  return watch(await context.newPage())
}

/** Signed in by the cookie that set-up gave. */
const openSignedIn = (look?: Look): Promise<Page> => open(look, { storageState: signedIn })

const letter = (to: string, subject: string, body = 'Hello.') =>
  `From: "Shop Ltd" <care@shop.example>\r\nTo: ${to}\r\nSubject: ${subject}\r\nMIME-Version: 1.0\r\nContent-Type: text/html; charset=utf-8\r\n\r\n` +
  `<h1>${subject}</h1><p>${body}</p>\r\n`

const receive = (to: string, subject: string, body?: string) =>
  sendMessage({ port: program.smtpPort, to, message: letter(to, subject, body) })

async function makeAddress(page: Page, site: string): Promise<string> {
  const answer = await page.request.post(`${program.url}/v1/aliases`, { data: { site }, headers: { origin: program.url } })
  expect(answer.status()).toBe(201)
  return ((await answer.json()) as { address: string }).address
}

const row = (page: Page, address: string) => page.locator('.row').filter({ has: page.locator(`[data-copy="${address}"]`) })

beforeAll(async () => {
  if (!hasTool('chromium')) return
  mkdirSync(output, { recursive: true })
  program = await startProgram()
  chromium = await openBrowser()
  const page = await open()
  await page.goto(program.setup!)
  await page.getByLabel('Your e-mail').fill(email)
  await page.getByLabel('Choose a password').fill('short')
  await page.getByRole('button', { name: 'Make the account' }).click()
  await page.getByText('at least 10 characters. This one has 5').waitFor()
  await page.getByLabel('Choose a password').fill(password)
  await page.getByRole('button', { name: 'Make the account' }).click()
  await page.getByRole('heading', { level: 1, name: 'Addresses' }).waitFor()
  signedIn = await page.context().storageState()
  await page.context().close()
})

afterAll(async () => {
  await chromium?.[Symbol.asyncDispose]()
  await program?.[Symbol.asyncDispose]()
})

describe('the story', () => {
  test('sign in, new address, mail arrives, burn, held, read, release, arrives', async () => {
    faults = []
    const page = await open()
    await page.goto(program.url)
    await page.getByLabel('E-mail').fill(email)
    await page.getByLabel('Password').fill('not the password')
    await page.getByRole('button', { name: 'Sign in', exact: true }).click()
    await page.getByText('This e-mail and password do not belong together.').waitFor()
    await page.getByLabel('Password').fill(password)
    await page.getByRole('button', { name: 'Sign in', exact: true }).click()

    await page.getByRole('button', { name: 'New address' }).first().click()
    await page.getByLabel('Company').fill('https://www.shop.example/checkout?step=2')
    await page.getByRole('textbox', { name: 'Label' }).fill('Shopping')
    await page.getByRole('button', { name: 'Make and copy' }).click()
    const made = page.locator('.made .addr')
    await made.waitFor()
    const address = (await made.textContent())!
    expect(address).toMatch(/^shop-[a-z2-9]{5}@burn\.localhost$/)
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(address)
    await page.getByRole('button', { name: 'Done' }).click()
    await row(page, address).waitFor()

    expect(await receive(address, 'Your order 20-4471')).toMatch(/^250 /)
    await page.getByRole('link', { name: 'Local inbox' }).first().click()
    await page.locator('.msg', { hasText: 'Your order 20-4471' }).click()
    await page.frameLocator('.frame iframe').getByRole('heading', { name: 'Your order 20-4471' }).waitFor()

    await page.getByRole('link', { name: 'Addresses' }).first().click()
    await row(page, address)
      .getByRole('button', { name: `Burn ${address}` })
      .click()
    await page.getByRole('group', { name: 'Just burned' }).waitFor()
    expect(await page.evaluate(() => document.activeElement?.getAttribute('aria-label'))).toBe(`Undo burning ${address}`)
    await expect.poll(() => page.locator('#said').textContent()).toContain('Mail goes to Holding. Undo for 8 seconds.')
    await expect
      .poll(
        async () =>
          ((await (await page.request.get(`${program.url}/v1/aliases?q=${address}`)).json()) as { items: { state: string }[] }).items[0]
            ?.state,
      )
      .toBe('burned')

    expect(await receive(address, 'Last chance')).toMatch(/^250 /)
    await page.getByRole('link', { name: 'Holding' }).first().click()
    await page.locator('.msg', { hasText: 'Last chance' }).click()
    await page.getByText('Held because this address is burned.').waitFor()
    await page.frameLocator('.frame iframe').getByRole('heading', { name: 'Last chance' }).waitFor()
    await page.screenshot({ path: `${output}held.png` })
    await page.getByRole('button', { name: 'Release', exact: true }).click()
    await page.getByText('Nothing held').waitFor()

    await page.getByRole('link', { name: 'Local inbox' }).first().click()
    await page.locator('.msg', { hasText: 'Last chance' }).waitFor()
    expect(faults).toEqual([])
    await page.context().close()
  })

  test('Undo takes a burn back by its key, by the row and by the toast, with what came meanwhile', async () => {
    const page = await openSignedIn()
    const address = await makeAddress(page, 'undo.example')
    await page.goto(`${program.url}/addresses`)
    const state = () => row(page, address).getAttribute('data-state')
    const ways = [
      () => page.keyboard.press('z'),
      () =>
        row(page, address)
          .getByRole('button', { name: `Undo burning ${address}` })
          .click(),
      () => page.locator('.toast').getByRole('button', { name: 'Undo' }).click(),
    ]
    for (const [i, undo] of ways.entries()) {
      const sent = page.waitForResponse((response) => response.url().endsWith('/burn'))
      await row(page, address)
        .getByRole('button', { name: `Burn ${address}` })
        .click()
      expect(await state()).toBe('burned')
      await sent
      await receive(address, `Meanwhile ${i}`)
      const restored = page.waitForResponse((response) => response.url().endsWith('/restore'))
      await undo()
      expect((await restored).status()).toBe(200)
      expect(await state()).toBe('active')
    }
    await page.goto(`${program.url}/local`)
    for (const [i] of ways.entries()) await page.locator('.msg', { hasText: `Meanwhile ${i}` }).waitFor()
    await page.context().close()
  })

  test('search as one types, nothing found, and the way on from there', async () => {
    const page = await openSignedIn()
    await makeAddress(page, 'kettle-and-salt.example')
    await page.goto(`${program.url}/addresses`)
    await page.locator('.row').first().waitFor()
    await page.keyboard.press('/')
    await page.keyboard.type('kettle')
    await page.locator('.row').first().waitFor()
    await expect.poll(() => page.locator('.row').count()).toBe(1)
    await page.keyboard.type('xyz')
    await page.getByRole('heading', { name: 'Nothing for “kettlexyz”' }).waitFor()
    await page.getByRole('button', { name: 'Clear the search' }).click()
    await expect.poll(() => page.locator('.row').count()).toBeGreaterThan(1)
    await page.context().close()
  })

  test('a test message goes by real SMTP; the keys move, copy and burn', async () => {
    const page = await openSignedIn()
    const address = await makeAddress(page, 'keys.example')
    await page.goto(`${program.url}/local`)
    await page.getByLabel('A company writes to').selectOption({ label: address })
    await page.getByRole('button', { name: 'Send a test message' }).click()
    await page.getByText('Sender sees 250').waitFor()
    await page.goto(`${program.url}/addresses?q=keys.example`)
    await page.locator('.row').first().waitFor()
    await page.keyboard.press('j')
    await page.keyboard.press('c')
    await expect.poll(() => page.evaluate(() => navigator.clipboard.readText())).toBe(address)
    await page.keyboard.press('b')
    await expect.poll(() => row(page, address).getAttribute('data-state')).toBe('burned')
    await page.keyboard.press('g')
    await page.keyboard.press('h')
    await page.getByRole('heading', { level: 1, name: 'Holding' }).waitFor()
    await page.keyboard.press('?')
    await page.getByRole('dialog', { name: 'Keyboard' }).waitFor()
    await page.keyboard.press('Escape')
    await expect.poll(() => page.locator('dialog').count()).toBe(0)
    await page.context().close()
  })

  test('a burn that the server refuses comes back and says why', async () => {
    const page = await openSignedIn()
    const address = await makeAddress(page, 'refused.example')
    await page.goto(`${program.url}/addresses`)
    await page.route('**/burn', (route) => route.abort())
    await row(page, address)
      .getByRole('button', { name: `Burn ${address}` })
      .click()
    await row(page, address).getByText('Not burned: the server did not answer. Mail is still delivered.').waitFor()
    expect(await row(page, address).getAttribute('data-state')).toBe('active')
    await page.context().close()
  })

  test('settings: an inbox waits for its link and is verified by it, a token is shown once', async () => {
    const page = await openSignedIn()
    await page.goto(`${program.url}/settings`)
    await page.getByRole('button', { name: 'Add an inbox' }).click()
    await page.getByLabel('Address of the inbox').fill('work@family.example')
    await page.getByRole('button', { name: 'Add this inbox' }).click()
    await page.getByText('Waits for its code').waitFor()
    await page.getByRole('button', { name: 'New token' }).click()
    await page.getByLabel('Name', { exact: true }).fill('Kettle script')
    await page.getByRole('button', { name: 'Make the token' }).click()
    const token = await page.locator('.once code').innerText()
    const listed = await page.request.get(`${program.url}/v1/aliases`, { headers: { authorization: `Bearer ${token}` } })
    expect(listed.status(), 'a token that may only create does not read').toBe(403)
    await page.getByRole('button', { name: 'Revoke Kettle script' }).click()
    await page.getByText('No tokens.').waitFor()

    const { items } = (await (await page.request.get(`${program.url}/v1/local`)).json()) as { items: { id: string; to: string }[] }
    const mail = items.find((each) => each.to === 'work@family.example')
    expect(mail, 'the verification mail is in the local inbox').toBeDefined()
    const { text } = (await (await page.request.get(`${program.url}/v1/local/${mail!.id}`)).json()) as { text: string }
    await page.goto(/http\S+\/verify#\S+/.exec(text)![0])
    await page.getByRole('button', { name: 'Verify this inbox' }).click()
    await page.getByText('work@family.example is verified').waitFor()
    await page.getByRole('link', { name: 'Settings' }).click()
    await expect.poll(() => page.getByText('Verified', { exact: true }).count()).toBe(2)
    await page.context().close()
  })
})
