// The reader in a real browser (RELIABILITY M01 to M06): hostile mail comes by SMTP, is held, is opened, and nothing happens.
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect } from 'vitest'
import { openBrowser, type TestBrowser } from '../support/browser.ts'
import { startProgram, type Program } from '../support/program.ts'
import { sendMessage } from '../support/send-message.ts'
import { hasTool, testNeeding } from '../support/tools.ts'
import { files, payloads, tenMegabytesOfStyle, type Payload } from './payloads.ts'

const test = testNeeding('chromium')

type Held = {
  readonly id: string
  readonly subject: string
  readonly attachments: readonly { readonly url: string; readonly name: string }[]
  readonly shown: boolean
}

let program: Program
let chromium: TestBrowser
let page: Page
/** An empty page, for taking documents apart. */
let bench: Page
let address: string
/** By payload: the held message that it became. */
const held = new Map<string, string>()
/** What a payload achieved. */
const hits: string[] = []
const requests: string[] = []

/** A kept connection that the server ends as it is used again is no answer. */
const again = { maxRetries: 2 }

const api = async <T>(path: string, data?: unknown): Promise<T> => {
  const answer = await (data === undefined
    ? page.request.get(program.url + path, again)
    : page.request.post(program.url + path, { data, headers: { origin: program.url } }))
  expect(answer.ok(), `${path}: ${answer.status()}`).toBe(true)
  return (await answer.json()) as T
}

async function hold({ name, message }: Payload) {
  expect(await sendMessage({ port: program.smtpPort, to: address, message }), name).toMatch(/^250 /)
  const { items } = await api<{ items: { id: string }[] }>('/v1/held?limit=1')
  held.set(name, items[0]!.id)
}

/** Opens it as its owner does, by a link of the list, and waits until the frame stands. */
async function read(name: string) {
  const id = held.get(name)!
  if (!page.url().startsWith(`${program.url}/holding`)) await page.goto(`${program.url}/holding`)
  await page.locator('.pane-l h1').waitFor()
  await page.evaluate((path) => {
    const link = document.createElement('a')
    link.href = path
    document.body.append(link)
    link.click()
    link.remove()
  }, `/holding/${id}`)
  await page.locator(`.frame iframe[src*="${id}"], .pane-r .alert .btn[href*="${id}"]`).first().waitFor()
  await page.waitForLoadState('load')
}

/** The sealed document, parsed without being shown: what is left of the message. */
async function sealed(name: string) {
  const answer = await page.request.get(`${program.url}/v1/held/${held.get(name)!}/view`, again)
  const text = await answer.text()
  const { 'content-security-policy': policy = '', 'content-type': type = '' } = answer.headers()
  const left = await bench.evaluate((html) => {
    const all = [...new DOMParser().parseFromString(html, 'text/html').querySelectorAll('*')]
    const attributes = all.flatMap((element) =>
      [...element.attributes].map((attribute) => ({ on: element.localName, name: attribute.name.toLowerCase(), value: attribute.value })),
    )
    return { names: all.map((element) => element.localName), attributes }
  }, text)
  return { policy, type, size: text.length, ...left }
}

beforeAll(async () => {
  if (!hasTool('chromium')) return
  program = await startProgram()
  chromium = await openBrowser()
  const context = await chromium.browser.newContext({ viewport: { width: 1280, height: 900 } })
  page = await context.newPage()
  bench = await context.newPage()
  await api('/v1/setup', { token: program.setup!.split('#')[1], email: 'home@family.example', password: 'correct horse battery' })
  const alias = await api<{ id: string; address: string }>('/v1/aliases', { site: 'hostile.example' })
  address = alias.address
  await api(`/v1/aliases/${alias.id}/burn`, {})
  for (const payload of payloads) await hold(payload)

  context.on('dialog', (dialog) => {
    hits.push(`dialog ${dialog.message()}`)
    void dialog.dismiss()
  })
  context.on('console', (message) => {
    if (/RAN /.test(message.text())) hits.push(message.text())
    if (/Content Security Policy/.test(message.text()) && !message.location().url.includes('/view')) hits.push(`policy: ${message.text()}`)
  })
  context.on('weberror', (error) => {
    hits.push(`error: ${error.error().message}`)
  })
  context.on('page', (opened) => {
    hits.push(`window: ${opened.url()}`)
  })
  context.on('request', (request) => {
    requests.push(request.url())
  })
})

afterAll(async () => {
  await chromium?.[Symbol.asyncDispose]()
  await program?.[Symbol.asyncDispose]()
})

const strange = () => requests.filter((url) => !url.startsWith(`${program.url}/`) && !/^(data:|about:)/.test(url))

test('M01 no payload opens a dialog, runs a script or asks for anything but our own pages', async () => {
  expect(payloads.length).toBeGreaterThanOrEqual(60)
  // The trap must be able to snap: in an ordinary page each kind of hit is seen.
  await page.goto(program.url)
  await page.evaluate(() => {
    console.log('RAN trap')
  })
  await expect.poll(() => hits).toEqual(['RAN trap'])
  hits.length = 0
  for (const { name } of payloads) {
    await read(name)
    expect(hits, name).toEqual([])
    expect(strange(), name).toEqual([])
  }
  await page.goto(`${program.url}/holding`)
  const lines = page.locator('.msg[data-id]')
  for (let shown = 0; shown < payloads.length; shown = await lines.count()) {
    if (shown > 0) await page.getByRole('button', { name: / older$/ }).click()
    await expect.poll(() => lines.count()).toBeGreaterThan(shown)
  }
  // What waits a moment before it acts has had its moment.
  await page.waitForLoadState('networkidle')
  expect(hits).toEqual([])
  expect(strange()).toEqual([])
  expect(chromium.strangers).toEqual([])
})

