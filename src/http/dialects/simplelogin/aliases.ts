// SimpleLogin: the list, one alias, on and off, what is written on it, and its end.
import { Hono, type Context } from 'hono'
import { z } from '@hono/zod-openapi'
import { burnAlias } from '../../../flow/burn-alias.ts'
import { changeAlias } from '../../../flow/change-alias.ts'
import { forgetAlias } from '../../../flow/forget-alias.ts'
import { notFound } from '../../../flow/problem.ts'
import { restoreAlias } from '../../../flow/restore-alias.ts'
import type { AliasState } from '../../../policy/alias.ts'
import { aliasPage } from '../../../store/alias-pages.ts'
import { aliasByNumber, type Alias } from '../../../store/aliases.ts'
import type { HttpEnv, Services } from '../../services.ts'
import { Name, Note, readBody } from '../request-body.ts'
import { simpleLoginGuard } from './guard.ts'
import { aliasesJson } from './latest.ts'
import { inboxIdsOf, MailboxNumber, numberOf, Numbers } from './mailbox-numbers.ts'

/** Clients ask for the next page until one is empty. */
export const pageSize = 20
const mostPages = 1_000_000

const Search = z.object({ query: z.string().max(200).nullish() })
const Change = z.object({
  note: Note, name: Name, pinned: z.boolean().nullish(), disable_pgp: z.boolean().nullish(),
  mailbox_ids: Numbers.nullish(), mailbox_id: MailboxNumber.nullish(),
})

export const aliasRoutes = (services: Services): Hono<HttpEnv> => {
  const { host } = services
  const guarded = simpleLoginGuard(services)
  const [read, manage] = [guarded('read'), guarded('manage')]

  const list = async (c: Context<HttpEnv>): Promise<Response> => {
    const { accountId } = c.var.caller
    const { query } = await readBody(c, Search)
    const aliases = await aliasPage(host.db, {
      accountId, q: (query ?? c.req.query('query') ?? '').replaceAll('\0', ' '), states: statesOf(c), pinned: has(c, 'pinned') ? true : undefined,
      sort: 'created', descending: true, offset: pageOf(c) * pageSize, limit: pageSize,
    })
    return c.json({ aliases: await aliasesJson(host, accountId, aliases) })
  }
  const change = async (c: Context<HttpEnv>): Promise<Response> => {
    const alias = await aliasOf(services, c)
    const { note, name, pinned, mailbox_ids: numbers, mailbox_id: number } = await readBody(c, Change)
    const { accountId } = c.var.caller
    const mailboxes = numbers ?? (number ? [number] : undefined)
    await changeAlias(host, {
      accountId, uuid: alias.uuid, site: undefined, label: undefined, note, displayName: name, pinned: pinned ?? undefined,
      inboxIds: mailboxes && await inboxIdsOf(host.db, accountId, mailboxes),
    })
    return c.json({ ok: true })
  }

  const app = new Hono<HttpEnv>()
  for (const path of ['/aliases', '/v2/aliases']) app.on(['GET', 'POST'], path, read, list)
  app.get('/aliases/:id', read, async (c) => {
    const alias = await aliasOf(services, c)
    return c.json((await aliasesJson(host, c.var.caller.accountId, [alias]))[0]!)
  })
  app.on(['PUT', 'PATCH'], '/aliases/:id', manage, change)
  // Whatever the body says, empty or not: it toggles.
  app.post('/aliases/:id/toggle', manage, async (c) => {
    const { uuid, state } = await aliasOf(services, c)
    const which = { accountId: c.var.caller.accountId, uuid }
    const after = state === 'active' ? await burnAlias(host, which) : (await restoreAlias(host, which)).alias
    return c.json({ enabled: after.state === 'active' })
  })
  app.delete('/aliases/:id', manage, async (c) => {
    const { uuid } = await aliasOf(services, c)
    await forgetAlias(host, { accountId: c.var.caller.accountId, uuid, discard: false })
    return c.json({ deleted: true })
  })
  return app
}

export const aliasOf = async ({ host }: Pick<Services, 'host'>, c: Context<HttpEnv>): Promise<Alias> => {
  const alias = await aliasByNumber(host.db, c.var.caller.accountId, numberOf(c.req.param('id'), 'alias'))
  if (!alias) throw notFound('alias')
  return alias
}

/** From 0. What is no page is the first one. */
export const pageOf = (c: Context, name = 'page_id'): number => {
  const page = Number.parseInt(c.req.query(name) ?? '', 10)
  return page > 0 && page < mostPages ? page : 0
}

/** iOS writes bare names: `?pinned`. */
const has = (c: Context, name: string): boolean => !['false', '0', undefined].includes(c.req.query(name))

const statesOf = (c: Context): readonly AliasState[] | undefined => {
  if (has(c, 'enabled')) return ['active']
  return has(c, 'disabled') ? ['burned', 'closed'] : undefined
}
