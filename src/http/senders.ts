// /v1/aliases/{id}/senders: who wrote to an alias, whom it was given to, and the owner's word on both.
import { createRoute, z } from '@hono/zod-openapi'
import { expectNoLonger, expectSender, expectWhoWrote } from '../flow/expect-sender.ts'
import { notFound } from '../flow/problem.ts'
import { LEARNING_MESSAGES, LEARNING_MS } from '../policy/stranger.ts'
import { aliasByUuid } from '../store/aliases.ts'
import { expectedSendersOf, type NamedSender } from '../store/expected-senders.ts'
import { listSenders } from '../store/sender-list.ts'
import { StrangerMail } from './alias-shape.ts'
import { guard } from './guard.ts'
import { body, createRouter, decodeCursor, IdCursor, IdParam, json, Line, otherwise, page, PageQuery, pageOf, Time, uuidOf } from './shapes.ts'
import type { Caller, Services } from './services.ts'

const Sender = z.object({
  id: z.string(), address: z.string(), organisation: z.string().openapi({ description: 'Its registered domain', example: 'deals.example' }),
  proven: z.boolean().openapi({ description: 'SPF or DKIM said that it was they' }),
  stranger: z.boolean().openapi({ description: 'The address was not given to it' }), first_at: Time,
}).openapi('Sender')
const Expected = z.object({
  id: z.string(),
  kind: z.enum(['domain', 'address', 'signer']).openapi({ description: 'signer: it signs for the company, as its bulk mailer does' }),
  name: z.string(), origin: z.enum(['first', 'learned', 'owner']),
  unproven: z.boolean().openapi({ description: 'Expected without proof, too: anybody can write in their name' }), created_at: Time,
}).openapi('ExpectedSender')
const ExpectedList = z.object({
  site: z.string().nullable().openapi({ description: 'The company that it was made for: always expected' }),
  stranger_mail: StrangerMail.nullable().openapi({ description: 'What becomes of the mail of others; null: as the account says' }),
  learning: z.boolean().openapi({ description: 'It still learns by itself: for 14 days, or from 3 messages' }),
  items: z.array(Expected),
}).openapi('ExpectedSenders')
const NewExpected = z.object({
  sender: Line(320).openapi({ description: 'A domain, or an address', example: 'shop-mail.example' }), unproven: z.boolean().default(false),
})
const OfAlias = IdParam.extend({ sender_id: z.string() })

export const senderRoutes = (services: Services) => {
  const { host } = services
  const [read, manage] = [guard(services, 'read'), guard(services, 'manage')]
  const tags = ['Senders']
  const which = (caller: Caller, id: string) => ({ accountId: caller.accountId, uuid: uuidOf(id, 'alias') })
  const found = async (caller: Caller, id: string) => {
    const alias = await aliasByUuid(host.db, caller.accountId, uuidOf(id, 'alias'))
    if (!alias) throw notFound('alias')
    return alias
  }

  return createRouter()
    .openapi(createRoute({
      method: 'get', path: '/{id}/senders', tags, summary: 'Who wrote to it, newest first', middleware: read,
      request: { params: IdParam, query: PageQuery.extend({ strangers: z.enum(['true']).optional() }) },
      responses: { 200: json(page(Sender), 'Senders'), default: otherwise },
    }), async (c) => {
      const { limit, cursor, strangers } = c.req.valid('query')
      const { id: aliasId } = await found(c.var.caller, c.req.valid('param').id)
      const rows = await listSenders(host.db, host.keys, {
        aliasId, limit: limit + 1, before: decodeCursor(IdCursor, cursor), strangers: strangers !== undefined,
      })
      return c.json(pageOf(rows, limit, (one) => ({
        id: one.id, address: one.address as string, organisation: one.organisation, proven: one.proven, stranger: one.stranger,
        first_at: one.firstAt.toISOString(),
      })), 200)
    })
    .openapi(createRoute({
      method: 'post', path: '/{id}/senders/{sender_id}/expect', tags, summary: 'This is the company too', middleware: manage,
      request: { params: OfAlias }, responses: { 200: json(Expected, 'Expected from now on'), default: otherwise },
    }), async (c) => {
      const { id, sender_id: sender } = c.req.valid('param')
      return c.json(expectedJson(await expectWhoWrote(host, which(c.var.caller, id), sender)), 200)
    })
    .openapi(createRoute({
      method: 'get', path: '/{id}/senders/expected', tags, summary: 'Whom it was given to', middleware: read,
      request: { params: IdParam }, responses: { 200: json(ExpectedList, 'Expected senders'), default: otherwise },
    }), async (c) => {
      const alias = await found(c.var.caller, c.req.valid('param').id)
      const learning = alias.learned < LEARNING_MESSAGES && host.clock.now().getTime() - alias.learningSince.getTime() < LEARNING_MS
      const items = (await expectedSendersOf(host.db, alias.id)).map(expectedJson)
      return c.json({ site: alias.site, stranger_mail: alias.strangerMail, learning, items }, 200)
    })
    .openapi(createRoute({
      method: 'post', path: '/{id}/senders/expected', tags, summary: 'Expect a domain or an address', middleware: manage,
      request: { params: IdParam, body: body(NewExpected) }, responses: { 201: json(Expected, 'Expected from now on'), default: otherwise },
    }), async (c) => c.json(expectedJson(await expectSender(host, which(c.var.caller, c.req.valid('param').id), c.req.valid('json'))), 201))
    .openapi(createRoute({
      method: 'delete', path: '/{id}/senders/expected/{sender_id}', tags, summary: 'Expect it no longer', middleware: manage,
      request: { params: OfAlias }, responses: { 204: { description: 'Gone' }, default: otherwise },
    }), async (c) => {
      const { id, sender_id: uuid } = c.req.valid('param')
      await expectNoLonger(host, which(c.var.caller, id), uuidOf(uuid, 'expected sender'))
      return c.body(null, 204)
    })
}

const expectedJson = (one: NamedSender): z.input<typeof Expected> =>
  ({ id: one.id, kind: one.kind, name: one.name, origin: one.origin, unproven: one.unproven, created_at: one.createdAt.toISOString() })
