// /v1/aliases: create, list, search, change, burn, restore, close, forget.
import { createRoute, z } from '@hono/zod-openapi'
import { burnAlias } from '../flow/burn-alias.ts'
import { changeAlias } from '../flow/change-alias.ts'
import { closeAlias } from '../flow/close-alias.ts'
import { createAlias } from '../flow/create-alias.ts'
import { forgetAlias } from '../flow/forget-alias.ts'
import type { Host } from '../flow/host.ts'
import { notFound } from '../flow/problem.ts'
import { restoreAlias } from '../flow/restore-alias.ts'
import { searchAliases, searchPinnedFirst, type AliasQuery } from '../store/alias-search.ts'
import { aliasByUuid } from '../store/aliases.ts'
import { labelsOf } from '../store/alias-labels.ts'
import { plotsOf } from '../store/stats.ts'
import { AliasState, briefJson, CreatedAlias, FullAlias, fullJson, ListedAlias, RestoredAlias, StrangerMail } from './alias-shape.ts'
import { isUuid } from '../store/uuid.ts'
import { guard } from './guard.ts'
import {
  body, createRouter, decodeCursor, emptyToNull, encodeCursor, IdParam, json, Line, otherwise, page, pageOfAll, PageQuery, ShortListQuery, Text, Time, uuidOf,
} from './shapes.ts'
import type { Caller, Services } from './services.ts'

const fields = {
  site: Line(253).nullish().openapi({ description: 'A URL or a host name', example: 'https://shop.example/checkout' }),
  label: Line(200).nullish(),
  note: Text(10_000).nullish(),
  display_name: Line(100).nullish(),
  pinned: z.boolean().optional(),
  inbox_ids: z.array(z.string().max(64)).min(1).max(20).optional(),
}
const ends = {
  quiet: z.boolean().optional(), ends_at: Time.nullish(), ends_after: z.number().int().min(1).max(1_000_000).nullish(),
  ends_idle_days: z.number().int().min(1).max(3650).nullish(),
}
const NewAlias = z.object({
  ...fields,
  site: Line(2000).nullish().openapi({ description: 'A URL or a host name', example: 'https://shop.example/checkout' }),
  local_part: z.string().max(200).optional(),
  domain: z.string().max(253).optional(),
  format: z.enum(['company', 'words', 'letters']).optional().openapi({ description: 'Else as in your settings' }),
})
const Restore = z.object({ release_held: z.union([z.boolean(), z.literal('all')]).default(false) })
const Change = z.object({ ...fields, site: NewAlias.shape.site, stranger_mail: StrangerMail.nullish(), ...ends })

const Sort = z.enum(['created', 'last_message', 'address'])
const ListQuery = PageQuery.extend({
  q: z.string().max(200).optional().openapi({ description: 'Words that must all be in address, label, note, site or display name' }),
  state: AliasState.optional(),
  site: z.string().max(253).optional(),
  label: z.string().max(200).optional().openapi({ description: 'Exactly this label; empty: those without one' }),
  inbox_id: z.string().max(64).optional(),
  unused: z.enum(['true']).optional().openapi({ description: 'Those that never got mail' }),
  strangers: z.enum(['true']).optional().openapi({ description: 'Those that strangers write to' }),
  plot_days: z.coerce.number().int().min(1).max(90).optional().openapi({ description: 'Give each its plot of so many days, 30 say' }),
  pinned_first: z.enum(['true']).optional().openapi({ description: 'The pinned ones before all others, each in the order asked for' }),
  sort: Sort.default('created'),
})
const Place = [Sort, z.string().max(320).nullable(), z.number().int().min(0).max(2_147_483_647)] as const
const fits = (sort: z.infer<typeof Sort>, value: string | null): boolean => {
  switch (sort) {
    case 'created': return true
    case 'address': return value !== null
    case 'last_message': return value === null || !Number.isNaN(Date.parse(value))
  }
}
const Cursor = z.tuple(Place).refine(([sort, value]) => fits(sort, value))
/** The id 0 is nobody's: the others begin. */
const PinnedFirst = z.tuple([...Place, z.enum(['pinned', 'others'])]).refine(([sort, value, id]) => id === 0 || fits(sort, value))

