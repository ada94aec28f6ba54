// The web UI: dist/web, read once at start and kept with its compressed forms. No path of a request ever reaches the file system.
import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'
import type { Handler } from 'hono'
import { notFound } from '../flow/problem.ts'
import type { HttpEnv } from './services.ts'

type Encoding = 'br' | 'gzip'
type Asset = {
  readonly type: string
  readonly plain: Uint8Array<ArrayBuffer>
  readonly packed: ReadonlyMap<Encoding, Uint8Array<ArrayBuffer>>
  readonly immutable: boolean
}

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8', '.js': 'text/javascript; charset=utf-8', '.css': 'text/css; charset=utf-8', '.svg': 'image/svg+xml',
  '.json': 'application/json', '.webmanifest': 'application/manifest+json', '.png': 'image/png', '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.txt': 'text/plain; charset=utf-8', '.map': 'application/json',
}
const packable = /\.(html|js|css|svg|json|webmanifest|txt|map)$/
/** Vite puts files with a hash in their name there. */
const hashed = /^\/assets\//
/** Paths of the app; those that belong to programs are not: an unknown one is 404. */
const page = /^\/(?!(?:v1|auth|api|healthz|readyz|metrics|assets)(?:\/|$))[\w/-]*$/i
const leastPacked = 1_024

const load = (folder: string): ReadonlyMap<string, Asset> => {
  const assets = new Map<string, Asset>()
  let files: string[]
  try {
    files = readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile()).map((entry) => path.join(entry.parentPath, entry.name))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return assets
    throw error
  }
  for (const file of files) {
    const name = `/${path.relative(folder, file).split(path.sep).join('/')}`
    assets.set(name, assetOf(name, readFileSync(file)))
  }
  return assets
}

const assetOf = (name: string, bytes: Uint8Array): Asset => {
  const plain = new Uint8Array(bytes)
  const packed = new Map<Encoding, Uint8Array<ArrayBuffer>>()
  if (packable.test(name) && plain.length >= leastPacked) {
    packed.set('br', new Uint8Array(brotliCompressSync(plain, { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } })))
    packed.set('gzip', new Uint8Array(gzipSync(plain)))
  }
  return { type: types[path.extname(name)] ?? 'application/octet-stream', plain, packed, immutable: hashed.test(name) }
}

/** Two things that a page must know before it is first painted, without a script that would have to be fetched before: the theme that was
 *  chosen, and that sign-in need not be shown (who has a session, or comes by a link, sees another page). Said by attributes of <html>. */
const looks = ['', ' data-theme="light"', ' data-theme="dark"'].flatMap((theme) => ['', ' data-wait=""'].map((wait) => theme + wait))
const themeCookie = /(?:^|;\s*)burnbox\.theme=(light|dark)(?:;|$)/
const sessionCookie = /(?:^|;\s*)(?:__Host-)?burnbox\.session_token=/
const notSignIn = /^\/(?:setup|verify|reset|forgot|sign-up|(?:burn|waiting)\/\w+)$/

const lookOf = (path: string, cookies: string): string => {
  const theme = themeCookie.exec(cookies)?.[1]
  return (theme === undefined ? '' : ` data-theme="${theme}"`) + (notSignIn.test(path) || sessionCookie.test(cookies) ? ' data-wait=""' : '')
}

const inEachLook = (index: Asset): ReadonlyMap<string, Asset> =>
  new Map(looks.map((look) => [look, assetOf('/index.html', Buffer.from(Buffer.from(index.plain).toString().replace('<html', `<html${look}`)))]))

const respond = (asset: Asset, accepted: string): Response => {
  const encoding = (['br', 'gzip'] as const).find((one) => asset.packed.has(one) && new RegExp(`\\b${one}\\b`).test(accepted))
  return new Response(encoding ? asset.packed.get(encoding)! : asset.plain, {
    headers: {
      'content-type': asset.type, vary: asset.immutable ? 'accept-encoding' : 'accept-encoding, cookie', ...(encoding && { 'content-encoding': encoding }),
      'cache-control': asset.immutable ? 'public, max-age=31536000, immutable' : 'no-cache',
    },
  })
}

const split = (all: ReadonlyMap<string, Asset>) => {
  const assets = new Map(all)
  const index = assets.get('/index.html')
  assets.delete('/index.html')
  return { index, assets }
}

/** Assets by their exact name; every other page path is the app's, which knows its own routes. */
export const staticFiles = (folder: string): Handler<HttpEnv> => {
  const { index, assets } = split(load(folder))
  const pages = index && inEachLook(index)
  return (c) => {
    const asset = assets.get(c.req.path)
    if (asset) return respond(asset, c.req.header('accept-encoding') ?? '')
    if (!page.test(c.req.path)) throw notFound('page')
    const shown = pages?.get(lookOf(c.req.path, c.req.header('cookie') ?? ''))
    if (shown) return respond(shown, c.req.header('accept-encoding') ?? '')
    return c.text('The web UI is not built: run "npm start" in a checkout, or "npx vite build".\n', 503)
  }
}
