// A real Chromium that talks to nobody but the program: whatever else it asks for ends at a proxy that writes it down.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { chromium, type Browser } from 'playwright-core'
import { findChromium } from './tools.ts'

export type TestBrowser = AsyncDisposable & {
  readonly browser: Browser
  /** Hosts that were asked for outside of this machine. */ readonly strangers: readonly string[]
}

// What the browser asks for by itself, whatever page it shows: updates, autofill, its account.
const ofChromium = /^(https?:\/\/)?[a-z0-9.-]*\.(googleapis\.com|google\.com|gvt1\.com|gstatic\.com)[:/]/

export async function openBrowser(): Promise<TestBrowser> {
  const strangers: string[] = []
  const note = (url = '') => {
    if (!ofChromium.test(url)) strangers.push(url)
  }
  const proxy = createServer((request, response) => {
    note(request.url)
    response.writeHead(502).end()
  })
  proxy.on('connect', (request, socket) => {
    note(request.url)
    socket.end('HTTP/1.1 502 no\r\n\r\n')
  })
  await new Promise<void>((resolve) => {
    proxy.listen(0, '127.0.0.1', resolve)
  })
  const executablePath = findChromium()
  const browser = await chromium.launch({
    ...(executablePath && { executablePath }),
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--no-first-run',
      `--proxy-server=127.0.0.1:${(proxy.address() as AddressInfo).port}`,
      '--proxy-bypass-list=localhost;127.0.0.1',
    ],
  })
  return {
    browser,
    strangers,
    async [Symbol.asyncDispose]() {
      await browser.close()
      proxy.closeAllConnections()
      await new Promise((resolve) => {
        proxy.close(resolve)
      })
    },
  }
}