export const aliasRoutes = (services: Services) => {
  const { host } = services
  const [create, read, manage] = [guard(services, 'create'), guard(services, 'read'), guard(services, 'manage')]
  const tags = ['Aliases']

  return createRouter()
    .openapi(createRoute({
      method: 'post', path: '/', tags, summary: 'Create an alias', middleware: create,
      request: {
        body: body(NewAlias),
        headers: z.object({ 'idempotency-key': Line(255).min(1).optional().openapi({ description: 'The same key within a day: the same alias' }) }),
      },
      responses: { 201: json(CreatedAlias, 'The new alias'), default: otherwise },
    }), async (c) => {
      const caller = c.var.caller
      const input = c.req.valid('json')
      const alias = await createAlias(host, {
        accountId: caller.accountId, site: emptyToNull(input.site), label: emptyToNull(input.label), note: emptyToNull(input.note),
        displayName: emptyToNull(input.display_name), pinned: input.pinned ?? false,
        localPart: input.local_part, domain: input.domain, inboxIds: input.inbox_ids, format: input.format, token: caller.token,
        idempotencyKey: c.req.valid('header')['idempotency-key'],
      })
      return c.json(caller.scopes.includes('read') ? fullJson(alias) : briefJson(alias), 201)
    })
    .openapi(createRoute({
      method: 'get', path: '/', tags, summary: 'List and search', middleware: read,
      request: { query: ListQuery }, responses: { 200: json(page(ListedAlias), 'Aliases'), default: otherwise },
    }), async (c) => {
      const { cursor, q, state, site, label, inbox_id: inbox, unused, strangers, plot_days: days, pinned_first: pinnedFirst, ...query } = c.req.valid('query')
      if (inbox !== undefined && !isUuid(inbox)) return c.json({ items: [], next: null }, 200)
      const asked = {
        accountId: c.var.caller.accountId, ...query, ...(q !== undefined && { q: plain(q) }), ...(state && { state }),
        ...(site !== undefined && { site: plain(site) }), ...(label !== undefined && { label: plain(label) }),
        ...(inbox !== undefined && { inboxUuid: inbox }), unused: unused !== undefined, strangers: strangers !== undefined,
      }
      const found = await (pinnedFirst ? pinnedFirstPage(host, asked, cursor) : plainPage(host, asked, cursor))
      const plots = days === undefined ? undefined
        : await plotsOf(host.db, found.items.map(({ id }) => id), dayOf(host.clock.now()), days)
      return c.json({ items: found.items.map((alias) => ({ ...fullJson(alias), ...(plots && { plot: plots.get(alias.id)! }) })), next: found.next }, 200)
    })
    .openapi(createRoute({
      method: 'get', path: '/labels', tags, summary: 'The labels in use, most used first; 200 at most', middleware: read,
      request: { query: ShortListQuery },
      responses: { 200: json(page(z.object({ label: z.string(), aliases: z.number().int() })), 'Labels'), default: otherwise },
    }), async (c) => c.json(pageOfAll(await labelsOf(host.db, c.var.caller.accountId), c.req.valid('query'), ({ label }) => label), 200))
    .openapi(createRoute({
      method: 'get', path: '/{id}', tags, summary: 'Read one', middleware: read,
      request: { params: IdParam }, responses: { 200: json(FullAlias, 'The alias'), default: otherwise },
    }), async (c) => {
      const alias = await aliasByUuid(host.db, c.var.caller.accountId, aliasId(c.req.valid('param').id))
      if (!alias) throw notFound('alias')
      return c.json(fullJson(alias), 200)
    })
    .openapi(createRoute({
      method: 'patch', path: '/{id}', tags, summary: 'Change label, note, inboxes', middleware: manage,
      request: { params: IdParam, body: body(Change) }, responses: { 200: json(FullAlias, 'The alias'), default: otherwise },
    }), async (c) => {
      const input = c.req.valid('json')
      return c.json(fullJson(await changeAlias(host, {
        accountId: c.var.caller.accountId, uuid: aliasId(c.req.valid('param').id), inboxIds: input.inbox_ids, pinned: input.pinned,
        ...('site' in input && { site: emptyToNull(input.site) }), ...('label' in input && { label: emptyToNull(input.label) }),
        ...('note' in input && { note: emptyToNull(input.note) }),
        ...('display_name' in input && { displayName: emptyToNull(input.display_name) }),
        ...(input.stranger_mail !== undefined && { strangerMail: input.stranger_mail }), ...(input.quiet !== undefined && { quiet: input.quiet }),
        ...(input.ends_at !== undefined && { endsAt: input.ends_at === null ? null : new Date(input.ends_at) }),
        ...(input.ends_after !== undefined && { endsLeft: input.ends_after }),
        ...(input.ends_idle_days !== undefined && {
          endsIdle: input.ends_idle_days === null ? null : { days: input.ends_idle_days, since: host.clock.now() },
        }),
      })), 200)
    })
    .openapi(createRoute({
      method: 'post', path: '/{id}/burn', tags, summary: 'Burn: from now on its mail is held', middleware: manage,
      request: { params: IdParam }, responses: { 200: json(FullAlias, 'The burned alias'), default: otherwise },
    }), async (c) => c.json(fullJson(await burnAlias(host, which(c.var.caller, c.req.valid('param').id))), 200))
    .openapi(createRoute({
      method: 'post', path: '/{id}/restore', tags, summary: 'Make it active again, from any state', middleware: manage,
      request: { params: IdParam, body: { content: { 'application/json': { schema: Restore } } } },
      responses: { 200: json(RestoredAlias, 'The active alias'), default: otherwise },
    }), async (c) => {
      const { release_held: asked = false } = c.req.valid('json') ?? {}
      const { alias, released, skipped } = await restoreAlias(host, {
        ...which(c.var.caller, c.req.valid('param').id), releaseHeld: asked === 'all' ? 'any-burn' : asked ? 'latest-burn' : undefined,
      })
      return c.json({ ...fullJson(alias), ...(asked !== false && { released, skipped }) }, 200)
    })
    .openapi(createRoute({
      method: 'post', path: '/{id}/close', tags, summary: 'Close: from now on its mail is refused', middleware: manage,
      request: { params: IdParam }, responses: { 200: json(FullAlias, 'The closed alias'), default: otherwise },
    }), async (c) => c.json(fullJson(await closeAlias(host, which(c.var.caller, c.req.valid('param').id))), 200))
    .openapi(createRoute({
      method: 'delete', path: '/{id}', tags, summary: 'Forget it; the address is never given out again', middleware: manage,
      request: { params: IdParam, query: z.object({ discard: z.enum(['true', 'false']).default('false') }) },
      responses: { 204: { description: 'Forgotten' }, default: otherwise },
    }), async (c) => {
      const discard = c.req.valid('query').discard === 'true'
      await forgetAlias(host, { ...which(c.var.caller, c.req.valid('param').id), discard })
      return c.body(null, 204)
    })
}

