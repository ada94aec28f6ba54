// Forget: the row goes, a keyed hash stays, and the address is never given out again. Mail that waits for it says no.
import { transition } from '../policy/alias.ts'
import { insertActivity } from '../store/activity.ts'
import { deleteAlias, discardMail } from '../store/aliases.ts'
import { lockedAlias, refusal, type OneAlias } from './alias-state.ts'
import { refusalOf } from './constraint.ts'
import type { Host } from './host.ts'

export const forgetAlias = (host: Host, which: OneAlias & { readonly discard: boolean }): Promise<void> =>
  host.db.transaction().execute(async (tx) => {
    const alias = await lockedAlias(tx, which)
    // Whether it has mail is for the foreign keys to say: a message may arrive while we look.
    const result = transition(alias, { kind: 'forget', hasMail: false, discard: which.discard })
    if (result.kind === 'problem') throw refusal(alias, result.problem)
    const now = host.clock.now()
    if (which.discard) await discardMail(tx, alias, now)
    try {
      await deleteAlias(tx, alias.id, host.keys.hash('retired-address', alias.address))
    } catch (error) {
      if (refusalOf(error)?.kind === 'foreign-key') throw refusal(alias, 'has-mail')
      throw error
    }
    await insertActivity(tx, [{ at: now, accountId: alias.accountId, aliasId: alias.id, aliasAddress: alias.address, kind: 'forgotten' }])
  })
