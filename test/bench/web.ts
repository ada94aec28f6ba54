// `npm run bench -- --only web`: what Lighthouse says of the pages under its own simulated slow 4G (150 ms, 1.6 Mbit/s, CPU × 4), what the
// first screen weighs, how fast a burn is seen, how 100,000 addresses scroll, how long the bookmark takes. Printed, not asserted: a machine has moods.
import { readFileSync, readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import lighthouse from 'lighthouse'
import { chromium, type Page } from 'playwright-core'
import { findChromium } from '../support/tools.ts'
import { fillByBookmark } from './bookmark.ts'
import { startBurnbox } from './burnbox.ts'
import { freePort } from './free-port.ts'
import { addManyAliases } from './many-aliases.ts'
import type { Goal, Part } from './part.ts'
import { printTable } from './table.ts'

const email = 'me@inbox.example'
const debugPort = 9339
const categories = ['performance', 'accessibility', 'best-practices'] as const
const pages = [
  ['sign-in', '/', false],
  ['addresses', '/addresses', true],
  ['holding', '/holding', true],
] as const
const scrolls = 120

export async function webPages(): Promise<Part> {
  const port = await freePort()
  const url = `http://localhost:${port}`
  const burnbox = await startBurnbox({ BURNBOX_RELAY: 'smtp://127.0.0.1:1', BURNBOX_HTTP: `127.0.0.1:${port}`, BURNBOX_URL: url })
  try {
    const link = await burnbox.cli('account', 'add', email, '--operator')
    await addManyAliases(burnbox, email)
    const executablePath = findChromium()
    const browser = await chromium.launch({
      ...(executablePath && { executablePath }),
      args: ['--no-sandbox', '--disable-gpu', `--remote-debugging-port=${debugPort}`],
    })
    try {
      const context = await browser.newContext()
      const page = await context.newPage()
      await signInBy(page, link)
      const cookie = (await context.cookies()).map(({ name, value }) => `${name}=${value}`).join('; ')
      const goals = [...weigh(), ...await audit(url, cookie), ...await burnAndScroll(page, url), ...await fillByBookmark(context, url)]
      return { name: 'web', goals, data: goals.map(({ what, found }) => ({ what, found })) }
    } finally {
      await browser.close()
    }
  } finally {
    await burnbox.stop()
  }
}

async function signInBy(page: Page, link: string): Promise<void> {
  await page.goto(link)
  await page.getByLabel('Choose a password').fill('a password for the bench')
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByRole('heading', { level: 1, name: 'Addresses' }).waitFor()
}

function weigh(): readonly Goal[] {
  const folder = fileURLToPath(new URL('../../dist/web/assets/', import.meta.url))
  const html = readFileSync(new URL('../../dist/web/index.html', import.meta.url), 'utf8')
  const kilobytes = (names: readonly string[]) => names.reduce((sum, name) => sum + gzipSync(readFileSync(folder + name)).length, 0) / 1000
  const all = readdirSync(folder)
  const scripts = all.filter((name) => name.endsWith('.js'))
  const first = kilobytes(scripts.filter((name) => html.includes(name) || /^(?:first|start)-/.test(name)))
  const style = kilobytes(all.filter((name) => name.endsWith('.css')))
  console.log(`Script of all pages: ${kilobytes(scripts).toFixed(1)} kB, gzipped.\n`)
  return [
    { what: 'script of the first screen, gzipped', found: `${first.toFixed(1)} kB`, goal: '<= 60 kB', reached: first <= 60 },
    { what: 'style, gzipped', found: `${style.toFixed(1)} kB`, goal: '<= 15 kB', reached: style <= 15 },
  ]
}

async function audit(url: string, cookie: string): Promise<readonly Goal[]> {
  const goals: Goal[] = []
  const rows: string[][] = []
  // The first look of a browser pays for its own start.
  await lighthouse(url, { port: debugPort, logLevel: 'error', onlyCategories: ['performance'] })
  for (const [name, path, signedIn] of pages) {
    const result = await lighthouse(url + path, {
      port: debugPort, logLevel: 'error', output: 'json', onlyCategories: [...categories], formFactor: 'mobile',
      ...(signedIn && { extraHeaders: { cookie } }),
    })
    const report = result!.lhr
    const metric = (id: string) => `${((report.audits[id]?.numericValue ?? 0) / 1000).toFixed(2)} s`
    rows.push([
      name, ...categories.map((category) => String(Math.round((report.categories[category]?.score ?? 0) * 100))),
      metric('first-contentful-paint'), metric('largest-contentful-paint'), String(report.audits['cumulative-layout-shift']?.displayValue ?? ''),
    ])
    for (const category of categories) {
      const score = Math.round((report.categories[category]?.score ?? 0) * 100)
      goals.push({ what: `${name}: ${category}`, found: String(score), goal: '>= 95', reached: score >= 95 })
    }
    if (name === 'sign-in') {
      const paint = report.audits['largest-contentful-paint']?.numericValue ?? Infinity
      goals.push({ what: 'sign-in: largest contentful paint, slow 4G', found: `${(paint / 1000).toFixed(2)} s`, goal: '< 1 s', reached: paint < 1000 })
    }
    for (const one of Object.values(report.audits))
      if (one.score !== null && one.score < 0.9 && ['binary', 'numeric', 'metricSavings'].includes(one.scoreDisplayMode))
        console.log(`  ${name}: ${one.id} ${one.displayValue ?? ''}`)
  }
  printTable(['Lighthouse', ...categories, 'FCP', 'LCP', 'CLS'], rows)
  return goals
}

async function burnAndScroll(page: Page, url: string): Promise<readonly Goal[]> {
  await page.setViewportSize({ width: 1280, height: 900 })
  await page.goto(`${url}/addresses`)
  await page.locator('.row .btn-burn').first().waitFor()
  const burn = await page.evaluate(async () => {
    const row = document.querySelector('.row:has(.btn-burn)')!
    const from = performance.now()
    row.querySelector<HTMLElement>('.btn-burn')!.click()
    while (row.getAttribute('data-state') !== 'burned') await new Promise(requestAnimationFrame)
    await new Promise(requestAnimationFrame)
    return performance.now() - from
  })
  const frames = await page.evaluate(async (times) => {
    const late: number[] = []
    let before = performance.now()
    for (let n = 0; n < times; n++) {
      scrollBy(0, 600)
      await new Promise(requestAnimationFrame)
      const now = performance.now()
      late.push(now - before)
      before = now
    }
    return late.toSorted((a, b) => a - b)
  }, scrolls)
  const rows = await page.locator('.row').count()
  printTable(['scrolling through 100,000 addresses', 'measured'], [
    ['frame, median', `${frames[Math.floor(frames.length / 2)]!.toFixed(0)} ms`],
    ['frame, 95 %', `${frames[Math.floor(frames.length * 0.95)]!.toFixed(0)} ms`],
    ['rows in the document after it', String(rows)],
  ])
  return [{ what: 'a burn is seen after', found: `${burn.toFixed(0)} ms`, goal: '< 100 ms', reached: burn < 100 }]
}
