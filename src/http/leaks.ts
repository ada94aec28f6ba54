// /v1/leaks: companies by the number of strangers that write to what they were given; and the report of one address, fit for a complaint.
import { createRoute, z } from '@hono/zod-openapi'
import { leakReport } from '../flow/leak-report.ts'
import { notFound } from '../flow/problem.ts'
import { aliasByUuid } from '../store/aliases.ts'
import { leaksOf, type ProvenSender } from '../store/sender-list.ts'
import { guard } from './guard.ts'
import { createRouter, IdParam, json, otherwise, page, pageOfAll, ShortListQuery, Time, uuidOf } from './shapes.ts'
import type { Services } from './services.ts'

const Leak = z.object({
  site: z.string().nullable().openapi({ description: 'The company; null: the address was made for no site' }),
  aliases: z.number().int(), strangers: z.number().int().openapi({ description: 'Organisations that it was not given to' }), last_at: Time,
  alias_ids: z.array(z.string()).openapi({ description: 'Most strangers first, 20 at most' }),
}).openapi('Leak')
const Evidence = z.object({
  received_at: Time, client_ip: z.string(), helo: z.string(), reverse_path: z.string(),
  authentication: z.string().openapi({ description: 'As in our Authentication-Results field' }), header: z.string(),
  is_cut: z.boolean().openapi({ description: 'Only the first 64 KiB were kept' }),
}).nullable().openapi({ description: 'Of the first message; null: its days are over, or none is kept' })
const Wrote = z.object({
  address: z.string(), organisation: z.string(), proven: z.boolean(), first_at: Time, evidence: Evidence,
})
const Report = z.object({
  alias: z.string(), alias_id: z.string(), site: z.string().nullable(), label: z.string().nullable(), note: z.string().nullable(),
  given_to: z.string().nullable().openapi({ description: 'Its site, else who wrote first; null: neither' }),
  given_at: Time.nullable().openapi({ description: 'null: the first mail to it made it, so that it is not known' }),
  made_up: z.object({ from: z.string().nullable(), host: z.string(), ip: z.string(), at: Time }).nullable()
    .openapi({ description: 'The mail that made it; null: its owner did' }),
  made_at: Time.openapi({ description: 'The report' }),
  sentence: z.string().openapi({ example: 'The address you gave only to shop.example on 3 May 2026 was used on 9 July 2026 by deals.example, '
    + 'signed by deals.example.' }),
  expected: z.array(z.object({ kind: z.enum(['domain', 'address', 'signer']), name: z.string(), origin: z.enum(['first', 'learned', 'owner']), since: Time })),
  expected_senders: z.array(Wrote),
  strangers: z.array(Wrote.extend({ signers: z.array(z.string()) })).openapi({ description: 'The first one first, 50 at most' }),
  stranger_count: z.number().int(),
}).openapi('LeakReport')

/** More companies than anybody was given an address by. */
const most = 200

export const leakRoutes = (services: Services) => {
  const { host } = services
  const tags = ['Leaks']
  return createRouter()
    .openapi(createRoute({
      method: 'get', path: '/', tags, summary: 'Companies by the number of strangers, 200 at most', middleware: guard(services, 'read'),
      request: { query: ShortListQuery }, responses: { 200: json(page(Leak), 'Leaks'), default: otherwise },
    }), async (c) => {
      const items = await leaksOf(host.db, c.var.caller.accountId, most)
      return c.json(pageOfAll(items.map((one) => ({
        site: one.site, aliases: one.aliases, strangers: one.strangers, last_at: one.lastAt.toISOString(), alias_ids: [...one.aliasUuids],
      })), c.req.valid('query'), ({ site }) => site ?? ''), 200)
    })
    .openapi(createRoute({
      method: 'get', path: '/{id}', tags, summary: 'Who passed an address on, with the proof', middleware: guard(services, 'read'),
      request: { params: IdParam }, responses: { 200: json(Report, 'The report; {id} is that of the alias'), default: otherwise },
    }), async (c) => {
      const alias = await aliasByUuid(host.db, c.var.caller.accountId, uuidOf(c.req.valid('param').id, 'alias'))
      if (!alias) throw notFound('alias')
      const report = await leakReport(host, alias)
      return c.json({
        alias: alias.address as string, alias_id: alias.uuid, site: alias.site, label: alias.label, note: alias.note,
        given_to: report.givenTo, given_at: report.givenAt?.toISOString() ?? null,
        made_up: alias.madeUpBy && { ...alias.madeUpBy, at: alias.createdAt.toISOString() }, made_at: host.clock.now().toISOString(), sentence: report.sentence,
        expected: report.expected.map(({ kind, name, origin, createdAt }) => ({ kind, name, origin, since: createdAt.toISOString() })),
        expected_senders: report.expectedSenders.map(wroteJson),
        strangers: report.strangers.map((one) => ({ ...wroteJson(one), signers: [...one.signers ?? []] })),
        stranger_count: alias.strangers,
      }, 200)
    })
}

const wroteJson = ({ address, organisation, proven, firstAt, evidence }: ProvenSender): z.input<typeof Wrote> => ({
  address, organisation, proven, first_at: firstAt.toISOString(),
  evidence: evidence ? {
    received_at: evidence.receivedAt, client_ip: evidence.clientIp, helo: evidence.helo, reverse_path: evidence.reversePath,
    authentication: evidence.authentication, header: Buffer.from(evidence.header, 'latin1').toString('utf8'), is_cut: evidence.isCut,
  } : null,
})
