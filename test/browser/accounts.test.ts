// The ways into an account, in a real browser with a virtual authenticator: password, passkey, code, recovery code, reset, invitation, sessions.
import { createHmac } from 'node:crypto'
import type { BrowserContextOptions, CDPSession, Page } from 'playwright-core'
import { afterAll, beforeAll, expect } from 'vitest'
import { openBrowser, type TestBrowser } from '../support/browser.ts'
import { startProgram, type Program } from '../support/program.ts'
import { hasTool, testNeeding } from '../support/tools.ts'
import { watchFaults } from './page-checks.ts'

const test = testNeeding('chromium')
const email = 'home@family.example'
const password = 'a correct horse, a battery'

let program: Program
let chromium: TestBrowser
let owner: Page
const faults: string[] = []

async function open(options: BrowserContextOptions = {}): Promise<Page> {
  const context = await chromium.browser.newContext({ viewport: { width: 1280, height: 900 }, ...options })
  return watchFaults(await context.newPage(), program.url, faults)
}

const addresses = (page: Page) => page.getByRole('heading', { level: 1, name: 'Addresses' }).waitFor()

async function signIn(page: Page, who = email, secret = password) {
  await page.goto(`${program.url}/sign-in`)
  await page.getByLabel('E-mail').fill(who)
  await page.getByLabel('Password').fill(secret)
  await page.getByRole('button', { name: 'Sign in', exact: true }).click()
}

async function signOut(page: Page) {
  await page.getByRole('button', { name: /^Account:/ }).click()
  await page.getByRole('menuitem', { name: 'Sign out' }).click()
  await page.getByRole('button', { name: 'Sign in', exact: true }).waitFor()
}

/** RFC 6238 with its usual values: SHA-1, 30 seconds, six digits. */
function codeFor(secret: string, at = Date.now()): string {
  const bits = [...secret.replaceAll(' ', '')].map((letter) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(letter).toString(2).padStart(5, '0')).join('')
  const key = Buffer.from((bits.match(/.{8}/g) ?? []).map((octet) => parseInt(octet, 2)))
  const counter = Buffer.alloc(8)
  counter.writeBigUInt64BE(BigInt(Math.floor(at / 30_000)))
  const digest = createHmac('sha1', key).update(counter).digest()
  return String((digest.readUInt32BE(digest.at(-1)! & 15) & 0x7fff_ffff) % 1_000_000).padStart(6, '0')
}

async function authenticator(page: Page): Promise<CDPSession> {
  const session = await page.context().newCDPSession(page)
  await session.send('WebAuthn.enable')
  await session.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2', transport: 'internal', hasResidentKey: true, hasUserVerification: true, isUserVerified: true, automaticPresenceSimulation: true,
    },
  })
  return session
}

/** What is meant in the mail to an address, in the local inbox of the operator: other mail may come there too, of a new device say. */
async function mailed(address: string, meant: RegExp): Promise<string> {
  const read = async () => {
    const { items } = (await (await owner.request.get(`${program.url}/v1/local`)).json()) as { items: { id: string; to: string }[] }
    for (const { id } of items.filter((each) => each.to === address)) {
      const { text } = (await (await owner.request.get(`${program.url}/v1/local/${id}`)).json()) as { text: string }
      const found = meant.exec(text)?.[0]
      if (found !== undefined) return found
    }
    return undefined
  }
  let found: string | undefined
  await expect.poll(async () => (found = await read())).toBeDefined()
  return found!
}

beforeAll(async () => {
  if (!hasTool('chromium')) return
  program = await startProgram()
  chromium = await openBrowser()
  owner = await open()
  await owner.goto(program.setup!)
  await owner.getByLabel('Your e-mail').fill(email)
  await owner.getByLabel('Choose a password').fill('password12')
  await owner.getByText('Easy to guess.').waitFor()
  await owner.getByLabel('Choose a password').fill(password)
  await owner.getByText('Hard to guess.').waitFor()
  await owner.getByRole('button', { name: 'Make the account' }).click()
  await addresses(owner)
})

afterAll(async () => {
  await chromium?.[Symbol.asyncDispose]()
  await program?.[Symbol.asyncDispose]()
})

test('a passkey is added, renamed, and signs in without a password', async () => {
  const page = await open()
  await authenticator(page)
  await signIn(page)
  await addresses(page)
  await page.goto(`${program.url}/settings#security`)
  await page.getByRole('button', { name: 'Add a passkey' }).click()
  await page.getByRole('button', { name: /^Rename the passkey/ }).click()
  await page.getByLabel('Name of the passkey').fill('Kitchen laptop')
  await page.keyboard.press('Enter')
  await page.getByRole('button', { name: 'Rename the passkey Kitchen laptop' }).waitFor()
  await signOut(page)
  // The browser may offer it by itself under the e-mail field, and then one is in already.
  await page.getByRole('button', { name: 'Sign in with a passkey' }).click().catch(() => {})
  await addresses(page)
  await page.context().close()
})

