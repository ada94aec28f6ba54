// /v1/host: for the operator alone. Counts and sizes; no names of addresses, no senders, no content, and no way into an account of somebody else.
import { createRoute, z } from '@hono/zod-openapi'
import { readFileSync } from 'node:fs'
import { statfs } from 'node:fs/promises'
import { notFound } from '../flow/problem.ts'
import { retryNow } from '../store/deliveries.ts'
import { hostAccounts } from '../store/host-accounts.ts'
import { hostQueue, hostSizes } from '../store/host-queue.ts'
import { setSignUp, signUpOf } from '../store/sign-up.ts'
import { guardOperator } from './guard.ts'
import { body, createRouter, decodeCursor, encodeCursor, IdParam, json, otherwise, page, PageQuery, Time } from './shapes.ts'
import type { Services } from './services.ts'

const Count = z.number().int()
const Bytes = z.number().openapi({ description: 'Bytes' })
const SignUp = z.enum(['invitation', 'open'])
const HostShape = z.object({
  version: z.string(), domain: z.string(), url: z.string(), up_since: Time, sign_up: SignUp, accounts: Count,
  queue: z.object({ queued: Count, awaiting_reply: Count, oldest_at: Time.nullable() }),
  disk: z.object({ total: Bytes, free: Bytes }).nullable().openapi({ description: 'Of the data folder; null: it cannot be asked' }),
  mail_bytes: Bytes.openapi({ description: 'Messages that are queued or held' }), database_bytes: Bytes,
}).openapi('Host')
const QueueLine = z.object({
  id: z.string(), kind: z.enum(['forward', 'reply', 'own']), domain: z.string().nullable().openapi({ description: 'Where it goes' }),
  created_at: Time, next_try_at: Time, expires_at: Time, attempts: Count, state: z.enum(['queued', 'sent']),
  last_reply: z.string().nullable().openapi({ description: 'What the other server answered, without addresses' }),
}).openapi('QueueLine')

const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as { version: string }

export const hostRoutes = (services: Services) => {
  const { host } = services
  const [read, manage] = [guardOperator(services, 'read'), guardOperator(services, 'manage')]
  const tags = ['Host']
  const upSince = new Date(host.clock.now().getTime() - process.uptime() * 1_000)

  const hostJson = async (): Promise<z.input<typeof HostShape>> => {
    const [sizes, accounts, signUp, disk] = await Promise.all([
      hostSizes(host.db), hostAccounts(host.db, host.clock.now()), signUpOf(host.db), statfs(host.config.data).catch(() => undefined),
    ])
    return {
      version, domain: host.domain, url: host.config.url.href, up_since: upSince.toISOString(), sign_up: signUp, accounts: accounts.length,
      queue: { queued: sizes.queued, awaiting_reply: sizes.awaiting, oldest_at: sizes.oldestAt?.toISOString() ?? null },
      disk: disk ? { total: disk.blocks * disk.bsize, free: disk.bavail * disk.bsize } : null,
      mail_bytes: sizes.mailBytes, database_bytes: sizes.databaseBytes,
    }
  }

  return createRouter()
    .openapi(createRoute({
      method: 'get', path: '/', tags, summary: 'Version, queue, disk', middleware: read,
      responses: { 200: json(HostShape, 'The host'), default: otherwise },
    }), async (c) => c.json(await hostJson(), 200))
    .openapi(createRoute({
      method: 'patch', path: '/', tags, summary: 'Change settings of the host', middleware: manage,
      request: { body: body(z.object({ sign_up: SignUp.optional() })) }, responses: { 200: json(HostShape, 'The host'), default: otherwise },
    }), async (c) => {
      const { sign_up: signUp } = c.req.valid('json')
      if (signUp !== undefined) await setSignUp(host.db, signUp)
      return c.json(await hostJson(), 200)
    })
    .openapi(createRoute({
      method: 'get', path: '/queue', tags, summary: 'The delivery queue, oldest first', middleware: read,
      request: { query: PageQuery }, responses: { 200: json(page(QueueLine), 'Deliveries'), default: otherwise },
    }), async (c) => {
      const { limit, cursor } = c.req.valid('query')
      const offset = decodeCursor(z.number().int().min(0).max(1_000_000), cursor) ?? 0
      const lines = await hostQueue(host.db, { limit: limit + 1, offset })
      return c.json({
        items: lines.slice(0, limit).map((line) => ({
          id: line.id, kind: line.kind, domain: line.domain, created_at: line.createdAt.toISOString(), next_try_at: line.nextTryAt.toISOString(),
          expires_at: line.expiresAt.toISOString(), attempts: line.attempts, state: line.state, last_reply: line.lastReply,
        })),
        next: lines.length > limit ? encodeCursor(offset + limit) : null,
      }, 200)
    })
    .openapi(createRoute({
      method: 'post', path: '/queue/retry', tags, summary: 'Try all of it now', middleware: manage,
      responses: { 200: json(z.object({ retried: Count }), 'How many were not under way already'), default: otherwise },
    }), async (c) => {
      const retried = await retryNow(host.db, host.clock.now(), 'all')
      host.wakeWorker()
      return c.json({ retried }, 200)
    })
    .openapi(createRoute({
      method: 'post', path: '/queue/{id}/retry', tags, summary: 'Try one now', middleware: manage,
      request: { params: IdParam }, responses: { 200: json(z.object({ retried: Count }), '0: it is under way already'), default: otherwise },
    }), async (c) => {
      const { id } = c.req.valid('param')
      if (!/^\d{1,18}$|^[1-8]\d{18}$/.test(id)) throw notFound('delivery')
      const retried = await retryNow(host.db, host.clock.now(), [id])
      host.wakeWorker()
      return c.json({ retried }, 200)
    })
}
