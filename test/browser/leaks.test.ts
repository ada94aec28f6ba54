// Who passed an address on, as its owner sees it: the address page, Leaks, the report on screen and on paper, and the page behind the burn button.
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect } from 'vitest'
import { burnButton } from '../../src/flow/burn-link.ts'
import { parseMailbox } from '../../src/mail/address.ts'
import { authorOf } from '../../src/policy/stranger.ts'
import { openBrowser, type TestBrowser } from '../support/browser.ts'
import { createDatabase } from '../support/database.ts'
import { hasTool, testNeeding } from '../support/tools.ts'
import { axeViolations, output, tooWide } from './page-checks.ts'
import { openShowroom } from './signed-in.ts'

const test = testNeeding('chromium')
const { db } = await createDatabase()
const { web, ids, open, faults } = await openShowroom(db)
const { host } = web
const id = ids.get('shop.example')!

let chromium: TestBrowser

async function checkPage(page: Page, name: string) {
  await page.screenshot({ path: `${output}${name}.png`, fullPage: true })
  expect(await axeViolations(page)).toEqual([])
  for (const width of [768, 360, 1280]) {
    await page.setViewportSize({ width, height: 900 })
    expect(await tooWide(page), `${width} px`).toBeLessThanOrEqual(0)
  }
}

beforeAll(async () => {
  if (hasTool('chromium')) chromium = await openBrowser()
})
afterAll(async () => {
  await chromium?.[Symbol.asyncDispose]()
})

/** As DATA notes it, on two days. */
beforeAll(async () => {
  const alias = await db.selectFrom('aliases').select(['id', 'uuid']).where('uuid', '=', id).executeTakeFirstOrThrow()
  await db.updateTable('aliases').set({ created_at: new Date('2026-05-03T09:12:00Z') }).where('id', '=', alias.id).execute()
  await db.deleteFrom('senders').where('alias_id', '=', alias.id).execute()
  await db.updateTable('account_settings').set({ evidence_days: 3650 }).execute()
  const meet = async (from: string, stranger: boolean, at: string) => {
    const domain = from.split('@')[1]!
    const authentication = `burn.localhost; spf=pass smtp.mailfrom=${domain}; dkim=pass header.d=${domain} header.s=s1; dmarc=pass`
    host.senders.met({
      alias, author: authorOf(parseMailbox(from)!, true, authentication), stranger, at: new Date(at), evidence: () => ({
        receivedAt: at, clientIp: '203.0.113.27', helo: `mta7.${domain}`, reversePath: `bounce-20114@${domain}`, authentication, isCut: false,
        header: [
          `Received: from mta7.${domain} (203.0.113.27)`,
          `DKIM-Signature: v=1; a=rsa-sha256; d=${domain}; s=s1; h=from:to:subject; bh=47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=;`,
          ' b=AbCdEf012345', `From: Summer Deals <${from}>`, 'To: <shop-7kq2m@burn.localhost>', 'Subject: Only today',
          'List-Unsubscribe: <https://deals.example/u>', '',
        ].join('\r\n'),
      }),
    })
    await host.senders.flush()
  }
  await meet('orders@shop.example', false, '2026-05-03T10:00:00.000Z')
  await meet('offers@deals.example', true, '2026-07-09T07:41:12.000Z')
  await meet('win@casino.example', true, '2026-08-01T02:00:00.000Z')
})

test('from the address to the report: in words, with the header, and on paper', async () => {
  const page = await open(chromium)
  await page.goto(`${web.origin}/addresses/${id}`)
  await page.getByRole('heading', { name: 'Given to shop.example' }).waitFor()
  await page.getByText('offers@deals.example').waitFor()
  await checkPage(page, 'leaks-address')
  await page.getByRole('link', { name: 'Leak report' }).click()
  const sentence = 'The address you gave only to shop.example on 3 May 2026 was used on 9 July 2026 by deals.example, signed by deals.example.'
  await page.getByText(sentence).waitFor()
  expect(await page.locator('pre.raw').textContent()).toContain('bh=47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=')
  await page.getByText('203.0.113.27, which said it is mta7.deals.example').waitFor()
  await checkPage(page, 'leaks-report')
  await page.emulateMedia({ media: 'print' })
  expect(await page.locator('.top').isVisible()).toBe(false)
  expect(await page.getByRole('button', { name: 'Print' }).isVisible()).toBe(false)
  const pdf = await page.pdf({ format: 'A4' })
  expect(pdf.subarray(0, 5).toString()).toBe('%PDF-')
  await page.screenshot({ path: `${output}leaks-report-print.png`, fullPage: true })
  expect(faults).toEqual([])
  await page.context().close()
})

