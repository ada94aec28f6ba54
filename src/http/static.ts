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
    const plain = new Uint8Array(readFileSync(file))
    const packed = new Map<Encoding, Uint8Array<ArrayBuffer>>()
    if (packable.test(name) && plain.length >= leastPacked) {
      packed.set('br', new Uint8Array(brotliCompressSync(plain, { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } })))
      packed.set('gzip', new Uint8Array(gzipSync(plain)))
    }
    assets.set(name, { type: types[path.extname(name)] ?? 'application/octet-stream', plain, packed, immutable: hashed.test(name) })
  }
  return assets
}

const respond = (asset: Asset, accepted: string): Response => {
  const encoding = (['br', 'gzip'] as const).find((one) => asset.packed.has(one) && new RegExp(`\\b${one}\\b`).test(accepted))
  return new Response(encoding ? asset.packed.get(encoding)! : asset.plain, {
    headers: {
      'content-type': asset.type, vary: 'accept-encoding', ...(encoding && { 'content-encoding': encoding }),
      'cache-control': asset.immutable ? 'public, max-age=31536000, immutable' : 'no-cache',
    },
  })
}

/** Assets by their exact name; every other page path is the app's, which knows its own routes. */
export const staticFiles = (folder: string): Handler<HttpEnv> => {
  const assets = load(folder)
  return (c) => {
    const asset = assets.get(c.req.path === '/' ? '/index.html' : c.req.path)
    if (asset) return respond(asset, c.req.header('accept-encoding') ?? '')
    if (!page.test(c.req.path)) throw notFound('page')
    const index = assets.get('/index.html')
    if (index) return respond(index, c.req.header('accept-encoding') ?? '')
    return c.text('The web UI is not built: run "npm start" in a checkout, or "npx vite build".\n', 503)
  }
}
