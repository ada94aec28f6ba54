// SimpleLogin: GET /api/v4|v5/alias/options: what an address for this site could look like. Any address of one's domains may be had at /v1 too, so
// a "signed" suffix is the suffix itself: it never grows old (an extension that meets an old one breaks).
import { Hono } from 'hono'
import { proposeAddress } from '../../../flow/propose-address.ts'
import { aliasPage } from '../../../store/alias-pages.ts'
import type { HttpEnv, Services } from '../../services.ts'
import { lenientSite } from '../lenient-site.ts'
import { simpleLoginGuard } from './guard.ts'

export const optionRoutes = (services: Services): Hono<HttpEnv> => {
  const { host } = services
  const create = simpleLoginGuard(services)('create')

  const options = async ({ accountId, token, scopes }: HttpEnv['Variables']['caller'], hostname: string | undefined) => {
    const site = lenientSite(hostname)
    const { mayCreate, prefix, ending, domains } = await proposeAddress(host, { accountId, token, site })
    const known = site === null || !scopes.includes('read') ? undefined
      : (await aliasPage(host.db, { accountId, site, states: ['active'], sort: 'created', descending: true, offset: 0, limit: 1 }))[0]
    return {
      can_create: mayCreate, prefix_suggestion: prefix,
      suffixes: domains.flatMap(({ name, own }) => [...new Set([`${ending}@${name}`, `@${name}`])].map((suffix) => ({ suffix, own }))),
      ...(known && { recommendation: { alias: known.address, hostname: site } }),
    }
  }

  const app = new Hono<HttpEnv>()
  app.get('/v4/alias/options', create, async (c) => {
    const { suffixes, ...rest } = await options(c.var.caller, c.req.query('hostname'))
    return c.json({ ...rest, suffixes: suffixes.map(({ suffix }) => [suffix, suffix]) })
  })
  app.get('/v5/alias/options', create, async (c) => {
    const { suffixes, ...rest } = await options(c.var.caller, c.req.query('hostname'))
    return c.json({ ...rest, suffixes: suffixes.map(({ suffix, own }) => ({ suffix, signed_suffix: suffix, is_custom: own, is_premium: false })) })
  })
  return app
}