test('M02 the frame is sandboxed without scripts and origin, its document has a policy of its own', async () => {
  await read('script')
  const sandbox = (await page.locator('.frame iframe').getAttribute('sandbox'))!
  expect(sandbox.split(' ').filter((word) => !['allow-popups', 'allow-popups-to-escape-sandbox'].includes(word))).toEqual([])
  const { policy, type } = await sealed('script')
  expect(type).toBe('text/html; charset=utf-8')
  for (const rule of ["default-src 'none'", 'img-src data:', "form-action 'none'", "base-uri 'none'", "frame-ancestors 'self'"])
    expect(policy).toContain(rule)
  expect(policy).toMatch(/(^|; )sandbox( |;|$)/)
  expect(policy).not.toMatch(/allow-scripts|allow-same-origin|script-src/)
})

test('M03 nothing that could load is left of a message: not an image, a style, a font, a frame', async () => {
  const left: string[] = []
  for (const { name } of payloads) {
    const { attributes, names } = await sealed(name)
    const loads = attributes.filter(
      ({ on, name: attribute, value }) =>
        on !== 'a' &&
        /^(src|srcset|href|xlink:href|data|poster|background|action|formaction|ping|style|lowsrc|dynsrc|srcdoc)$/.test(attribute) &&
        /evil\.test|javascript:|\/v1\/|url\s*\(/i.test(value),
    )
    left.push(...loads.map(({ on, name: attribute, value }) => `${name}: <${on} ${attribute}=${value.slice(0, 60)}>`))
    left.push(
      ...names
        .filter((element) =>
          /^(script|iframe|object|embed|link|base|video|audio|source|svg|math|frame|frameset|applet|template|portal|amp-.*)$/.test(element),
        )
        .map((element) => `${name}: <${element}>`),
    )
  }
  expect(left).toEqual([])
})

test('M03 remote images come after a click, over https and no other thing with them', async () => {
  await read('img-remote')
  expect(strange()).toEqual([])
  await page.getByRole('button', { name: 'Load images' }).click()
  await expect.poll(strange).toEqual([expect.stringMatching(/^https:\/\/evil\.test\/img-remote/)])
  await page.getByText('Images are loaded from the sender’s servers').waitFor()
  requests.length = 0
  await read('a-ping')
  expect(strange()).toEqual([])
})

test('M04 no form, no field, no handler, no link that runs; links open elsewhere without a way back', async () => {
  const left: string[] = []
  for (const { name } of payloads) {
    const { attributes, names } = await sealed(name)
    left.push(
      ...names
        .filter((element) => /^(form|input|button|select|textarea|option|keygen|dialog)$/.test(element))
        .map((element) => `${name}: <${element}>`),
    )
    left.push(
      ...attributes
        .filter((one) => one.name.startsWith('on') || ['autofocus', 'ping', 'formaction', 'contenteditable'].includes(one.name))
        .map((one) => `${name}: ${one.on} ${one.name}`),
    )
    left.push(
      ...attributes
        .filter((one) => one.name === 'href' && !/^(https?:|mailto:|#)/i.test(one.value))
        .map((one) => `${name}: href=${one.value.slice(0, 60)}`),
    )
    left.push(...attributes.filter((one) => one.name === 'target' && one.value !== '_blank').map((one) => `${name}: target=${one.value}`))
  }
  expect(left).toEqual([])
  const link = (await sealed('a-ping')).attributes.filter((one) => one.on === 'a')
  expect(link.find((one) => one.name === 'rel')?.value).toMatch(/noopener.*noreferrer/)
})

test('M05 an overlay stays in its frame, and ten megabytes of style are not handed on', async () => {
  await read('css-overlay')
  const box = (await page.getByRole('button', { name: 'Release', exact: true }).boundingBox())!
  const hit = await page.evaluate(
    ([x, y]) => document.elementFromPoint(x!, y!)?.closest('button')?.textContent,
    [box.x + box.width / 2, box.y + box.height / 2],
  )
  expect(hit).toBe('Release')
  await hold(tenMegabytesOfStyle)
  await read(tenMegabytesOfStyle.name)
  expect((await sealed(tenMegabytesOfStyle.name)).size).toBeLessThan(2_000_000)
  expect(hits).toEqual([])
})

test('M06 attachments are downloads and nothing else, under names that are names', async () => {
  for (const { name } of files) {
    const message = await api<Held>(`/v1/held/${held.get(name)!}`)
    for (const { url, name: file } of message.attachments) {
      const answer = await page.request.get(program.url + url)
      const head = answer.headers()
      expect(answer.status(), name).toBe(200)
      expect(head['content-type'], name).toBe('application/octet-stream')
      expect(head['content-disposition'], name).toMatch(/^attachment; /)
      expect(head['x-content-type-options'], name).toBe('nosniff')
      expect(head['content-security-policy'], name).toMatch(/^sandbox; default-src 'none'/)
      expect(head['set-cookie'], name).toBeUndefined()
      expect(file, name).not.toMatch(/[/\\\r\n\0]/)
    }
  }
  await read('file-svg')
  const download = page.waitForEvent('download')
  await page.getByRole('link', { name: 'Save logo.svg' }).click()
  expect((await download).suggestedFilename()).toBe('logo.svg')
  expect(hits).toEqual([])
})
