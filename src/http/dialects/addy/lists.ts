// addy.io: domains of one's own, and empty lists of what Burnbox does not have, so that a phone app shows none instead of an error.
import { Hono } from 'hono'
import { claimsOf } from '../../../store/domain-claims.ts'
import type { HttpEnv, Services } from '../../services.ts'
import { dateText, dateTextOrNull } from '../date-text.ts'
import { addyGuard } from './guard.ts'
import { pagingOf, queryOf } from './list-query.ts'
import { pageJson } from './page-shape.ts'

const absent = ['/usernames', '/rules', '/failed-deliveries', '/blocklist', '/labels', '/account-notifications']

export const listRoutes = (services: Services): Hono<HttpEnv> => {
  const { host } = services
  const read = addyGuard(services)('read')
  const app = new Hono<HttpEnv>()
  app.get('/domains', read, async (c) => {
    const { accountId } = c.var.caller
    const claims = await claimsOf(host.db, accountId)
    const data = claims.map(({ uuid, name, aliases, createdAt, provedAt }) => ({
      id: uuid, user_id: accountId, domain: name, description: null, from_name: null, aliases_count: aliases, default_recipient: null,
      active: provedAt !== null, catch_all: false, auto_create_regex: null, domain_verified_at: dateTextOrNull(provedAt), domain_mx_validated_at: null,
      domain_sending_verified_at: null, created_at: dateText(createdAt), updated_at: dateText(provedAt ?? createdAt),
    }))
    return c.json(pageJson(c, host.config, data, data.length, { number: 1, size: Math.max(1, data.length) }))
  })
  for (const path of absent) app.get(path, read, (c) => c.json(pageJson(c, host.config, [], 0, pagingOf(queryOf(c)))))
  return app
}
