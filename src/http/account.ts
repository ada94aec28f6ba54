// /v1/me, /v1/activity: the account itself, and what happened.
import { createRoute, z } from '@hono/zod-openapi'
import { changeAccount } from '../flow/change-account.ts'
import { Problem } from '../flow/problem.ts'
import { accountById } from '../store/accounts.ts'
import { listActivity } from '../store/activity-list.ts'
import { aliasByUuid } from '../store/aliases.ts'
import { domainsOf } from '../store/domains.ts'
import { inboxesOf } from '../store/inboxes.ts'
import { accountCounts } from '../store/stats.ts'
import { guard } from './guard.ts'
import { body, createRouter, decodeCursor, emptyToNull, encodeCursor, json, Line, otherwise, page, PageQuery, Time } from './shapes.ts'
import type { Services } from './services.ts'

const Count = z.number().int()
const Days = (most: number) => z.number().int().min(1).max(most)
/** What was imported has ids below zero. */
const HistoryCursor = z.string().regex(/^-?\d{1,18}$/)
const Format = z.enum(['company', 'words', 'letters']).openapi({ description: 'shop-7kq2m, quiet-lantern-417 or 7kq2mxw4rt' })
const Me = z.object({
  id: z.string(), email: z.string(), name: z.string(), role: z.enum(['operator', 'member']), suspended: z.boolean(), created_at: Time,
  delete_at: Time.nullable().openapi({ description: 'It is deleted then, with all it has' }),
  may_keep: z.boolean().openapi({ description: 'You deleted it yourself, and can call it off' }),
  domains: z.array(z.object({ name: z.string(), own: z.boolean() })),
  default_inbox_id: z.string().nullable(), address_format: Format, held_days: Count, activity_days: Count,
  notices: z.boolean().openapi({ description: 'A mail, once a day at most, when an inbox refuses mail' }),
  correspondent_days: Count.openapi({ description: 'Reverse aliases that nobody used for so long are let go' }),
  real_name: z.string().nullable().openapi({ description: 'A reply with it is held as would-reveal' }),
  share_answers: z.boolean().openapi({ description: 'The other inboxes of an alias may see which of them answered' }),
  rewrite_invitations: z.boolean().openapi({ description: 'Calendars in forwarded mail name reverse aliases, so that invitations are answered as the alias' }),
  counts: z.object({
    active: Count, burned: Count, closed: Count, unused: Count, strangers: Count, holding: Count, holding_bytes: Count, holding_unread: Count,
    holding_expires_at: Time.nullable().openapi({ description: 'When the first held message lapses' }),
  }),
  spam_threshold: z.number().nullable().openapi({ description: 'From this score on what the spam filter calls spam is held; null: never' }),
  limits: z.object({ held_bytes: Count, aliases: Count.nullable(), domains: Count.nullable(), message_bytes: Count, list_items: Count,
    replies_hourly: Count.openapi({ description: 'Replies that leave in an hour, to each recipient one' }) }),
}).openapi('Me')
const Settings = z.object({
  name: Line(100).min(1).optional(), default_inbox_id: z.string().max(64).optional(), held_days: Days(365).optional(),
  activity_days: Days(3650).optional(), address_format: Format.optional(), notices: z.boolean().optional(),
  correspondent_days: z.number().int().min(30).max(3650).optional(), real_name: Line(100).nullish(), share_answers: z.boolean().optional(),
  rewrite_invitations: z.boolean().optional(),
  spam_threshold: z.number().min(0).max(1000).nullable().optional(),
})
const ActivityShape = z.object({
  id: z.string(), at: Time, kind: z.string(), alias_id: z.string().nullable(), alias: z.string().nullable(), reason: z.string().nullable(),
  delivery_id: z.string().nullable().openapi({ description: 'The same for all lines of one message on its way to one inbox' }),
  from: z.string().nullable(), reply: z.string().nullable(), size: Count.nullable(),
  checks: z.object({ spf: z.string(), dkim: z.string(), dmarc: z.string() }).partial()
    .openapi({ description: 'What they said of it when it came (RFC 8601): pass, fail, none … Empty: not verified, or no message' }),
}).openapi('Activity')
export const accountRoutes = (services: Services) => {
  const { host } = services
  const [read, manage] = [guard(services, 'read'), guard(services, 'manage')]
  const tags = ['Account']

  const meJson = async (accountId: string): Promise<z.input<typeof Me>> => {
    const [account, domains, inboxes, counts] = await Promise.all([
      accountById(host.db, accountId), domainsOf(host.db, accountId), inboxesOf(host.db, accountId), accountCounts(host.db, accountId),
    ])
    if (!account) throw new Problem('unauthorized', 'This account is gone.')
    return {
      id: account.id, email: account.email, name: account.name, role: account.role, suspended: account.suspendedAt !== null,
      created_at: account.createdAt.toISOString(), delete_at: account.deleteAt?.toISOString() ?? null, may_keep: account.leftAt !== null,
        domains: domains.map(({ name, own }) => ({ name, own })),
      default_inbox_id: inboxes.find((inbox) => inbox.id === account.defaultInboxId)?.uuid ?? null,
      address_format: account.addressFormat, held_days: account.heldDays, activity_days: account.activityDays, notices: account.notices,
      spam_threshold: account.spamThreshold, correspondent_days: account.correspondentDays, real_name: account.realName,
      share_answers: account.shareAnswers, rewrite_invitations: account.rewriteInvitations,
      counts: {
        active: counts.active, burned: counts.burned, closed: counts.closed, unused: counts.unused, strangers: counts.strangers,
        holding: counts.holding, holding_bytes: counts.holdingBytes, holding_unread: counts.unread,
        holding_expires_at: counts.oldestHeldAt && new Date(counts.oldestHeldAt.getTime() + account.heldDays * dayMs).toISOString(),
      },
      limits: {
        held_bytes: account.heldBytes, aliases: account.aliasLimit, domains: account.domainLimit, message_bytes: host.config.maxMessageBytes, list_items: 200,
        replies_hourly: account.repliesHourly,
      },
    }
  }

  return createRouter()
    .openapi(createRoute({
      method: 'get', path: '/me', tags, summary: 'The account, its limits, domains and settings', middleware: read,
      responses: { 200: json(Me, 'You'), default: otherwise },
    }), async (c) => c.json(await meJson(c.var.caller.accountId), 200))
    .openapi(createRoute({
      method: 'patch', path: '/me', tags, summary: 'Change settings', middleware: manage,
      request: { body: body(Settings) },
      responses: { 200: json(Me, 'You'), default: otherwise },
    }), async (c) => {
      const input = c.req.valid('json')
      const { accountId } = c.var.caller
      await changeAccount(host, {
        accountId, name: input.name, defaultInboxUuid: input.default_inbox_id,
        heldDays: input.held_days, activityDays: input.activity_days, addressFormat: input.address_format, notices: input.notices,
        spamThreshold: input.spam_threshold, correspondentDays: input.correspondent_days, shareAnswers: input.share_answers,
        rewriteInvitations: input.rewrite_invitations,
        realName: input.real_name === undefined ? undefined : emptyToNull(input.real_name),
      })
      return c.json(await meJson(accountId), 200)
    })
    .openapi(createRoute({
      method: 'get', path: '/activity', tags, summary: 'What happened, newest first', middleware: read,
      request: { query: PageQuery.extend({ alias_id: z.string().max(64).optional() }) },
      responses: { 200: json(page(ActivityShape), 'Lines'), default: otherwise },
    }), async (c) => {
      const { limit, cursor, alias_id: uuid } = c.req.valid('query')
      const { accountId } = c.var.caller
      const before = decodeCursor(HistoryCursor, cursor)
      const alias = uuid === undefined ? undefined : await aliasByUuid(host.db, accountId, uuid)
      if (uuid !== undefined && !alias) return c.json({ items: [], next: null }, 200)
      const found = await listActivity(host.db, {
        accountId, limit, ...(alias && { aliasId: alias.id }), ...(before !== undefined && { before }),
      })
      return c.json({
        items: found.items.map((line) => ({
          id: line.id, at: line.at.toISOString(), kind: line.kind, alias_id: line.aliasId, alias: line.aliasAddress, reason: line.reason,
          delivery_id: line.deliveryId, from: line.sender, reply: line.reply, size: line.size, checks: line.checks,
        })),
        next: found.next === null ? null : encodeCursor(found.next),
      }, 200)
    })
}

const dayMs = 86_400_000