/** PostgreSQL takes no NUL. */
const plain = (text: string): string => text.replaceAll('\0', ' ')
const dayOf = (time: Date): string => time.toISOString().slice(0, 10)

const aliasId = (id: string): string => uuidOf(id, 'alias')
const which = (caller: Caller, id: string) => ({ accountId: caller.accountId, uuid: aliasId(id) })

type Asked = Omit<AliasQuery, 'after' | 'pinned'>

const plainPage = async ({ db }: Host, query: Asked, cursor: string | undefined) => {
  const after = decodeCursor(Cursor.refine(([sort]) => sort === query.sort), cursor)
  const { items, next } = await searchAliases(db, { ...query, ...(after && { after: { value: after[1], id: after[2] } }) })
  return { items, next: next && encodeCursor([query.sort, next.value, next.id]) }
}

const pinnedFirstPage = async ({ db }: Host, query: Asked, cursor: string | undefined) => {
  const from = decodeCursor(PinnedFirst.refine(([sort]) => sort === query.sort), cursor)
  const { items, next } = await searchPinnedFirst(db, query, from && { of: from[3], after: from[2] === 0 ? undefined : { value: from[1], id: from[2] } })
  return { items, next: next && encodeCursor([query.sort, next.after?.value ?? null, next.after?.id ?? 0, next.of]) }
}
