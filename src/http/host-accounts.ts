// /v1/host/accounts and /v1/host/invitations: who is here, who may come, and how much each may have.
import { createRoute, z } from '@hono/zod-openapi'
import { changeQuota } from '../flow/change-quota.ts'
import { invite, withdraw } from '../flow/invite.ts'
import { notFound } from '../flow/problem.ts'
import { leaveAccount, restoreAccount, suspendAccount } from '../flow/suspend-account.ts'
import { hostAccounts, type HostAccount } from '../store/host-accounts.ts'
import { listInvitations } from '../store/invitations.ts'
import { guardOperator } from './guard.ts'
import { body, createRouter, IdParam, json, otherwise, page, pageOfAll, ShortListQuery, Time } from './shapes.ts'
import type { Services } from './services.ts'

const Count = z.number().int()
const HeldBytes = z.number().int().min(0).max(1_000_000_000_000)
const AliasLimit = z.number().int().min(0).max(1_000_000).nullable().openapi({ description: 'null: as many as they like' })
const RepliesHourly = z.number().int().min(0).max(100_000).openapi({ description: 'Replies that leave in an hour, to each recipient one' })
const DomainLimit = z.number().int().min(0).max(1_000).nullable().openapi({ description: 'Of domains of its own; null: as many as they like' })
const HostAccountShape = z.object({
  id: z.string(), email: z.string(), role: z.enum(['operator', 'member']),
  state: z.enum(['active', 'suspended', 'leaving']).openapi({ description: 'leaving: deleted at delete_at, and suspended until then' }),
  created_at: Time, last_seen_at: Time.nullable().openapi({ description: 'To the day' }), delete_at: Time.nullable(),
  aliases: Count, inboxes: Count, domains: Count.openapi({ description: 'Of its own, proved or not' }), holding: Count, holding_bytes: Count,
  delivered: Count.openapi({ description: 'In the last 30 days' }), held: Count.openapi({ description: 'In the last 30 days' }),
  limits: z.object({ held_bytes: Count, aliases: Count.nullable(), domains: Count.nullable(), replies_hourly: Count }),
}).openapi('HostAccount')
const InvitationShape = z.object({
  id: z.string(), email: z.string().nullable().openapi({ description: 'Where it was mailed' }),
  limits: z.object({ held_bytes: Count, aliases: Count.nullable() }),
  created_at: Time, expires_at: Time, used_at: Time.nullable(), account: z.string().nullable().openapi({ description: 'Who came by it' }),
}).openapi('Invitation')

const accountJson = (one: HostAccount): z.input<typeof HostAccountShape> => ({
  id: one.id, email: one.email, role: one.role, state: one.deleteAt ? 'leaving' : one.suspendedAt ? 'suspended' : 'active',
  created_at: one.createdAt.toISOString(), last_seen_at: one.lastSeenAt?.toISOString() ?? null, delete_at: one.deleteAt?.toISOString() ?? null,
  aliases: one.aliases, inboxes: one.inboxes, domains: one.domains, holding: one.holding, holding_bytes: one.holdingBytes, delivered: one.delivered,
  held: one.held, limits: { held_bytes: one.heldBytes, aliases: one.aliasLimit, domains: one.domainLimit, replies_hourly: one.repliesHourly },
})

