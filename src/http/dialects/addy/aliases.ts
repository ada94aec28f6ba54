// addy.io: the list, one alias, on and off, pinned or not, deleted, restored and forgotten. 200 with the alias or 204 with nothing, exactly.
import { Hono, type Context } from 'hono'
import { z } from '@hono/zod-openapi'
import { burnAlias } from '../../../flow/burn-alias.ts'
import { changeAlias } from '../../../flow/change-alias.ts'
import { closeAlias } from '../../../flow/close-alias.ts'
import { forgetAlias } from '../../../flow/forget-alias.ts'
import { notFound } from '../../../flow/problem.ts'
import { restoreAlias } from '../../../flow/restore-alias.ts'
import { aliasPage, countFiltered } from '../../../store/alias-pages.ts'
import { aliasByUuid, type Alias } from '../../../store/aliases.ts'
import type { HttpEnv, Services } from '../../services.ts'
import { uuidOf } from '../../shapes.ts'
import { Name, Note, readBody } from '../request-body.ts'
import { aliasJson } from './alias-shape.ts'
import { addyGuard } from './guard.ts'
import { aliasQuery, pagingOf, queryOf } from './list-query.ts'
import { pageJson } from './page-shape.ts'
import { chosenInboxIds, RecipientIds } from './recipient-ids.ts'

const WithId = z.object({ id: z.string().max(64) })
const Change = z.object({ description: Note, from_name: Name })
const Recipients = z.object({ recipient_ids: RecipientIds })
const unchanged = { site: undefined, label: undefined, note: undefined, displayName: undefined, pinned: undefined } as const

export const aliasRoutes = (services: Services): Hono<HttpEnv> => {
  const { host } = services
  const guarded = addyGuard(services)
  const [read, manage] = [guarded('read'), guarded('manage')]
  const pin = (c: Context<HttpEnv>, id: string, pinned: boolean) => changeAlias(host, { ...which(c, id), ...unchanged, pinned })
  const lead = async (c: Context<HttpEnv>, id: string, recipientIds: readonly string[]) => {
    const one = which(c, id)
    return changeAlias(host, { ...one, ...unchanged, inboxIds: await chosenInboxIds(host.db, one.accountId, recipientIds) })
  }
  const change = async (c: Context<HttpEnv>): Promise<Response> => {
    const one = which(c, c.req.param('id'))
    const { description, from_name: name } = await readBody(c, Change)
    return alone(c, await changeAlias(host, { ...one, ...unchanged, note: description, displayName: name }))
  }

  const app = new Hono<HttpEnv>()
  app.get('/aliases', read, async (c) => {
    const { accountId } = c.var.caller
    const query = queryOf(c)
    const paging = pagingOf(query)
    const asked = { accountId, ...aliasQuery(query), offset: (paging.number - 1) * paging.size, limit: paging.size }
    const [aliases, total] = await Promise.all([aliasPage(host.db, asked), countFiltered(host.db, asked)])
    return c.json(pageJson(c, host.config, aliases.map((alias) => aliasJson(alias, true)), total, paging))
  })
  app.get('/aliases/:id', read, async (c) => {
    const { accountId, uuid } = which(c, c.req.param('id'))
    const alias = await aliasByUuid(host.db, accountId, uuid)
    if (!alias) throw notFound('alias')
    return alone(c, alias)
  })
  for (const path of ['/aliases/:id', '/aliases/:id/description', '/aliases/:id/from-name']) app.patch(path, manage, change)
  app.put('/aliases/:id/recipients', manage, async (c) => alone(c, await lead(c, c.req.param('id'), (await readBody(c, Recipients)).recipient_ids)))
  app.post('/alias-recipients', manage, async (c) => {
    const { alias_id: id, recipient_ids: ids } = await readBody(c, Recipients.extend({ alias_id: z.string().max(64) }))
    return alone(c, await lead(c, id, ids))
  })
  app.post('/active-aliases', manage, async (c) => alone(c, (await restoreAlias(host, which(c, (await readBody(c, WithId)).id))).alias))
  app.delete('/active-aliases/:id', manage, async (c) => nothing(c, await burnAlias(host, which(c, c.req.param('id')))))
  app.post('/pinned-aliases', manage, async (c) => alone(c, await pin(c, (await readBody(c, WithId)).id, true)))
  app.delete('/pinned-aliases/:id', manage, async (c) => nothing(c, await pin(c, c.req.param('id'), false)))
  app.delete('/aliases/:id', manage, async (c) => nothing(c, await closeAlias(host, which(c, c.req.param('id')))))
  app.patch('/aliases/:id/restore', manage, async (c) => alone(c, (await restoreAlias(host, which(c, c.req.param('id')))).alias))
  app.delete('/aliases/:id/forget', manage, async (c) => nothing(c, await forgetAlias(host, { ...which(c, c.req.param('id')), discard: false })))
  return app
}

const which = (c: Context<HttpEnv>, id: string | undefined) => ({ accountId: c.var.caller.accountId, uuid: uuidOf(id ?? '', 'alias') })
const alone = (c: Context, alias: Alias): Response => c.json({ data: aliasJson(alias, true) }, 200)
const nothing = (c: Context, _done: unknown): Response => c.body(null, 204)
