// Every page of an account that is a year old, at every width and in both schemes: what it owes, and a picture for people to look at.
import { mkdirSync } from 'node:fs'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect } from 'vitest'
import { openBrowser, type TestBrowser } from '../support/browser.ts'
import { createDatabase } from '../support/database.ts'
import { hasTool, testNeeding } from '../support/tools.ts'
import { axeViolations, goTo, looks, output, tooWide, windowOf, type Look } from './page-checks.ts'
import { openShowroom } from './signed-in.ts'

const test = testNeeding('chromium')
const { db } = await createDatabase()
const { web, ids, open: openPage, faults } = await openShowroom(db)

let chromium: TestBrowser

type Place = {
  readonly name: string
  readonly path: () => string | Promise<string>
  /** What must be there before one looks. */
  readonly shows: string
  readonly doing?: (page: Page) => Promise<void>
}

const aliasPath = (site: string) => () => `/addresses/${ids.get(site)!}`
const firstHeld = async () => `/holding/${(await db.selectFrom('held').select('uuid').orderBy('id', 'desc').executeTakeFirstOrThrow()).uuid}`

const signedOut: readonly Place[] = [
  { name: 'sign-in', path: () => '/sign-in', shows: 'Forgot the password?' },
  { name: 'forgot', path: () => '/forgot', shows: 'A new password' },
  { name: 'reset', path: () => '/reset#token', shows: 'Choose a new password' },
  { name: 'verify', path: () => '/verify#dead', shows: 'Is this inbox yours?' },
  { name: 'set-up', path: () => '/setup#dead', shows: 'This link does not work' },
]

const signedIn: readonly Place[] = [
  { name: 'addresses', path: () => '/addresses?sort=last_message', shows: 'halden-outdoor.example' },
  { name: 'nothing-found', path: () => '/addresses?q=kettel', shows: 'Clear the search' },
  {
    name: 'several', path: () => '/addresses?sort=last_message', shows: 'shop.example',
    doing: async (page) => {
      await page.locator('.pick').nth(0).click()
      await page.locator('.pick').nth(2).click()
      await page.getByRole('toolbar').waitFor()
    },
  },
  { name: 'address', path: aliasPath('shop.example'), shows: 'win@mail.prize-desk.example' },
  { name: 'address-burned', path: aliasPath('deal-foundry.example'), shows: 'All in Holding' },
  { name: 'address-long', path: aliasPath('braeuhaus-internationaler-versand-fuer-ersatzteile-und-zubehoer.example'), shows: 'What the sender sees' },
  { name: 'holding', path: () => '/holding', shows: 'Your parcel waits at locker 12' },
  { name: 'holding-read', path: firstHeld, shows: 'Load images' },
  { name: 'overview', path: () => '/overview', shows: 'win@mail.prize-desk.example' },
  { name: 'settings', path: () => '/settings', shows: 'Waits for its code' },
  {
    name: 'settings-domain', path: () => '/settings', shows: 'Waits for its proof',
    doing: async (page) => {
      await page.getByRole('button', { name: 'Show the records of wunderbar' }).click()
      await page.getByText('the proof that it is yours').waitFor()
    },
  },
  {
    name: 'settings-code', path: () => '/settings', shows: 'Code from an app',
    doing: async (page) => {
      await page.getByRole('button', { name: 'Set up the code from an app' }).click()
      await page.getByLabel('Your password').fill('correct horse battery')
      await page.getByRole('button', { name: 'Go on' }).click()
      await page.getByRole('img', { name: 'The key as a QR code' }).scrollIntoViewIfNeeded()
    },
  },
  { name: 'host', path: () => '/host', shows: 'No invitations are open.' },
  { name: 'local', path: () => '/local', shows: 'Send a test message' },
  {
    name: 'new-address', path: () => '/addresses', shows: 'shop.example',
    doing: async (page) => {
      await page.getByRole('button', { name: /^New/ }).first().click()
      await page.getByRole('dialog').waitFor()
    },
  },
  { name: 'nowhere', path: () => '/nowhere', shows: 'Nothing here' },
]

beforeAll(async () => {
  if (!hasTool('chromium')) return
  mkdirSync(output, { recursive: true })
  chromium = await openBrowser()
})

afterAll(async () => {
  await chromium?.[Symbol.asyncDispose]()
})

async function open(look: Look, asOwner: boolean): Promise<Page> {
  const page = await openPage(chromium, { ...windowOf(look), signedOut: !asOwner })
  await page.goto(web.origin)
  await page.locator('h1').first().waitFor()
  return page
}

/** Each layout once, each scheme once: what axe finds is in the document and in its colours. */
const isForAxe = ({ width, scheme }: Look) => (width === 1280 && scheme === 'light') || (width === 360 && scheme === 'dark')

async function lookAt(page: Page, place: Place, look: Look): Promise<readonly string[]> {
  await goTo(page, await place.path())
  await page.getByText(place.shows).and(page.locator(':visible')).first().waitFor()
  await place.doing?.(page)
  await page.waitForLoadState('networkidle')
  // What is looked at is the page at rest: no half-way colours of an appearing thing.
  await page.screenshot({ path: `${output}${place.name}-${look.width}-${look.scheme}.png`, animations: 'disabled' })
  const wide = await tooWide(page)
  const found = isForAxe(look) ? await axeViolations(page) : []
  if (await page.getByRole('dialog').count()) await page.keyboard.press('Escape')
  return [...(wide > 0 ? [`${wide} px too wide`] : []), ...found].map((what) => `${place.name}: ${what}`)
}

for (const look of looks) {
  test(`no sideways scroll, no axe violation, no fault at ${look.width} px, ${look.scheme}`, async () => {
    faults.length = 0
    const [stranger, owner] = await Promise.all([open(look, false), open(look, true)])
    const found: string[] = []
    for (const place of signedOut) found.push(...await lookAt(stranger, place, look))
    for (const place of signedIn) found.push(...await lookAt(owner, place, look))
    await Promise.all([stranger.context().close(), owner.context().close()])
    expect(found).toEqual([])
    expect(faults).toEqual([])
    expect(chromium.strangers).toEqual([])
  })
}

test('320 px: nothing is wider than the window, with the longest names there are', async () => {
  const page = await open({ width: 320, scheme: 'light' }, true)
  for (const place of signedIn) {
    await goTo(page, await place.path())
    await page.getByText(place.shows).and(page.locator(':visible')).first().waitFor()
    expect(await tooWide(page), place.name).toBe(0)
  }
  await page.screenshot({ path: `${output}narrowest.png` })
  await page.context().close()
})