test('a code from an app is asked after the password; each recovery code works once', async () => {
  const page = await open()
  await signIn(page)
  await addresses(page)
  await page.goto(`${program.url}/settings`)
  await page.getByRole('button', { name: 'Set up the code from an app' }).click()
  await page.getByLabel('Your password').fill(password)
  await page.getByRole('button', { name: 'Go on' }).click()
  await page.getByRole('img', { name: 'The key as a QR code; it stands below as text' }).waitFor()
  const secret = await page.locator('.once-t code').innerText()
  await page.getByLabel('The code that the app shows').fill(codeFor(secret))
  await page.getByRole('button', { name: 'Switch it on' }).click()
  const [recovery] = (await page.getByRole('group', { name: 'Recovery codes' }).locator('code').innerText()).split(/\s+/)
  await signOut(page)

  await signIn(page)
  await page.getByLabel('Code').fill('12345')
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByText('The code has 6 digits. This one has 5.').waitFor()
  await page.getByLabel('Code').fill('000000')
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByText('This code is not right').waitFor()
  await page.getByRole('button', { name: 'Use a recovery code' }).click()
  await page.getByLabel('Recovery code').fill(recovery!)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await addresses(page)

  await page.goto(`${program.url}/settings`)
  await page.getByRole('button', { name: 'Change the code from an app' }).click()
  await page.getByLabel('Your password, to switch the code off').fill(password)
  await page.getByRole('button', { name: 'Switch it off' }).click()
  await page.getByRole('button', { name: 'Set up the code from an app' }).waitFor()
  await page.context().close()
})

test('a forgotten password is changed by a mailed link, and everywhere else is signed out', async () => {
  const page = await open()
  await page.goto(`${program.url}/sign-in`)
  await page.getByRole('link', { name: 'Forgot the password?' }).click()
  await page.getByLabel('E-mail').fill(email)
  await page.getByRole('button', { name: 'Send the link' }).click()
  await page.getByText('If there is an account with this address').waitFor()
  const link = await mailed(email, /http\S+\/reset#\S+/)
  await page.goto(link)
  await page.getByLabel('New password').fill(`${password} again`)
  await page.getByRole('button', { name: 'Change it' }).click()
  await page.getByText('The password is changed').waitFor()
  expect((await owner.request.get(`${program.url}/v1/me`)).status()).toBe(401)
  await owner.reload()
  await signIn(owner, email, `${password} again`)
  await addresses(owner)
  const again = await open()
  await again.goto(link)
  await again.getByLabel('New password').fill(`${password} thrice`)
  await again.getByRole('button', { name: 'Change it' }).click()
  await again.getByText('This link does not work any more.').waitFor()
  await again.context().close()
  await page.context().close()
})

test('an invitation makes one account, seen by the operator as counts, suspended and restored', async () => {
  await owner.goto(`${program.url}/host`)
  await owner.getByRole('button', { name: 'Invite' }).click()
  await owner.getByRole('button', { name: 'Make the link' }).click()
  const link = await owner.getByRole('group', { name: 'New invitation' }).locator('code').innerText()
  const page = await open()
  await page.goto(link)
  await page.getByLabel('Your e-mail').fill('neighbour@street.example')
  await page.getByLabel('Choose a password').fill(password)
  await page.getByRole('button', { name: 'Make the account' }).click()
  await addresses(page)
  expect(await page.getByRole('link', { name: 'Host' }).count()).toBe(0)

  await owner.reload()
  const line = owner.getByRole('row', { name: /neighbour@street\.example/ })
  await line.getByRole('button', { name: 'More for neighbour@street.example' }).click()
  await owner.getByRole('menuitem', { name: /^Suspend/ }).click()
  await line.getByText('suspended, mail held').waitFor()
  await line.getByRole('button', { name: 'More for neighbour@street.example' }).click()
  await owner.getByRole('menuitem', { name: 'Restore' }).click()
  await expect.poll(() => line.getByText('suspended, mail held').count()).toBe(0)

  const limits = owner.getByRole('dialog', { name: 'What it may have' })
  const openLimits = async () => {
    await line.getByRole('button', { name: 'More for neighbour@street.example' }).click()
    await owner.getByRole('menuitem', { name: /^Change what it may have/ }).click()
  }
  await openLimits()
  await limits.getByLabel('Replies an hour').fill('30')
  await limits.getByLabel('Own domains').fill('')
  await limits.getByRole('button', { name: 'Change it' }).click()
  await owner.getByText('Changed.').waitFor()
  await owner.reload()
  await openLimits()
  expect(await limits.getByLabel('Replies an hour').inputValue()).toBe('30')
  expect(await limits.getByLabel('Own domains').inputValue()).toBe('')
  await limits.getByRole('button', { name: 'Cancel' }).click()

  const again = await open()
  await again.goto(link)
  await again.getByText('This link does not work').waitFor()
  await again.context().close()
  await page.context().close()
})

test('sessions are listed, and one is ended from another', async () => {
  const page = await open()
  await signIn(page, email, `${password} again`)
  await addresses(page)
  await page.goto(`${program.url}/settings`)
  await page.getByRole('button', { name: 'See all where you are signed in' }).click()
  await page.getByRole('button', { name: 'Sign out everywhere else' }).click()
  await page.getByText('Here alone').waitFor()
  await owner.goto(`${program.url}/addresses`)
  await owner.getByRole('button', { name: 'Sign in', exact: true }).waitFor()
  await page.context().close()
  expect(faults).toEqual([])
})
