// What last came to each alias of a list, and through which reverse alias it is answered.
import type { Host } from '../../../flow/host.ts'
import type { Alias } from '../../../store/aliases.ts'
import { correspondentsOfPairs } from '../../../store/correspondent-pages.ts'
import { latestActivity } from '../../../store/latest-activity.ts'
import { timestamp } from '../date-text.ts'
import { aliasJson } from './alias-shape.ts'
import { actionOf, messageKinds, senderOf } from './message-kinds.ts'
import { contactsOf } from './reverse-alias.ts'

export const aliasesJson = async (host: Host, accountId: string, aliases: readonly Alias[]) => {
  const lines = await latestActivity(host.db, aliases.map(({ id }) => id), messageKinds)
  const pairs = aliases.flatMap((alias) => {
    const address = senderOf(lines.get(alias.id)?.sender ?? null)
    return address ? [{ alias, address }] : []
  })
  const contacts = await contactsOf(host, accountId, await correspondentsOfPairs(host.db, host.keys, accountId, pairs))
  return aliases.map((alias) => {
    const line = lines.get(alias.id)
    const contact = contacts.find((one) => one.alias_id === alias.uuid)
    const latest = line && {
      timestamp: timestamp(line.at), action: actionOf(line.kind),
      contact: { email: contact?.address ?? senderOf(line.sender) ?? '', name: contact?.name ?? null, reverse_alias: contact?.reverseAlias ?? '' },
    }
    return { ...aliasJson(alias, true), latest_activity: latest ?? null }
  })
}
