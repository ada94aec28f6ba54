// /v1/domains: domains of one's own. Each has the records to publish, and is theirs when the proof among them is.
import { createRoute, z } from '@hono/zod-openapi'
import type { Checked } from '../flow/check-record.ts'
import { addDomain, proveDomain } from '../flow/add-domain.ts'
import { changeMadeUp } from '../flow/change-made-up.ts'
import { checkRecords, type DnsRecord } from '../flow/dns-records.ts'
import { ownDomainRecords } from '../flow/own-domain-records.ts'
import { notFound } from '../flow/problem.ts'
import { removeDomain } from '../flow/remove-domain.ts'
import { isSubdomainOf } from '../policy/subdomain.ts'
import { claimByUuid, claimsOf, type DomainClaim } from '../store/domain-claims.ts'
import { guard } from './guard.ts'
import { DnsRecordShape, recordJson } from './host-dns.ts'
import { body, createRouter, emptyToNull, IdParam, json, otherwise, page, pageOfAll, ShortListQuery, Time, uuidOf } from './shapes.ts'
import type { Services } from './services.ts'

const MadeUp = z.enum(['off', 'on', 'pattern']).openapi({
  description: 'Whether the first mail to an address that nobody has makes it: never, always, or when the part before the @ fits made_up_pattern',
})
const Pattern = z.string().max(200).openapi({
  description: 'One or more, with spaces between them: * stands for any letters, ? for one, [a-f] for one of those', example: 'shop-* news-*',
})
const Daily = z.number().int().min(0).max(1000).openapi({ description: 'New ones a day (UTC); the mail of more is held, reason flood' })
const Brief = z.object({
  id: z.string(), name: z.string(), verified: z.boolean().openapi({ description: 'Addresses can be made of it, and mail to them is taken' }),
  verified_at: Time.nullable(), created_at: Time, aliases: z.number().int(),
  of_host: z.boolean().openapi({ description: 'A name below the host\'s domain: it needs no proof, one for each account, chosen once' }),
  made_up: MadeUp, made_up_pattern: z.string().nullable(), made_up_daily: Daily,
}).openapi('Domain')
const Full = Brief.extend({
  records: z.array(DnsRecordShape).openapi({ description: 'To publish; the first proves that it is yours, the DKIM key comes once it is proved' }),
}).openapi('DomainWithRecords')

const briefOf = (hostDomain: string) => (claim: DomainClaim): z.input<typeof Brief> => ({
  id: claim.uuid, name: claim.name, verified: claim.provedAt !== null, verified_at: claim.provedAt?.toISOString() ?? null,
  created_at: claim.createdAt.toISOString(), aliases: claim.aliases, of_host: isSubdomainOf(hostDomain, claim.name),
  made_up: claim.madeUp.mode, made_up_pattern: claim.madeUp.pattern, made_up_daily: claim.madeUp.daily,
})

export const domainRoutes = (services: Services) => {
  const { host } = services
  const [read, manage] = [guard(services, 'read'), guard(services, 'manage')]
  const tags = ['Domains']
  const brief = briefOf(host.domain)

  const full = async (claim: DomainClaim, check: boolean): Promise<z.input<typeof Full>> => {
    const records: readonly (DnsRecord & Partial<Checked>)[] = await ownDomainRecords(host, claim)
    return { ...brief(claim), records: (check ? await checkRecords(host, records) : records).map(recordJson) }
  }

  return createRouter()
    .openapi(createRoute({
      method: 'get', path: '/', tags, summary: 'Your own domains', middleware: read,
      request: { query: ShortListQuery }, responses: { 200: json(page(Brief), 'The first one first'), default: otherwise },
    }), async (c) => c.json(pageOfAll((await claimsOf(host.db, c.var.caller.accountId)).map(brief), c.req.valid('query'), ({ id }) => id), 200))
    .openapi(createRoute({
      method: 'post', path: '/', tags, summary: 'Add one; then publish its records', middleware: manage,
      description: 'A name below the host\'s domain (anna.burn.example) is yours at once: one for each account, chosen once',
      request: { body: body(z.object({ name: z.string().max(253) })) },
      responses: { 201: json(Full, 'The domain; verified at once when it is below the host\'s'), default: otherwise },
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
      method: 'patch', path: '/{id}', tags, summary: 'Change whether mail makes addresses of it', middleware: manage,
      request: {
        params: IdParam,
        body: body(z.object({ made_up: MadeUp.optional(), made_up_pattern: Pattern.nullish(), made_up_daily: Daily.optional() })),
      },
      responses: { 200: json(Brief, 'The domain'), default: otherwise },
    }), async (c) => {
      const { made_up: mode, made_up_pattern: pattern, made_up_daily: daily } = c.req.valid('json')
      const accountId = c.var.caller.accountId
      return c.json(brief(await changeMadeUp(host, {
        accountId, uuid: domainId(c.req.valid('param').id), change: { mode, daily, pattern: pattern === undefined ? undefined : emptyToNull(pattern?.trim()) },
      })), 200)
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
