// Sign-up forms of somebody else, of the kinds that the bookmark meets; each at <name>.localhost, so with an origin of its own.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

export type ShopPages = AsyncDisposable & { readonly at: (host: string, path: string) => string }

type Shown = { readonly html: string; readonly headers?: Readonly<Record<string, string>>; readonly type?: string }

const page = (body: string): string => `<!doctype html><meta charset="utf-8"><title>Sign up</title><body>${body}</body>`

// What React does: it puts a property of its own on the element and looks whether the value is another than it knew, when `input` comes.
const controlled = `
  const field = document.querySelector('input'), said = document.querySelector('output')
  const own = Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value')
  let known = ''
  Object.defineProperty(field, 'value', { configurable: true, get() { return own.get.call(this) }, set(text) { known = text; own.set.call(this, text) } })
  let state = ''
  field.addEventListener('input', () => {
    if (own.get.call(field) === known) return
    state = known = own.get.call(field)
    said.textContent = state
  })
  field.addEventListener('blur', () => { field.value = state })`

const pages = (at: ShopPages['at']): Readonly<Record<string, Shown>> => ({
  '/plain': { html: page('<form><input name="name"><input name="mail" type="email"><button>Join</button></form>') },
  '/controlled': { html: page(`<form><label>E-mail <input id="f"></label><output></output></form><script>${controlled}</script>`) },
  '/several': {
    html: page(`<form><input type="email" name="friend" id="friend"></form>
      <form><input type="email" name="newsletter" hidden><input name="email" id="own" autocomplete="section-a email">
      <input name="email_confirm" id="again"></form>`),
  },
  '/strict': {
    html: page('<script src="/mirror.js"></script><form><input type="email"><output></output></form>'),
    headers: {
      'content-security-policy': "default-src 'none'; script-src 'self'; require-trusted-types-for 'script'; trusted-types 'none'; frame-ancestors 'none'",
    },
  },
  '/mirror.js': {
    html: 'addEventListener("input", (event) => { document.querySelector("output").textContent = event.target.value })', type: 'text/javascript',
  },
  '/cut-off': { html: page('<form><input type="email"></form>'), headers: { 'cross-origin-opener-policy': 'same-origin' } },
  '/framed': { html: page(`<iframe src="${at('other', '/plain')}" width="400" height="200"></iframe>`) },
  '/framed-own': { html: page('<iframe src="/plain" width="400" height="200"></iframe>') },
  '/no-form': { html: page('<p>Nothing to fill</p>') },
  '/double': { html: page(`<button onclick="window.open(this.dataset.to + '#' + encodeURIComponent(location.origin))">Play</button>`) },
})

export async function openShopPages(): Promise<ShopPages> {
  let at: ShopPages['at'] = () => ''
  const server = createServer((request, response) => {
    const shown = pages(at)[request.url ?? '']
    if (!shown) return void response.writeHead(404).end()
    response.writeHead(200, { 'content-type': shown.type ?? 'text/html; charset=utf-8', ...shown.headers }).end(shown.html)
  })
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  const { port } = server.address() as AddressInfo
  at = (host, path) => `http://${host}.localhost:${port}${path}`
  return {
    at,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => {
        server.close(resolve)
      })
    },
  }
}
