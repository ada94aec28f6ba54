// /healthz (this process), /readyz (the database too), /metrics (Prometheus).
import { access, constants } from 'node:fs/promises'
import { Hono } from 'hono'
import { collectDefaultMetrics, Gauge, register } from 'prom-client'
import { Problem } from '../flow/problem.ts'
import { isLoopback } from '../networks.ts'
import { accountById } from '../store/accounts.ts'
import { checkWritable, NotWritable } from '../store/database.ts'
import { hostGauges } from '../store/stats.ts'
import { callerOf } from './guard.ts'
import type { HttpEnv, Services } from './services.ts'

export const healthRoutes = (services: Services) => {
  const { host } = services
  const app = new Hono<HttpEnv>()
  // Memory, files, and how long the event loop was held up since the last look (RELIABILITY J10). One register for the whole process.
  if (!register.getSingleMetric('nodejs_eventloop_lag_seconds')) collectDefaultMetrics()

  app.get('/healthz', (c) => c.json({ status: 'ok' }))

  app.get('/readyz', async (c) => {
    try {
      await checkWritable(host.db)
    } catch (error) {
      if (error instanceof NotWritable) throw new Problem('unavailable', 'The database is read-only.')
      host.log.warn({ err: error }, 'not ready: the database does not answer')
      throw new Problem('unavailable', 'The database does not answer.')
    }
    const disk = await access(host.config.data, constants.W_OK).catch((error: NodeJS.ErrnoException) => error.code)
    if (disk === 'EROFS' || disk === 'EIO') throw new Problem('unavailable', 'The data folder cannot be written to.')
    return c.json({ status: 'ok' })
  })

  app.get('/metrics', async (c) => {
    await allowMetrics(services, c.req.raw.headers, c.var.clientAddress)
    const { queued, sent, held } = await hostGauges(host.db)
    gauge('burnbox_queue_deliveries', 'Deliveries that wait for their next try').set(queued)
    gauge('burnbox_queue_awaiting_reply', 'Deliveries whose final dot is out and whose reply is awaited').set(sent)
    gauge('burnbox_held_messages', 'Messages in holding').set(held)
    return c.body(await register.metrics(), 200, { 'content-type': register.contentType })
  })
  return app
}

/** The operator's token from anywhere; without one only this machine itself, and nothing that a proxy passed on. */
const allowMetrics = async (services: Services, headers: Headers, clientAddress: string): Promise<void> => {
  if (headers.get('authorization') === null) {
    const forwarded = [...headers.keys()].some((name) => name === 'forwarded' || name.startsWith('x-forwarded-'))
    if (!forwarded && isLoopback(clientAddress)) return
    throw new Problem('unauthorized', 'Send an API token of the operator.')
  }
  const caller = await callerOf(services, headers)
  if (!caller) throw new Problem('unauthorized', 'Send an API token of the operator.')
  const account = await accountById(services.host.db, caller.accountId)
  if (account?.role !== 'operator' || !caller.scopes.includes('read')) throw new Problem('forbidden', 'Metrics are for the operator.')
}

const gauge = (name: string, help: string): Gauge =>
  (register.getSingleMetric(name) as Gauge | undefined) ?? new Gauge({ name, help })
