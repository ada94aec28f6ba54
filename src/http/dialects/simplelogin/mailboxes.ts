// SimpleLogin: mailboxes, which are inboxes. The first list has those that mail may go to, the second all.
import { Hono } from 'hono'
import { z } from '@hono/zod-openapi'
import { addInbox } from '../../../flow/add-inbox.ts'
import { changeAccount } from '../../../flow/change-account.ts'
import { Problem } from '../../../flow/problem.ts'
import { removeInbox } from '../../../flow/remove-inbox.ts'
import { accountById } from '../../../store/accounts.ts'
import { inboxesOf, type Inbox } from '../../../store/inboxes.ts'
import type { HttpEnv, Services } from '../../services.ts'
import { timestamp } from '../date-text.ts'
import { readBody } from '../request-body.ts'
import { simpleLoginGuard } from './guard.ts'
import { inboxByNumber, MailboxNumber, numberOf } from './mailbox-numbers.ts'

const NewMailbox = z.object({ email: z.string().max(320) })
const Change = z.object({ default: z.boolean().nullish(), email: z.string().max(320).nullish(), cancel_email_change: z.boolean().nullish() })
const Removal = z.object({ transfer_aliases_to: z.union([z.literal(-1), MailboxNumber]).nullish() })

export const mailboxRoutes = (services: Services): Hono<HttpEnv> => {
  const { host } = services
  const guarded = simpleLoginGuard(services)
  const [read, manage] = [guarded('read'), guarded('manage')]

  const list = async (accountId: string) => {
    const [inboxes, account] = await Promise.all([inboxesOf(host.db, accountId), accountById(host.db, accountId)])
    return inboxes.map((inbox) => mailboxJson(inbox, account?.defaultInboxId ?? null))
  }

  const app = new Hono<HttpEnv>()
  app.get('/mailboxes', read, async (c) => c.json({ mailboxes: (await list(c.var.caller.accountId)).filter(({ verified }) => verified) }))
  app.get('/v2/mailboxes', read, async (c) => c.json({ mailboxes: await list(c.var.caller.accountId) }))
  app.post('/mailboxes', manage, async (c) => {
    const { email } = await readBody(c, NewMailbox)
    return c.json(mailboxJson(await addInbox(host, { accountId: c.var.caller.accountId, address: email }), null), 201)
  })
  app.put('/mailboxes/:id', manage, async (c) => {
    const { accountId } = c.var.caller
    const inbox = await inboxByNumber(host.db, accountId, numberOf(c.req.param('id'), 'mailbox'))
    const { default: isDefault, email } = await readBody(c, Change)
    if (email && email.trim().toLowerCase() !== inbox.address) throw new Problem('invalid', 'An address is not changed: add the new one, then remove this.')
    if (isDefault === true) await changeAccount(host, { accountId, defaultInboxUuid: inbox.uuid })
    return c.json({ updated: true })
  })
  app.delete('/mailboxes/:id', manage, async (c) => {
    const { accountId } = c.var.caller
    const inbox = await inboxByNumber(host.db, accountId, numberOf(c.req.param('id'), 'mailbox'))
    const { transfer_aliases_to: number } = await readBody(c, Removal)
    const target = number && number > 0 ? await inboxByNumber(host.db, accountId, number) : undefined
    await removeInbox(host, { accountId, uuid: inbox.uuid, moveTo: target?.uuid })
    return c.json({ deleted: true })
  })
  return app
}

const mailboxJson = (inbox: Inbox, defaultId: string | null) => ({
  id: Number(inbox.id), email: inbox.address, verified: inbox.verifiedAt !== null, default: inbox.id === defaultId,
  creation_timestamp: timestamp(inbox.createdAt), nb_alias: inbox.aliases,
})
