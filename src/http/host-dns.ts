// /v1/host/dns: what the operator publishes for the mail domain.
import { createRoute, z } from '@hono/zod-openapi'
import type { Checked } from '../flow/check-record.ts'
import { checkRecords, dnsRecords, type DnsRecord } from '../flow/dns-records.ts'
import { Problem } from '../flow/problem.ts'
import { accountById } from '../store/accounts.ts'
import { guard } from './guard.ts'
import type { Services } from './services.ts'
import { createRouter, json, otherwise } from './shapes.ts'

export const DnsRecordShape = z.object({
  name: z.string(), type: z.enum(['MX', 'TXT']), value: z.string().openapi({ description: 'As in a zone; TXT without quotes, however long' }), why: z.string(),
  published: z.boolean().nullable().optional().openapi({ description: 'With check: as the DNS says it now, or up to 5 minutes ago; null: it gave no answer' }),
  found: z.array(z.string()).optional().openapi({ description: 'With check: what is there of its kind' }),
}).openapi('DnsRecord')

export const hostDnsRoutes = (services: Services) => {
  const { host } = services
  return createRouter().openapi(createRoute({
    method: 'get', path: '/dns', tags: ['Host'], summary: 'The DNS records to publish for the mail domain; for the operator',
    middleware: guard(services, 'read'),
    request: { query: z.object({ check: z.enum(['true', 'false']).optional().openapi({ description: 'Look each of them up' }) }) },
    responses: { 200: json(z.object({ items: z.array(DnsRecordShape) }), 'All of them'), default: otherwise },
  }), async (c) => {
    const account = await accountById(host.db, c.var.caller.accountId)
    if (account?.role !== 'operator') throw new Problem('forbidden', 'This is for the operator.')
    const records = c.req.valid('query').check === 'true' ? await checkRecords(host, await dnsRecords(host)) : await dnsRecords(host)
    return c.json({ items: records.map(recordJson) }, 200)
  })
}

export const recordJson = (record: DnsRecord & Partial<Checked>) => {
  const { found, ...rest } = record
  return found ? { ...rest, found: [...found] } : rest
}
