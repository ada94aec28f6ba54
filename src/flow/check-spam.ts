// What the spam filter makes of a message, and which of its accounts hold what it suspects.
import type { Forward, Hold } from '../policy/decide.ts'
import { isHeldAsSpam, judgeSpam, type SpamVerdict } from '../policy/spam.ts'
import { spamThresholds } from '../store/accounts.ts'
import type { Host } from './host.ts'
import type { Incoming } from './incoming.ts'
import { addressOf } from './make-up.ts'

const NOBODY: ReadonlySet<string> = new Set()

/** Passes without a filter, or without an answer of it. Never rejects. */
export const checkSpam = async (host: Host, incoming: Incoming): Promise<SpamVerdict> => {
  const { reversePath, clientIp, helo, routes, content } = incoming
  const envelope = {
    clientIp, helo, reversePath: reversePath.kind === 'null' ? '' : reversePath.mailbox, forwardPaths: routes.map(addressOf),
  }
  return judgeSpam(await host.spamFilter?.check(envelope, content))
}

/** The ids of the accounts that want it held. Only what is tagged costs a query. */
export const holdersOfSpam = async (host: Host, verdict: SpamVerdict, { routes }: Incoming<Forward | Hold>): Promise<ReadonlySet<string>> => {
  if (verdict.kind !== 'tag') return NOBODY
  const thresholds = await spamThresholds(host.db, routes.map(({ alias }) => alias.accountId))
  return new Set([...thresholds].filter(([, threshold]) => isHeldAsSpam(verdict, threshold)).map(([accountId]) => accountId))
}
