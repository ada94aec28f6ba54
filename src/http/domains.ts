// /v1/domains: domains of one's own. Each has the records to publish, and is theirs when the proof among them is.
import { createRoute, z } from '@hono/zod-openapi'
import type { Checked } from '../flow/check-record.ts'
import { addDomain, proveDomain } from '../flow/add-domain.ts'
import { checkRecords, type DnsRecord } from '../flow/dns-records.ts'
import { ownDomainRecords } from '../flow/own-domain-records.ts'
import { notFound } from '../flow/problem.ts'
import { removeDomain } from '../flow/remove-domain.ts'
import { claimByUuid, claimsOf, type DomainClaim } from '../store/domain-claims.ts'
import { guard } from './guard.ts'
import { DnsRecordShape, recordJson } from './host-dns.ts'
import { body, createRouter, IdParam, json, otherwise, page, Time, uuidOf } from './shapes.ts'
import type { Services } from './services.ts'

const Brief = z.object({
  id: z.string(), name: z.string(), verified: z.boolean().openapi({ description: 'Addresses can be made of it, and mail to them is taken' }),
  verified_at: Time.nullable(), created_at: Time, aliases: z.number().int(),
}).openapi('Domain')
const Full = Brief.extend({
  records: z.array(DnsRecordShape).openapi({ description: 'To publish; the first proves that it is yours, the DKIM key comes once it is proved' }),
}).openapi('DomainWithRecords')

const brief = (claim: DomainClaim): z.input<typeof Brief> => ({
  id: claim.uuid, name: claim.name, verified: claim.provedAt !== null, verified_at: claim.provedAt?.toISOString() ?? null,
  created_at: claim.createdAt.toISOString(), aliases: claim.aliases,
})

export const domainRoutes = (services: Services) => {
  const { host } = services
  const [read, manage] = [guard(services, 'read'), guard(services, 'manage')]
  const tags = ['Domains']

  const full = async (claim: DomainClaim, check: boolean): Promise<z.input<typeof Full>> => {
    const records: readonly (DnsRecord & Partial<Checked>)[] = await ownDomainRecords(host, claim)
    return { ...brief(claim), records: (check ? await checkRecords(host, records) : records).map(recordJson) }
  }

  return createRouter()
    .openapi(createRoute({
      method: 'get', path: '/', tags, summary: 'Your own domains', middleware: read,
      responses: { 200: json(page(Brief), 'All of them, in one page'), default: otherwise },
    }), async (c) => c.json({ items: (await claimsOf(host.db, c.var.caller.accountId)).map(brief), next: null }, 200))
    .openapi(createRoute({
      method: 'post', path: '/', tags, summary: 'Add one; then publish its records', middleware: manage,
      request: { body: body(z.object({ name: z.string().max(253) })) },
      responses: { 201: json(Full, 'The domain, not verified yet'), default: otherwise },
    }), async (c) => {
      const claim = await addDomain(host, { accountId: c.var.caller.accountId, name: c.req.valid('json').name })
      return c.json(await full(claim, false), 201)
    })
    .openapi(createRoute({
      method: 'get', path: '/{id}', tags, summary: 'One with its records', middleware: read,
      request: {
        params: IdParam, query: z.object({ check: z.enum(['true', 'false']).optional().openapi({ description: 'Look each record up' }) }),
      },
      responses: { 200: json(Full, 'The domain'), default: otherwise },
    }), async (c) => {
      const claim = await claimByUuid(host.db, c.var.caller.accountId, domainId(c.req.valid('param').id))
      if (!claim) throw notFound('domain')
      return c.json(await full(claim, c.req.valid('query').check === 'true'), 200)
    })
    .openapi(createRoute({
      method: 'post', path: '/{id}/verify', tags, summary: 'Look for the proof', middleware: manage,
      description: '409 not-published while the DNS does not have it, or does not show it yet',
      request: { params: IdParam }, responses: { 200: json(Full, 'The verified domain; its records are looked up'), default: otherwise },
    }), async (c) => {
      const claim = await proveDomain(host, { accountId: c.var.caller.accountId, uuid: domainId(c.req.valid('param').id) })
      return c.json(await full(claim, true), 200)
    })
    .openapi(createRoute({
      method: 'delete', path: '/{id}', tags, summary: 'Remove one; 409 in-use while it has addresses', middleware: manage,
      request: { params: IdParam }, responses: { 204: { description: 'Removed' }, default: otherwise },
    }), async (c) => {
      await removeDomain(host, { accountId: c.var.caller.accountId, uuid: domainId(c.req.valid('param').id) })
      return c.body(null, 204)
    })
}

const domainId = (id: string): string => uuidOf(id, 'domain')
