// SimpleLogin: contacts, which are correspondents with their reverse aliases.
import { Hono } from 'hono'
import { z } from '@hono/zod-openapi'
import { addCorrespondent } from '../../../flow/add-correspondent.ts'
import { changeCorrespondent } from '../../../flow/block-correspondent.ts'
import { hideCorrespondent } from '../../../flow/hide-correspondent.ts'
import { notFound, Problem } from '../../../flow/problem.ts'
import { parseAddressList } from '../../../mail/address-list.ts'
import { correspondentByNumber, correspondentPage, numbered, setHidden, type Numbered } from '../../../store/correspondent-pages.ts'
import type { HttpEnv, Services } from '../../services.ts'
import { dateTextWithOffset, timestamp } from '../date-text.ts'
import { readBody } from '../request-body.ts'
import { aliasOf, pageOf, pageSize } from './aliases.ts'
import { simpleLoginGuard } from './guard.ts'
import { numberOf } from './mailbox-numbers.ts'
import { contactsOf } from './reverse-alias.ts'

const NewContact = z.object({ contact: z.string().max(1_000) })

export const contactRoutes = (services: Services): Hono<HttpEnv> => {
  const { host } = services
  const guarded = simpleLoginGuard(services)
  const [read, manage] = [guarded('read'), guarded('manage')]

  const shown = async (accountId: string, all: readonly Numbered[]) => {
    const contacts = await contactsOf(host, accountId, all.map(({ correspondent }) => correspondent))
    return contacts.map((contact, index) => {
      const { number, correspondent: { firstAt } } = all[index]!
      return {
        id: number, contact: contact.address, reverse_alias: contact.reverseAlias, reverse_alias_address: contact.reverseAddress,
        creation_date: dateTextWithOffset(firstAt), creation_timestamp: timestamp(firstAt),
        // What is known is when either of the two wrote.
        last_email_sent_date: null, last_email_sent_timestamp: null, block_forward: contact.blocked !== null,
      }
    })
  }

  const app = new Hono<HttpEnv>()
  app.get('/aliases/:id/contacts', read, async (c) => {
    const { accountId } = c.var.caller
    const alias = await aliasOf(services, c)
    const page = { accountId, aliasId: alias.id, offset: pageOf(c) * pageSize, limit: pageSize }
    return c.json({ contacts: await shown(accountId, await correspondentPage(host.db, host.keys, page)) })
  })
  app.post('/aliases/:id/contacts', manage, async (c) => {
    const { accountId } = c.var.caller
    const alias = await aliasOf(services, c)
    const { contact } = await readBody(c, NewContact)
    const [entry] = parseAddressList(contact)
    if (entry?.kind !== 'mailbox') throw new Problem('invalid', 'Write an address like name@shop.example.')
    const { correspondent, isNew } = await addCorrespondent(host, {
      accountId, aliasUuid: alias.uuid, address: entry.mailbox, ...(entry.name !== '' && { name: entry.name.slice(0, 100) }),
    })
    await setHidden(host.db, correspondent.id, null)
    const [said] = await shown(accountId, await numbered(host.db, [correspondent]))
    return c.json({ ...said!, existed: !isNew }, isNew ? 201 : 200)
  })
  app.delete('/contacts/:id', manage, async (c) => {
    await hideCorrespondent(host, { accountId: c.var.caller.accountId, number: numberOf(c.req.param('id'), 'contact') })
    return c.json({ deleted: true })
  })
  app.post('/contacts/:id/toggle', manage, async (c) => {
    const { accountId } = c.var.caller
    const correspondent = await correspondentByNumber(host.db, host.keys, accountId, numberOf(c.req.param('id'), 'contact'))
    if (!correspondent) throw notFound('contact')
    const [contact] = await contactsOf(host, accountId, [correspondent])
    const blocked = contact!.blocked === null ? 'alias' as const : null
    await changeCorrespondent(host, { accountId, uuid: correspondent.id, blocked })
    return c.json({ block_forward: blocked !== null })
  })
  return app
}
