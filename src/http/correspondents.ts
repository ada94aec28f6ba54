// /v1/correspondents and those of one alias: who wrote to an address, and the reverse alias through which its owner writes to them.
import { createRoute, z } from '@hono/zod-openapi'
import { addCorrespondent } from '../flow/add-correspondent.ts'
import { changeCorrespondent } from '../flow/block-correspondent.ts'
import { notFound } from '../flow/problem.ts'
import { aliasByUuid } from '../store/aliases.ts'
import { listCorrespondents } from '../store/correspondent-list.ts'
import { isUuid } from '../store/uuid.ts'
import { BlockedAt, CorrespondentName, CorrespondentShape, correspondentsJson } from './correspondent-shape.ts'
import { guard } from './guard.ts'
import { body, createRouter, decodeCursor, emptyToNull, encodeCursor, IdCursor, IdParam, json, otherwise, page, PageQuery, uuidOf } from './shapes.ts'
import type { Services } from './services.ts'

const tags = ['Correspondents']

const listed = async ({ host }: Services, accountId: string, query: { limit: number; cursor?: string | undefined; aliasUuid?: string | undefined }) => {
  const { limit, cursor, aliasUuid } = query
  if (aliasUuid !== undefined && !isUuid(aliasUuid)) return { items: [], next: null }
  const rows = await listCorrespondents(host.db, host.keys, { accountId, aliasUuid, limit: limit + 1, before: decodeCursor(IdCursor, cursor) })
  const items = rows.slice(0, limit)
  return { items: await correspondentsJson(host, accountId, items), next: rows.length > limit ? encodeCursor(items.at(-1)!.cursor) : null }
}

export const correspondentRoutes = (services: Services) => {
  const { host } = services
  return createRouter()
    .openapi(createRoute({
      method: 'get', path: '/', tags, summary: 'Who wrote, newest first', middleware: guard(services, 'read'),
      request: { query: PageQuery.extend({ alias_id: z.string().max(64).optional() }) },
      responses: { 200: json(page(CorrespondentShape), 'Correspondents of one address, or of all'), default: otherwise },
    }), async (c) => {
      const { alias_id: aliasUuid, ...query } = c.req.valid('query')
      return c.json(await listed(services, c.var.caller.accountId, { ...query, aliasUuid }), 200)
    })
    .openapi(createRoute({
      method: 'patch', path: '/{id}', tags, summary: 'Name one, or block one: their mail is held', middleware: guard(services, 'manage'),
      description: 'A block of the whole account holds their mail at every address; null ends both kinds. See /v1/blocks for those who never wrote.',
      request: { params: IdParam, body: body(z.object({ name: CorrespondentName, blocked: BlockedAt.optional() })) },
      responses: { 200: json(CorrespondentShape, 'The correspondent'), default: otherwise },
    }), async (c) => {
      const { accountId } = c.var.caller
      const { name, blocked } = c.req.valid('json')
      const correspondent = await changeCorrespondent(host, {
        accountId, uuid: uuidOf(c.req.valid('param').id, 'correspondent'), name: name === undefined ? undefined : emptyToNull(name), blocked,
      })
      return c.json((await correspondentsJson(host, accountId, [correspondent]))[0]!, 200)
    })
}

export const aliasCorrespondentRoutes = (services: Services) => {
  const { host } = services
  return createRouter()
    .openapi(createRoute({
      method: 'get', path: '/{id}/correspondents', tags, summary: 'Who wrote to this address, newest first', middleware: guard(services, 'read'),
      request: { params: IdParam, query: PageQuery },
      responses: { 200: json(page(CorrespondentShape), 'Correspondents'), default: otherwise },
    }), async (c) => {
      const { accountId } = c.var.caller
      const alias = await aliasByUuid(host.db, accountId, uuidOf(c.req.valid('param').id, 'alias'))
      if (!alias) throw notFound('alias')
      return c.json(await listed(services, accountId, { ...c.req.valid('query'), aliasUuid: alias.uuid }), 200)
    })
    .openapi(createRoute({
      method: 'post', path: '/{id}/correspondents', tags, summary: 'Write to someone new from this address', middleware: guard(services, 'manage'),
      description: 'Answers with the reverse alias: mail to it goes to them, as from the alias. 409 `burned` or `closed` while nothing is sent from it.',
      request: { params: IdParam, body: body(z.object({ address: z.string().max(320), name: CorrespondentName })) },
      responses: {
        201: json(CorrespondentShape, 'Someone new'), 200: json(CorrespondentShape, 'Known already: the same reverse alias'), default: otherwise,
      },
    }), async (c) => {
      const { accountId } = c.var.caller
      const { address, name } = c.req.valid('json')
      const { correspondent, isNew } = await addCorrespondent(host, {
        accountId, aliasUuid: uuidOf(c.req.valid('param').id, 'alias'), address, name: name === undefined ? undefined : emptyToNull(name),
      })
      const [said] = await correspondentsJson(host, accountId, [correspondent])
      return isNew ? c.json(said!, 201) : c.json(said!, 200)
    })
}
