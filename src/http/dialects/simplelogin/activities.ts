// SimpleLogin: GET /api/aliases/{id}/activities: what came to an alias and what became of it.
import { Hono } from 'hono'
import { listActivity } from '../../../store/activity-list.ts'
import { correspondentsOfPairs } from '../../../store/correspondent-pages.ts'
import type { HttpEnv, Services } from '../../services.ts'
import { timestamp } from '../date-text.ts'
import { aliasOf, pageOf, pageSize } from './aliases.ts'
import { simpleLoginGuard } from './guard.ts'
import { actionOf, messageKinds, senderOf } from './message-kinds.ts'
import { contactsOf } from './reverse-alias.ts'

export const activityRoutes = (services: Services): Hono<HttpEnv> => {
  const { host } = services
  const app = new Hono<HttpEnv>()
  app.get('/aliases/:id/activities', simpleLoginGuard(services)('read'), async (c) => {
    const { accountId } = c.var.caller
    const alias = await aliasOf(services, c)
    const { items } = await listActivity(host.db, { accountId, aliasId: alias.id, kinds: messageKinds, limit: pageSize, skip: pageOf(c) * pageSize })
    const pairs = items.flatMap(({ sender }) => senderOf(sender) ?? []).map((address) => ({ alias, address }))
    const contacts = await contactsOf(host, accountId, await correspondentsOfPairs(host.db, host.keys, accountId, pairs))
    return c.json({
      activities: items.map((line) => {
        const sender = senderOf(line.sender)
        const contact = contacts.find(({ address }) => address === sender)
        const [action, other] = [actionOf(line.kind), sender ?? line.sender ?? '']
        return {
          action, timestamp: timestamp(line.at), from: action === 'reply' ? alias.address : other, to: action === 'reply' ? other : alias.address,
          reverse_alias: contact?.reverseAlias ?? '', reverse_alias_address: contact?.reverseAddress ?? '',
        }
      }),
    })
  })
  return app
}
