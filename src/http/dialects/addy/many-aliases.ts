// addy.io: the phone apps' calls for up to 25 aliases at once. Those of which it can be done are named in the answer; none at all is 404.
import { Hono, type Context } from 'hono'
import { z } from '@hono/zod-openapi'
import { changeAlias } from '../../../flow/change-alias.ts'
import { changeManyAliases, type ManyChange } from '../../../flow/change-many-aliases.ts'
import { forgetAlias } from '../../../flow/forget-alias.ts'
import { Problem } from '../../../flow/problem.ts'
import { aliasByUuid, type Alias } from '../../../store/aliases.ts'
import { isUuid } from '../../../store/uuid.ts'
import type { HttpEnv, Services } from '../../services.ts'
import { readBody } from '../request-body.ts'
import { aliasJson } from './alias-shape.ts'
import { addyGuard } from './guard.ts'
import { chosenInboxIds, RecipientIds } from './recipient-ids.ts'

const Ids = z.object({ ids: z.array(z.string().max(64)).min(1).max(25) })
const changes: Readonly<Record<string, ManyChange>> = {
  activate: { kind: 'restore', releaseHeld: false }, restore: { kind: 'restore', releaseHeld: false }, deactivate: { kind: 'burn' }, delete: { kind: 'close' },
}

export const manyAliasesRoutes = (services: Services): Hono<HttpEnv> => {
  const { host } = services
  const guarded = addyGuard(services)
  const [read, manage] = [guarded('read'), guarded('manage')]

  const done = (c: Context, ids: readonly string[]): Response => {
    if (ids.length === 0) throw new Problem('not-found', 'No aliases found')
    return c.json({ message: ids.length === 1 ? 'Done for 1 alias' : `Done for ${ids.length} aliases`, ids })
  }
  const change = async (c: Context<HttpEnv>, what: ManyChange): Promise<Response> => {
    const uuids = (await readBody(c, Ids)).ids.filter(isUuid)
    const results = await changeManyAliases(host, { accountId: c.var.caller.accountId, uuids, change: what })
    return done(c, results.flatMap(({ id, result }) => result instanceof Problem ? [] : [id]))
  }
  const each = async (c: Context<HttpEnv>, work: (which: { accountId: string; uuid: string }) => Promise<unknown>): Promise<Response> => {
    const ids: string[] = []
    for (const uuid of new Set((await readBody(c, Ids)).ids.filter(isUuid))) {
      const went = await work({ accountId: c.var.caller.accountId, uuid }).then(() => true, (error: unknown) => {
        if (error instanceof Problem) return false
        throw error
      })
      if (went) ids.push(uuid)
    }
    return done(c, ids)
  }
  const pin = (pinned: boolean) => (which: { accountId: string; uuid: string }) =>
    changeAlias(host, { ...which, site: undefined, label: undefined, note: undefined, displayName: undefined, pinned })

  const app = new Hono<HttpEnv>()
  app.post('/aliases/get/bulk', read, async (c) => {
    const { ids } = await readBody(c, Ids)
    const found = await Promise.all(ids.map((id) => aliasByUuid(host.db, c.var.caller.accountId, id)))
    const aliases = found.filter((alias): alias is Alias => alias !== undefined)
    if (aliases.length === 0) throw new Problem('not-found', 'No aliases found')
    return c.json({ data: aliases.map((alias) => aliasJson(alias, true)) })
  })
  for (const [name, what] of Object.entries(changes)) app.post(`/aliases/${name}/bulk`, manage, (c) => change(c, what))
  app.post('/aliases/forget/bulk', manage, (c) => each(c, (which) => forgetAlias(host, { ...which, discard: false })))
  app.post('/aliases/pin/bulk', manage, (c) => each(c, pin(true)))
  app.post('/aliases/unpin/bulk', manage, (c) => each(c, pin(false)))
  app.post('/aliases/recipients/bulk', manage, async (c) => {
    const { recipient_ids: ids } = await readBody(c, z.object({ recipient_ids: RecipientIds }))
    return change(c, { kind: 'move', inboxIds: await chosenInboxIds(host.db, c.var.caller.accountId, ids) })
  })
  return app
}
