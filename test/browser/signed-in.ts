// A browser that is signed in to a host whose account is a year old.
import { fileURLToPath } from 'node:url'
import type { BrowserContextOptions, Page } from 'playwright-core'
import type { Database } from '../../src/store/database.ts'
import type { TestBrowser } from '../support/browser.ts'
import { noDns } from '../support/program.ts'
import { startWeb, type TestWeb } from '../support/web-host.ts'
import { watchFaults } from './page-checks.ts'
import { fillShowroom } from './showroom.ts'

export type Showroom = {
  readonly web: TestWeb
  /** Ids of the aliases by site. */
  readonly ids: ReadonlyMap<string, string>
  readonly open: (chromium: TestBrowser, options?: BrowserContextOptions & { readonly signedOut?: boolean }) => Promise<Page>
  /** What any page complained about. */
  readonly faults: string[]
}

export async function openShowroom(db: Database): Promise<Showroom> {
  const web = await startWeb(db, {
    env: { BURNBOX_DNS: noDns, BURNBOX_SUBMISSION: '127.0.0.1:587,127.0.0.1:465' },
    webFolder: fileURLToPath(new URL('../../dist/web/', import.meta.url)),
  })
  const person = await web.person('home', { role: 'operator' })
  await web.person('neighbour-with-a-rather-long-name-before-the-at')
  const ids = await fillShowroom({ db, correspondents: web.host.correspondents, domain: web.host.domain }, person.id)
  const cookies = (await web.signIn(person)).split('; ').map((cookie) => {
    const at = cookie.indexOf('=')
    return { name: cookie.slice(0, at), value: cookie.slice(at + 1), url: web.origin }
  })
  const faults: string[] = []
  return {
    web, ids, faults,
    open: async (chromium, { signedOut = false, ...options } = {}) => {
      const context = await chromium.browser.newContext({ viewport: { width: 1280, height: 900 }, ...options })
      if (!signedOut) await context.addCookies(cookies)
      return watchFaults(await context.newPage(), web.origin, faults)
    },
  }
}
