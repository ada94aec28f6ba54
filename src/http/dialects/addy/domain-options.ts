// addy.io: GET /api/v1/domain-options: the domains that an address can be of. Its extension needs at least one.
import { Hono } from 'hono'
import { accountById } from '../../../store/accounts.ts'
import { domainsOf } from '../../../store/domains.ts'
import type { HttpEnv, Services } from '../../services.ts'
import { formatName } from './formats.ts'
import { addyGuard } from './guard.ts'

export const optionRoutes = (services: Services): Hono<HttpEnv> => {
  const { host } = services
  const app = new Hono<HttpEnv>()
  app.get('/domain-options', addyGuard(services)('create'), async (c) => {
    const { accountId, token } = c.var.caller
    const [account, all] = await Promise.all([accountById(host.db, accountId), domainsOf(host.db, accountId)])
    const domains = all.filter(({ name }) => !token?.domain || name === token.domain)
    return c.json({
      data: domains.map(({ name }) => name), sharedDomains: domains.filter(({ own }) => !own).map(({ name }) => name),
      defaultAliasDomain: token?.domain ?? host.domain, defaultAliasFormat: formatName(account!.addressFormat),
    })
  })
  return app
}