export const hostAccountRoutes = (services: Services) => {
  const { host } = services
  const [read, manage] = [guardOperator(services, 'read'), guardOperator(services, 'manage')]
  const tags = ['Host']

  const find = async (id: string): Promise<HostAccount> => {
    const [account] = id.includes('\0') ? [] : await hostAccounts(host.db, host.clock.now(), id)
    if (!account) throw notFound('account')
    return account
  }

  return createRouter()
    .openapi(createRoute({
      method: 'get', path: '/accounts', tags, summary: 'The accounts: counts and sizes', middleware: read,
      request: { query: ShortListQuery }, responses: { 200: json(page(HostAccountShape), 'Accounts'), default: otherwise },
    }), async (c) => c.json(pageOfAll((await hostAccounts(host.db, host.clock.now())).map(accountJson), c.req.valid('query'), ({ id }) => id), 200))
    .openapi(createRoute({
      method: 'patch', path: '/accounts/{id}', tags, summary: 'Change what an account may have', middleware: manage,
      request: {
        params: IdParam,
        body: body(z.object({
          held_bytes: HeldBytes.optional(), aliases: AliasLimit.optional(), domains: DomainLimit.optional(), replies_hourly: RepliesHourly.optional(),
        })),
      },
      responses: { 200: json(HostAccountShape, 'The account'), default: otherwise },
    }), async (c) => {
      const { id } = await find(c.req.valid('param').id)
      const { held_bytes: heldBytes, aliases: aliasLimit, domains: domainLimit, replies_hourly: repliesHourly } = c.req.valid('json')
      await changeQuota(host, id, { heldBytes, aliasLimit, domainLimit, repliesHourly })
      return c.json(accountJson(await find(id)), 200)
    })
    .openapi(createRoute({
      method: 'post', path: '/accounts/{id}/suspend', tags, summary: 'Suspend: its mail is held, and it may only read', middleware: manage,
      request: { params: IdParam }, responses: { 200: json(HostAccountShape, 'The account'), default: otherwise },
    }), async (c) => {
      const { id } = await find(c.req.valid('param').id)
      await suspendAccount(host, id)
      return c.json(accountJson(await find(id)), 200)
    })
    .openapi(createRoute({
      method: 'post', path: '/accounts/{id}/restore', tags, summary: 'End a suspension, or call off a deletion', middleware: manage,
      request: { params: IdParam }, responses: { 200: json(HostAccountShape, 'The account'), default: otherwise },
    }), async (c) => {
      const { id } = await find(c.req.valid('param').id)
      await restoreAccount(host, id)
      return c.json(accountJson(await find(id)), 200)
    })
    .openapi(createRoute({
      method: 'delete', path: '/accounts/{id}', tags, summary: 'Delete: suspended for 30 days, then gone with all it has', middleware: manage,
      request: { params: IdParam }, responses: { 200: json(HostAccountShape, 'The account, with the day of its end'), default: otherwise },
    }), async (c) => {
      const { id } = await find(c.req.valid('param').id)
      await leaveAccount(host, id)
      return c.json(accountJson(await find(id)), 200)
    })
    .openapi(createRoute({
      method: 'get', path: '/invitations', tags, summary: 'Invitations: open, used, and lapsed in the last 30 days', middleware: read,
      request: { query: ShortListQuery }, responses: { 200: json(page(InvitationShape), 'Newest first; 200 at most'), default: otherwise },
    }), async (c) => c.json(pageOfAll((await listInvitations(host.db, host.clock.now(), 200)).map((one) => ({
      id: one.id, email: one.email, limits: { held_bytes: one.heldBytes, aliases: one.aliasLimit }, created_at: one.createdAt.toISOString(),
      expires_at: one.expiresAt.toISOString(), used_at: one.usedAt?.toISOString() ?? null, account: one.accountEmail,
    })), c.req.valid('query'), ({ id }) => id), 200))
    .openapi(createRoute({
      method: 'post', path: '/invitations', tags, middleware: manage,
      summary: 'Make a link for one account, good for 7 days; with an address it is mailed there too',
      request: { body: body(z.object({ email: z.string().max(320).optional(), held_bytes: HeldBytes.optional(), aliases: AliasLimit.optional() })) },
      responses: { 201: json(z.object({ id: z.string(), url: z.string(), expires_at: Time }), 'The only time that the link is shown'), default: otherwise },
    }), async (c) => {
      const { email, held_bytes: heldBytes, aliases: aliasLimit } = c.req.valid('json')
      const made = await invite(host, {
        madeBy: c.var.caller.accountId, email: email === '' ? undefined : email, ...(heldBytes !== undefined && { heldBytes }),
        ...(aliasLimit !== undefined && { aliasLimit }),
      })
      return c.json({ id: made.id, url: made.link, expires_at: made.expiresAt.toISOString() }, 201)
    })
    .openapi(createRoute({
      method: 'delete', path: '/invitations/{id}', tags, summary: 'Withdraw one that was not used', middleware: manage,
      request: { params: IdParam }, responses: { 204: { description: 'Its link is dead' }, default: otherwise },
    }), async (c) => {
      await withdraw(host, c.req.valid('param').id)
      return c.body(null, 204)
    })
}
