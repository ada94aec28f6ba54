// What every answer says about itself (RELIABILITY L03, L17, L19, M14). A route may say it more strictly, the sealed view differently.
import { createMiddleware } from 'hono/factory'
import type { Config } from '../config.ts'
import type { HttpEnv } from './services.ts'

const appPolicy = [
  "default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src 'self' data:", "font-src 'self'", "connect-src 'self'",
  "frame-src 'self'",
  "manifest-src 'self'", "form-action 'self'", "base-uri 'none'", "frame-ancestors 'none'",
].join('; ')

/** The bookmarklet's window: with the header it would lose the page that opened it. What it answers goes to that page's exact origin, after a click. */
const smallWindowPath = '/popup'

/** Two years, as browsers' preload lists ask for. */
const hsts = 'max-age=63072000; includeSubDomains'

export const headers = (config: Pick<Config, 'url'>) => {
  const secure = config.url.protocol === 'https:'
  return createMiddleware<HttpEnv>(async (c, next) => {
    await next()
    const put = (name: string, value: string): void => {
      if (!c.res.headers.has(name)) c.res.headers.set(name, value)
    }
    put('content-security-policy', appPolicy)
    put('x-frame-options', 'DENY')
    put('x-content-type-options', 'nosniff')
    put('referrer-policy', 'no-referrer')
    put('cross-origin-resource-policy', 'same-origin')
    put('permissions-policy', 'camera=(), geolocation=(), microphone=()')
    // A sandboxed document of an opaque origin: the header would be for the page around it.
    if (!c.get('view') && c.req.path !== smallWindowPath) put('cross-origin-opener-policy', 'same-origin')
    // Everything but hashed assets and public pages says something about somebody.
    put('cache-control', 'no-store')
    if (secure) put('strict-transport-security', hsts)
  })
}