test('the report of an address that mail made says how it came to be, and no day on which it was given', async () => {
  const uuid = ids.get('choir.example')!
  const { id: aliasId } = await db.updateTable('aliases').set({
    origin: 'made-up', origin_from: 'choir.example', origin_host: 'mx7.choir.example', origin_ip: '203.0.113.7', site: null,
  }).where('uuid', '=', uuid).returning('id').executeTakeFirstOrThrow()
  const first = { kind: 'domain', name: 'choir.example', origin: 'first', created_at: new Date() }
  await db.insertInto('expected_senders').values({ alias_id: aliasId, ...first }).execute()
  const page = await open(chromium)
  await page.goto(`${web.origin}/leaks/${uuid}`)
  await page.getByText('The address you gave only to choir.example was used by nobody else.').waitFor()
  await page.getByText('choir.example, which wrote first').waitFor()
  await page.getByText('not known: the first message to it made it').waitFor()
  await page.getByText('from choir.example, by mx7.choir.example (203.0.113.7)').waitFor()
  expect(faults).toEqual([])
  await page.context().close()
})

test('the list of addresses has the flag, Leaks counts companies; one click says that it is the company too', async () => {
  const page = await open(chromium)
  await page.goto(`${web.origin}/addresses?q=shop-7kq2m`)
  await page.locator('.row').getByText('2 strangers').waitFor()
  await page.goto(`${web.origin}/leaks`)
  const line = page.getByRole('row', { name: /shop\.example/ })
  await line.waitFor()
  expect(await line.innerText()).toMatch(/shop\.example\s+2\s+1/)
  await checkPage(page, 'leaks-list')
  await page.goto(`${web.origin}/addresses/${id}`)
  await page.locator('.str', { hasText: 'offers@deals.example' }).getByRole('button', { name: 'This is the company too' }).click()
  await page.getByText('deals.example is expected.').waitFor()
  await expect.poll(() => page.locator('.str').count()).toBe(1)
  expect(faults).toEqual([])
  await page.context().close()
})

test('K18 the page behind the burn button burns when its button is pressed, without a sign-in, and undoes it', async () => {
  const alias = await db.selectFrom('aliases').select(['id']).where('uuid', '=', id).executeTakeFirstOrThrow()
  const stateOf = async () => (await db.selectFrom('aliases').select('state').where('id', '=', alias.id).executeTakeFirstOrThrow()).state
  const link = burnButton(host, { id: 7n, aliasId: alias.id, createdAt: new Date() }, 'shop.example').url('https://shop.example/unsubscribe')
  const page = await open(chromium, { signedOut: true })
  await page.goto(web.origin + new URL(link).pathname + new URL(link).search)
  await page.getByRole('heading', { name: /^Burn shop-7kq2m@/ }).waitFor()
  const out = page.getByRole('link', { name: 'shop.example' })
  expect([await out.getAttribute('href'), await out.getAttribute('rel')]).toEqual(['https://shop.example/unsubscribe', 'noopener noreferrer'])
  await checkPage(page, 'leaks-burn')
  expect(await stateOf()).toBe('active')
  await page.getByRole('button', { name: 'Burn this address' }).click()
  await page.getByRole('heading', { name: /is burned/ }).waitFor()
  expect(await stateOf()).toBe('burned')
  await page.getByRole('button', { name: 'Undo: make it active again' }).click()
  await page.getByText('This button was pressed before.').waitFor()
  expect(await stateOf()).toBe('active')
  expect(faults).toEqual([])
  await page.context().close()
})
