// A correspondent as JSON, with the reverse alias to write to.
import { z } from '@hono/zod-openapi'
import type { Host } from '../flow/host.ts'
import { shownLocalPart } from '../flow/reply-secret.ts'
import { blockedAmong } from '../store/blocks.ts'
import type { Correspondent } from '../store/correspondent-list.ts'
import { secretInboxes } from '../store/inboxes.ts'
import { Line, Time } from './shapes.ts'

export const BlockedAt = z.enum(['alias', 'account']).nullable()
  .openapi({ description: 'Where their mail is held: at this alias, at all of the account, nowhere' })
export const CorrespondentShape = z.object({
  id: z.string(), alias_id: z.string(), alias: z.string(), address: z.string(), name: z.string().nullable(),
  reverse_address: z.string().openapi({ description: 'Mail to it goes to the correspondent, as from the alias' }),
  for_inboxes: z.array(z.object({ inbox_id: z.string(), inbox: z.string(), reverse_address: z.string() }))
    .openapi({ description: 'What inboxes with a reply secret write to instead' }),
  first_at: Time, last_used_at: Time.openapi({ description: 'By either of you, to the day' }), blocked: BlockedAt,
  stranger: z.boolean().openapi({ description: 'The alias was not given to it' }),
}).openapi('Correspondent')
export const CorrespondentName = Line(100).nullish().openapi({ description: 'As you call them' })

export const correspondentsJson = async (host: Host, accountId: string, all: readonly Correspondent[]): Promise<z.input<typeof CorrespondentShape>[]> => {
  const [blocked, secret] = await Promise.all([
    blockedAmong(host.db, host.keys, accountId, all.map(({ address }) => address)), secretInboxes(host.db, [...new Set(all.map(({ aliasId }) => aliasId))]),
  ])
  return all.map((one) => ({
    id: one.id, alias_id: one.aliasUuid, alias: one.alias, address: one.address as string, name: one.name,
    reverse_address: `${one.reverseLocalPart}@${host.domain}`,
    for_inboxes: secret.filter(({ aliasId }) => aliasId === one.aliasId).map((inbox) => ({
      inbox_id: inbox.uuid, inbox: inbox.address, reverse_address: `${shownLocalPart(host, inbox, one.reverseLocalPart)}@${host.domain}`,
    })),
    first_at: one.firstAt.toISOString(), last_used_at: one.lastUsedAt.toISOString(),
    blocked: blocked.has(one.address) ? 'account' as const : one.blockedAt ? 'alias' as const : null, stranger: one.stranger,
  }))
}
