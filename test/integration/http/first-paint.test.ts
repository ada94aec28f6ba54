// What the page says of itself before any script: the theme that was chosen, and whether sign-in is to be shown.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { createDatabase } from '../../support/database.ts'
import { startWeb } from '../../support/web-host.ts'

const folder = mkdtempSync(path.join(tmpdir(), 'burnbox-web-'))
writeFileSync(path.join(folder, 'index.html'), `<!doctype html>\n<html lang="en"><body>${'words '.repeat(300)}</body></html>`)
afterAll(() => rmSync(folder, { recursive: true }))

const { db } = await createDatabase()
const web = await startWeb(db, { webFolder: folder })
const head = async (at: string, cookie = ''): Promise<string> => {
  const { text, headers } = await web.call('GET', at, { headers: { cookie } })
  expect(headers.get('vary')).toBe('accept-encoding, cookie')
  return /<html[^>]*>/.exec(text)![0]
}

test('who is signed out reads sign-in at once; who has a session or comes by a link waits for the page', async () => {
  expect(await head('/')).toBe('<html lang="en">')
  expect(await head('/addresses', 'other=1; burnbox.session_token=x')).toBe('<html data-wait="" lang="en">')
  expect(await head('/', '__Host-burnbox.session_token=x')).toBe('<html data-wait="" lang="en">')
  for (const link of ['/setup', '/verify', '/reset', '/forgot', '/sign-up']) expect(await head(link)).toContain('data-wait')
})

test('the theme is one of two words, whatever the cookie says', async () => {
  expect(await head('/', 'burnbox.theme=dark')).toBe('<html data-theme="dark" lang="en">')
  expect(await head('/', 'burnbox.theme=light; burnbox.session_token=x')).toBe('<html data-theme="light" data-wait="" lang="en">')
  for (const hostile of ['burnbox.theme="><script>', 'burnbox.theme=darkest', 'xburnbox.theme=dark', 'burnbox.theme='])
    expect(await head('/', hostile)).toBe('<html lang="en">')
})
