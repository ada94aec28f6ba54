// What every page owes, whatever it shows: no fault, nobody else asked, nothing wider than the window, no violation that axe finds.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import type { Page } from 'playwright-core'

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

export const output = fileURLToPath(new URL('../output/', import.meta.url))

export type Look = { readonly width: number; readonly scheme: 'light' | 'dark' }
export const looks: readonly Look[] = [360, 768, 1280].flatMap((width) => (['light', 'dark'] as const).map((scheme) => ({ width, scheme })))
export const windowOf = ({ width, scheme }: Look) => ({
  viewport: { width, height: width < 768 ? 780 : 900 },
  colorScheme: scheme,
  hasTouch: width < 768,
})

/** Whatever a page complains about is a fault of ours: a refused policy, an error, a request to somebody else. */
export function watchFaults(page: Page, origin: string, faults: string[]): Page {
  page.setDefaultTimeout(20_000)
  page.on('pageerror', (error) => {
    faults.push(`error: ${error.message}`)
  })
  page.on('console', (message) => {
    if (/Content Security Policy|Refused to/i.test(message.text())) faults.push(message.text())
  })
  page.on('request', (request) => {
    if (!request.url().startsWith(origin) && !/^(about|data|blob):/.test(request.url())) faults.push(`request: ${request.url()}`)
  })
  return page
}

/** As by a link of the page: the program is not loaded again. */
export async function goTo(page: Page, path: string) {
  await page.evaluate((to) => {
    const link = document.createElement('a')
    link.href = to
    document.body.append(link)
    link.click()
    link.remove()
  }, path)
}

type Violations = { readonly violations: readonly { readonly id: string; readonly nodes: readonly { readonly html: string }[] }[] }

export async function axeViolations(page: Page): Promise<readonly string[]> {
  await page.evaluate(axe)
  return page.evaluate(async () => {
    const { axe: here } = globalThis as unknown as { axe: { run(context: unknown, options: unknown): Promise<Violations> } }
    const { violations } = await here.run(document, { iframes: false })
    return violations.map((one) => `${one.id}: ${one.nodes.map((node) => node.html.slice(0, 120)).join(' | ')}`)
  })
}

export const tooWide = (page: Page): Promise<number> => page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
