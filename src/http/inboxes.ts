// /v1/inboxes: the real mailboxes. A new one gets a verification mail and receives nothing before.
import { createRoute, z } from '@hono/zod-openapi'
import { addInbox, verifyInboxAgain } from '../flow/add-inbox.ts'
import { changeInbox } from '../flow/change-inbox.ts'
import { removeInbox } from '../flow/remove-inbox.ts'
import { verifyInbox, verifyInboxByCode } from '../flow/verify-inbox.ts'
import { inboxesOf, type Inbox } from '../store/inboxes.ts'
import { guard } from './guard.ts'
import { sameSite } from './same-site.ts'
import { body, createRouter, IdParam, json, otherwise, page, pageOfAll, ShortListQuery, Time, uuidOf } from './shapes.ts'
import type { Services } from './services.ts'

const InboxShape = z.object({
  id: z.string(), address: z.string(), verified: z.boolean(), verified_at: Time.nullable(), created_at: Time,
  aliases: z.number().int().openapi({ description: 'How many aliases lead here' }),
  refused_since: Time.nullable().openapi({ description: 'Its server refuses mail since then; null after the next delivery that it accepts' }),
  refused_reply: z.string().nullable().openapi({ description: 'What its server said' }),
  reply_secret: z.boolean().openapi({ description: 'Its reverse aliases carry a secret that proves its replies: for providers without DKIM and SPF' }),
}).openapi('Inbox')

const inboxJson = (inbox: Inbox): z.input<typeof InboxShape> => ({
  id: inbox.uuid, address: inbox.address, verified: inbox.verifiedAt !== null, verified_at: inbox.verifiedAt?.toISOString() ?? null,
  created_at: inbox.createdAt.toISOString(), aliases: inbox.aliases,
  refused_since: inbox.refusedSince?.toISOString() ?? null, refused_reply: inbox.refusedReply,
  reply_secret: inbox.hasReplySecret,
})

export const inboxRoutes = (services: Services) => {
  const { host } = services
  const [read, manage] = [guard(services, 'read'), guard(services, 'manage')]
  const tags = ['Inboxes']

  return createRouter()
    .openapi(createRoute({
      method: 'get', path: '/', tags, summary: 'Your inboxes', middleware: read,
      request: { query: ShortListQuery }, responses: { 200: json(page(InboxShape), 'The first one first'), default: otherwise },
    }), async (c) => c.json(pageOfAll((await inboxesOf(host.db, c.var.caller.accountId)).map(inboxJson), c.req.valid('query'), ({ id }) => id), 200))
    .openapi(createRoute({
      method: 'post', path: '/', tags, summary: 'Add one; a verification mail goes to it', middleware: manage,
      request: { body: body(z.object({ address: z.string().max(320) })) },
      responses: { 201: json(InboxShape, 'The inbox, not verified yet'), default: otherwise },
    }), async (c) => {
      const inbox = await addInbox(host, { accountId: c.var.caller.accountId, address: c.req.valid('json').address })
      return c.json(inboxJson(inbox), 201)
    })
    .openapi(createRoute({
      method: 'post', path: '/verify', tags, summary: 'Use the link of a verification mail', description: 'The token is all it takes.',
      middleware: sameSite(services),
      request: { body: body(z.object({ token: z.string().max(200) })) },
      responses: { 200: json(z.object({ address: z.string() }), 'Verified'), default: otherwise },
    }), async (c) => c.json({ address: (await verifyInbox(host, c.req.valid('json').token)).address as string }, 200))
    .openapi(createRoute({
      method: 'post', path: '/{id}/code', tags, summary: 'Verify one by the six digits of its mail', middleware: manage,
      request: { params: IdParam, body: body(z.object({ code: z.string().trim().max(20) })) },
      responses: { 200: json(InboxShape, 'The verified inbox'), default: otherwise },
    }), async (c) => {
      const { accountId } = c.var.caller
      return c.json(inboxJson(await verifyInboxByCode(host, {
        accountId, uuid: inboxId(c.req.valid('param').id), code: c.req.valid('json').code.replaceAll(' ', ''),
      })), 200)
    })
    .openapi(createRoute({
      method: 'post', path: '/{id}/verify', tags, summary: 'Send the verification mail once more', middleware: manage,
      request: { params: IdParam }, responses: { 200: json(InboxShape, 'The inbox'), default: otherwise },
    }), async (c) => {
      const inbox = await verifyInboxAgain(host, { accountId: c.var.caller.accountId, uuid: inboxId(c.req.valid('param').id) })
      return c.json(inboxJson(inbox), 200)
    })
    .openapi(createRoute({
      method: 'patch', path: '/{id}', tags, summary: 'Let its replies be proven by a secret, or no longer', middleware: manage,
      description: 'Off and on again makes a new secret: reverse aliases that this inbox was shown before no longer work for it.',
      request: { params: IdParam, body: body(z.object({ reply_secret: z.boolean().optional() })) },
      responses: { 200: json(InboxShape, 'The inbox'), default: otherwise },
    }), async (c) => {
      const inbox = await changeInbox(host, {
        accountId: c.var.caller.accountId, uuid: inboxId(c.req.valid('param').id), replySecret: c.req.valid('json').reply_secret,
      })
      return c.json(inboxJson(inbox), 200)
    })
    .openapi(createRoute({
      method: 'delete', path: '/{id}', tags, summary: 'Remove one', middleware: manage,
      description: '409 in-use with the aliases that lead to it, unless move_to names another inbox for them',
      request: { params: IdParam, query: z.object({ move_to: z.string().max(64).optional() }) },
      responses: { 204: { description: 'Removed' }, default: otherwise },
    }), async (c) => {
      const { move_to: moveTo } = c.req.valid('query')
      await removeInbox(host, {
        accountId: c.var.caller.accountId, uuid: inboxId(c.req.valid('param').id),
        moveTo: moveTo === undefined ? undefined : inboxId(moveTo),
      })
      return c.body(null, 204)
    })
}

const inboxId = (id: string): string => uuidOf(id, 'inbox')
