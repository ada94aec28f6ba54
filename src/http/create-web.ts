// Everything that speaks HTTP, in one app: headers, API, sign-in, health, the web UI.
import { getConnInfo } from '@hono/node-server/conninfo'
import { Hono } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { getPath } from 'hono/utils/url'
import { fileURLToPath } from 'node:url'
import type { Host } from '../flow/host.ts'
import { notFound, Problem } from '../flow/problem.ts'
import { inNetworks } from '../networks.ts'
import { createApi } from './api.ts'
import type { Auth } from './auth.ts'
import { clientAddressOf, withClientAddress } from './client-address.ts'
import { answerDialectError } from './dialects/answer-error.ts'
import { dialectPath, isDialectPath } from './dialects/dialect.ts'
import { dialectRoutes, openToAll } from './dialects/dialects.ts'
import { docRoutes } from './docs.ts'
import { pageRoutes } from './dialects/simplelogin/pages.ts'
import { headers } from './headers.ts'
import { healthRoutes } from './health.ts'
import { oneClickRoutes } from './one-click.ts'
import { fromElsewhere, isCrossSite, originsOf } from './origins.ts'
import { answerError } from './problem.ts'
import { createReader, type Reader } from './reader/reader.ts'
import type { HttpEnv } from './services.ts'
import { staticFiles } from './static.ts'

/** No call takes more than a note of 10,000 characters. */
const mostBodyBytes = 64 * 1024
const webFolder = fileURLToPath(new URL('../../dist/web', import.meta.url))

export type Web = AsyncDisposable & { readonly app: Hono<HttpEnv> }

type Parts = { readonly host: Host; readonly auth: Auth; readonly reader?: Reader; readonly webFolder?: string }

export const createWeb = (parts: Parts): Web => {
  const { host, auth, reader = createReader() } = parts
  const services = { host, auth, reader }
  const isTrusted = inNetworks(host.config.trustedProxies)
  const origins = originsOf(host.config)
  const app = new Hono<HttpEnv>({ getPath: (request) => dialectPath(getPath(request)) })
  const [answer, answerDialect] = [answerError(host.log), answerDialectError(host.log)]

  app.onError((error, c) => isDialectPath(c.req.path) ? answerDialect(error, c) : answer(error, c))
  app.notFound(() => {
    throw notFound('page')
  })
  app.use(headers(host.config))
  app.use('/api/*', openToAll)
  app.use(async (c, next) => {
    c.set('clientAddress', clientAddressOf(peerOf(c), c.req.header('x-forwarded-for') ?? null, isTrusted))
    await next()
  })
  const limited = bodyLimit({
    maxSize: mostBodyBytes,
    onError: () => {
      throw new Problem('too-large', `A body may have ${mostBodyBytes} bytes.`)
    },
  })
  // A file that is imported is counted while it is written, by imports.ts.
  app.use((c, next) => c.req.method === 'POST' && c.req.path === '/v1/imports' ? next() : limited(c, next))

  app.all('/auth/*', async (c) => {
    if (!['GET', 'HEAD'].includes(c.req.method) && isCrossSite(c.req.raw.headers, origins)) throw fromElsewhere()
    return auth.handle(new Request(c.req.raw, { headers: withClientAddress(c.req.raw.headers, c.var.clientAddress) }))
  })
  const api = createApi(services)
  app.route('/', api)
  app.route('/v1', docRoutes(api, host.config.url.origin))
  app.route('/', healthRoutes(services))
  app.route('/', oneClickRoutes(host))
  app.route('/api', dialectRoutes(services))
  app.route('/', pageRoutes())
  app.all('/v1/*', () => {
    throw notFound('call')
  })
  app.get('*', staticFiles(parts.webFolder ?? webFolder))

  return { app, [Symbol.asyncDispose]: () => reader[Symbol.asyncDispose]() }
}

/** Without a socket (tests that call the app directly) there is no peer, and nobody is trusted. */
const peerOf = (c: Parameters<typeof getConnInfo>[0]): string | undefined => {
  const bound = c.env as { readonly incoming?: unknown } | undefined
  return bound?.incoming === undefined ? undefined : getConnInfo(c).remote.address
}
