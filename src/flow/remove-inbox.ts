// An inbox goes: its aliases move to another one first, or their names are told and nothing changes.
import { aliasesOfInbox, deleteInbox, inboxByUuid, moveAliases, replaceDefaultInbox } from '../store/inboxes.ts'
import { refusalOf } from './constraint.ts'
import type { Host } from './host.ts'
import { notFound, Problem } from './problem.ts'

/** Aliases named in the answer; with more the list would help nobody. */
const mostNamed = 100

export const removeInbox = async (
  host: Host, input: { readonly accountId: string; readonly uuid: string; readonly moveTo?: string | undefined },
): Promise<void> => {
  const inbox = await inboxByUuid(host.db, input.accountId, input.uuid)
  if (!inbox) throw notFound('inbox')
  const target = input.moveTo === undefined ? undefined : await inboxByUuid(host.db, input.accountId, input.moveTo)
  if (input.moveTo !== undefined && (!target || target.id === inbox.id || target.verifiedAt === null)) {
    throw new Problem('invalid', 'move_to must be another verified inbox of yours.', { field: 'move_to' })
  }
  try {
    await host.db.transaction().execute(async (tx) => {
      if (target) await moveAliases(tx, inbox.id, target.id)
      await replaceDefaultInbox(tx, input.accountId, inbox.id, target?.id)
      await deleteInbox(tx, inbox.id)
    })
  } catch (error) {
    if (refusalOf(error)?.kind !== 'foreign-key') throw error
    const aliases = await aliasesOfInbox(host.db, inbox.id, mostNamed)
    throw new Problem('in-use', 'Addresses lead to this inbox: name another one for them in move_to.', { aliases })
  }
}
