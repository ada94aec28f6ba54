// addy.io: the account, the key, the version that the phone apps ask for, and the week in numbers.
import { Hono } from 'hono'
import { accountById } from '../../../store/accounts.ts'
import { accountTotals } from '../../../store/account-totals.ts'
import { claimsOf } from '../../../store/domain-claims.ts'
import { inboxesOf } from '../../../store/inboxes.ts'
import { accountCounts, dailyCounts } from '../../../store/stats.ts'
import { tokensOf } from '../../../store/tokens.ts'
import type { HttpEnv, Services } from '../../services.ts'
import { dateText, dateTextOrNull } from '../date-text.ts'
import { formatName } from './formats.ts'
import { addyGuard } from './guard.ts'

/** Whose calls these are: the apps refuse an older server (addy-ios asks for 1.7.3), and take 9999 for the hosted one. */
const spoken = { version: '1.7.3', major: 1, minor: 7, patch: 3 } as const
const days = 7
const dayMs = 86_400_000

export const accountRoutes = (services: Services): Hono<HttpEnv> => {
  const { host } = services
  const read = addyGuard(services)('read')

  const app = new Hono<HttpEnv>()
  app.get('/app-version', read, (c) => c.json(spoken))
  app.get('/account-details', read, async (c) => {
    const { accountId: id } = c.var.caller
    const [account, inboxes, claims, counts, totals] = await Promise.all([
      accountById(host.db, id), inboxesOf(host.db, id), claimsOf(host.db, id), accountCounts(host.db, id), accountTotals(host.db, id),
    ])
    const { email, name, defaultInboxId, addressFormat, aliasLimit, createdAt } = account!
    return c.json({
      data: {
        id, username: email, from_name: name, email_subject: null, banner_location: 'off', bandwidth: 0, bandwidth_limit: 0, username_count: 0,
        username_limit: 0, default_username_id: id, default_recipient_id: inboxes.find((inbox) => inbox.id === defaultInboxId)?.uuid ?? '',
        default_alias_domain: host.domain, default_alias_format: formatName(addressFormat), recipient_count: inboxes.length, recipient_limit: null,
        active_domain_count: claims.filter(({ provedAt }) => provedAt !== null).length, active_domain_limit: null,
        active_shared_domain_alias_count: counts.active, active_shared_domain_alias_limit: aliasLimit, active_rule_count: 0, active_rule_limit: 0,
        total_emails_forwarded: totals.delivered, total_emails_blocked: totals.held, total_emails_replied: totals.replied, total_emails_sent: 0,
        total_aliases: totals.aliases, total_active_aliases: counts.active, total_inactive_aliases: counts.burned, total_deleted_aliases: counts.closed,
        subscription: null, subscription_type: null, subscription_ends_at: null, created_at: dateText(createdAt), updated_at: dateText(createdAt),
      },
    })
  })
  app.get('/api-token-details', read, async (c) => {
    const { accountId, token } = c.var.caller
    const own = (await tokensOf(host.db, accountId)).find(({ id }) => id === token?.id)
    return c.json({ name: own?.name ?? '', created_at: dateTextOrNull(own?.createdAt ?? null), expires_at: dateTextOrNull(own?.expiresAt ?? null) })
  })
  app.get('/chart-data', read, async (c) => {
    const today = host.clock.now().getTime()
    const week = await dailyCounts(host.db, c.var.caller.accountId, dayOf(today - (days - 1) * dayMs), dayOf(today))
    const sum = (name: 'delivered' | 'replied') => week.reduce((all, day) => all + day[name], 0)
    const none = week.map(() => 0)
    return c.json({
      labels: week.map(({ day }) => new Date(day).toLocaleDateString('en', { weekday: 'long', timeZone: 'UTC' })),
      forwardsData: week.map(({ delivered }) => delivered), repliesData: week.map(({ replied }) => replied), sendsData: none,
      outboundMessageTotals: [sum('delivered'), sum('replied'), 0],
      // Held mail is what their quarantine is.
      inboundQuarantinedData: week.map(({ held }) => held), inboundRejectionsData: none, outboundBouncesData: none,
      failedDeliveriesTotal: week.reduce((all, { held }) => all + held, 0),
    })
  })
  return app
}

const dayOf = (time: number): string => new Date(time).toISOString().slice(0, 10)
