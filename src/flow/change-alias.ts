// What the owner writes on an alias, and the inboxes it leads to.
import { aliasByUuid, changeAlias as writeChange, replaceInboxes, type Alias, type AliasChange } from '../store/aliases.ts'
import { lockedAlias, refusal, type OneAlias } from './alias-state.ts'
import { chosenInboxes, siteOf } from './create-alias.ts'
import { judgeAgain } from './expect-sender.ts'
import type { Host } from './host.ts'

type Change = { readonly [K in keyof AliasChange]: AliasChange[K] | undefined }

export const changeAlias = (
  host: Host, input: OneAlias & Change & { readonly inboxIds?: readonly string[] | undefined },
): Promise<Alias> => host.db.transaction().execute(async (tx) => {
  const alias = await lockedAlias(tx, input)
  const { site, label, note, displayName, pinned, strangerMail, quiet, endsAt, endsLeft, endsIdle } = input
  if (alias.system && (quiet || endsAt || endsLeft || endsIdle)) throw refusal(alias, 'protected')
  await writeChange(tx, alias.id, {
    ...(site !== undefined && { site: siteOf(site) }), ...(label !== undefined && { label }), ...(note !== undefined && { note }),
    ...(displayName !== undefined && { displayName }), ...(pinned !== undefined && { pinned }),
    ...(strangerMail !== undefined && { strangerMail }), ...(quiet !== undefined && { quiet }), ...(endsAt !== undefined && { endsAt }),
    ...(endsLeft !== undefined && { endsLeft }), ...(endsIdle !== undefined && { endsIdle }),
  })
  if (site !== undefined) await judgeAgain(host, tx, input)
  if (input.inboxIds !== undefined) await replaceInboxes(tx, alias, await chosenInboxes(tx, input.accountId, input.inboxIds))
  return (await aliasByUuid(tx, input.accountId, input.uuid))!
})
