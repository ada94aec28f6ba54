// SimpleLogin: POST /api/alias/random/new and /api/v2|v3/alias/custom/new. All that Bitwarden asks for is here.
import { Hono, type Context } from 'hono'
import { z } from '@hono/zod-openapi'
import { createAlias } from '../../../flow/create-alias.ts'
import { Problem } from '../../../flow/problem.ts'
import type { AddressFormat } from '../../../policy/local-part.ts'
import type { Alias } from '../../../store/aliases.ts'
import type { HttpEnv, Services } from '../../services.ts'
import { lenientSite } from '../lenient-site.ts'
import { Name, Note, readBody } from '../request-body.ts'
import { aliasJson } from './alias-shape.ts'
import { simpleLoginGuard } from './guard.ts'
import { inboxIdsOf, Numbers } from './mailbox-numbers.ts'

const Random = z.object({ note: Note })
const Custom = z.object({ alias_prefix: z.string().max(200), signed_suffix: z.string().max(320), note: Note, name: Name, mailbox_ids: Numbers.nullish() })
const formats: Readonly<Record<string, AddressFormat>> = { word: 'words', uuid: 'letters' }

export const newAliasRoutes = (services: Services): Hono<HttpEnv> => {
  const { host } = services
  const create = simpleLoginGuard(services)('create')

  const custom = async (c: Context<HttpEnv>): Promise<Response> => {
    const input = await readBody(c, Custom)
    const { accountId, token } = c.var.caller
    const [, end, domain] = /^([^@]*)@([^@]+)$/.exec(input.signed_suffix) ?? []
    if (end === undefined || domain === undefined) throw new Problem('invalid', 'signed_suffix: choose one of those that the options offer.')
    return created(c, await createAlias(host, {
      accountId, token, site: siteOf(c), label: null, note: input.note ?? null, displayName: input.name ?? null, pinned: false,
      localPart: input.alias_prefix.trim() + end, domain,
      inboxIds: input.mailbox_ids ? await inboxIdsOf(host.db, accountId, input.mailbox_ids) : undefined,
    }))
  }

  const app = new Hono<HttpEnv>()
  app.post('/alias/random/new', create, async (c) => {
    const { note } = await readBody(c, Random)
    const { accountId, token } = c.var.caller
    return created(c, await createAlias(host, {
      accountId, token, site: siteOf(c), label: null, note: note ?? null, displayName: null, pinned: false, format: formats[c.req.query('mode') ?? ''],
    }))
  })
  app.post('/v2/alias/custom/new', create, custom)
  app.post('/v3/alias/custom/new', create, custom)
  return app
}

const siteOf = (c: Context<HttpEnv>): string | null => lenientSite(c.req.query('hostname'))

const created = (c: Context<HttpEnv>, alias: Alias): Response =>
  c.json({ ...aliasJson(alias, c.var.caller.scopes.includes('read')), alias: alias.address, latest_activity: null }, 201)
