// addy.io: recipients, which are inboxes.
import { Hono } from 'hono'
import { z } from '@hono/zod-openapi'
import { addInbox, verifyInboxAgain } from '../../../flow/add-inbox.ts'
import { notFound } from '../../../flow/problem.ts'
import { removeInbox } from '../../../flow/remove-inbox.ts'
import { inboxByUuid, inboxesOf, type Inbox } from '../../../store/inboxes.ts'
import type { HttpEnv, Services } from '../../services.ts'
import { uuidOf } from '../../shapes.ts'
import { readBody } from '../request-body.ts'
import { recipientJson } from './alias-shape.ts'
import { addyGuard } from './guard.ts'
import { queryOf } from './list-query.ts'

export const recipientRoutes = (services: Services): Hono<HttpEnv> => {
  const { host } = services
  const guarded = addyGuard(services)
  const [read, manage] = [guarded('read'), guarded('manage')]

  const app = new Hono<HttpEnv>()
  app.get('/recipients', read, async (c) => {
    const { accountId } = c.var.caller
    const query = queryOf(c)
    const [verified, counted] = [query.get('filter[verified]'), query.get('alias_count') !== 'false']
    const inboxes = (await inboxesOf(host.db, accountId)).filter((inbox) => !verified || (inbox.verifiedAt !== null) === (verified === 'true'))
    return c.json({ data: inboxes.map((inbox) => inboxJson(inbox, accountId, counted)) })
  })
  app.get('/recipients/:id', read, async (c) => {
    const { accountId } = c.var.caller
    const inbox = await inboxByUuid(host.db, accountId, uuidOf(c.req.param('id'), 'recipient'))
    if (!inbox) throw notFound('recipient')
    return c.json({ data: inboxJson(inbox, accountId, true) })
  })
  app.post('/recipients', manage, async (c) => {
    const { accountId } = c.var.caller
    const { email } = await readBody(c, z.object({ email: z.string().max(320) }))
    return c.json({ data: inboxJson(await addInbox(host, { accountId, address: email }), accountId, true) }, 201)
  })
  app.post('/recipients/email/resend', manage, async (c) => {
    const { recipient_id: id } = await readBody(c, z.object({ recipient_id: z.string().max(64) }))
    await verifyInboxAgain(host, { accountId: c.var.caller.accountId, uuid: uuidOf(id, 'recipient') })
    return c.json({ message: 'The mail is on its way.' })
  })
  app.delete('/recipients/:id', manage, async (c) => {
    await removeInbox(host, { accountId: c.var.caller.accountId, uuid: uuidOf(c.req.param('id'), 'recipient') })
    return c.body(null, 204)
  })
  return app
}

const inboxJson = ({ uuid, address, verifiedAt, createdAt, aliases }: Inbox, accountId: string, counted: boolean) => ({
  ...recipientJson({ id: uuid, address, verifiedAt: verifiedAt?.toISOString() ?? null, createdAt: createdAt.toISOString() }, accountId),
  ...(counted && { aliases_count: aliases }),
})
