// Who is blocked: by one alias, or by all of its account. Their mail is held, reason `blocked`; they see an ordinary 250.

import type { Mailbox } from '../mail/address.ts'
import type { AliasFact } from '../policy/decide.ts'
import { aliasesBlocking } from '../store/blocks.ts'
import type { Host } from './host.ts'

const NOBODY: ReadonlySet<number> = new Set()

/** The ids of those aliases that block `from`. Asks nothing where nobody blocks anybody, which RCPT has learned already. */
export const blockedBy = async (host: Pick<Host, 'db' | 'keys'>, aliases: readonly AliasFact[], from: Mailbox | undefined): Promise<ReadonlySet<number>> => {
  const asking = aliases.filter(({ blocks }) => blocks === true)
  return from === undefined || asking.length === 0 ? NOBODY : aliasesBlocking(host.db, host.keys, asking, from)
}

export const isBlocked = async (host: Pick<Host, 'db' | 'keys'>, alias: AliasFact, from: Mailbox): Promise<boolean> =>
  (await blockedBy(host, [alias], from)).has(alias.id)
