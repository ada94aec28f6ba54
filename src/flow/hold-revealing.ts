// A reply that would tell who its owner is: it waits in holding with what was found, and the inbox that wrote it hears of it at once, because
// its mail program says "sent".

import type { CorrespondentFact } from '../policy/decide.ts'
import type { Find } from '../policy/leak.ts'
import { holdingUse } from '../store/holding.ts'
import { takeTry } from '../store/tries.ts'
import type { Host } from './host.ts'
import type { Acceptance } from './incoming.ts'
import { holdReply, type LeavingReply } from './leaving-reply.ts'
import { tellAccount } from './tell-account.ts'

/** The others are in holding, where the first mail leads. */
const ONE_AN_HOUR = { most: 1, windowMs: 3_600_000 } as const
const MOST_FINDS = 10

export const holdRevealing = async (
  host: Host, reply: LeavingReply, to: readonly CorrespondentFact[], finds: readonly [Find, ...Find[]],
): Promise<Acceptance> => {
  const use = await holdingUse(host.db, reply.alias.accountId)
  // Only burn-held mail gives way, and to mail that nobody else has; the owner still has this one.
  if (use.total + reply.content.size > use.quota) return { kind: 'refused', reason: 'holding-full' }
  await holdReply(host, reply, to, { reason: 'would-reveal', reply: '', finds })
  await tell(host, reply, finds)
  return { kind: 'accepted' }
}

const tell = async (host: Host, { alias, inbox }: LeavingReply, finds: readonly Find[]): Promise<void> => {
  if (!await takeTry(host.db, host.keys.hash('tries', 'would-reveal', alias.accountId), ONE_AN_HOUR, host.clock.now())) return
  await tellAccount(host, alias.accountId, {
    subject: `Not sent: your reply from ${alias.address}`,
    paragraphs: [
      `Your reply from ${alias.address} was not sent: it would tell who you are.`,
      finds.slice(0, MOST_FINDS).map(({ shown, where }) => `${shown === '' ? 'Something that cannot be read' : shown}, in the ${where}`).join('\n'),
      'It waits in Holding. There you can send it all the same, send it without these parts, or drop it.',
    ],
    links: [{ name: 'Holding', url: new URL('/holding', host.config.url).href }],
    end: ['You get at most one such mail an hour.'],
  }, inbox ? [{ to: inbox.address, inboxId: inbox.id }] : undefined).catch((error: unknown) => {
    // It is held, whatever becomes of the mail about it.
    host.log.error({ err: error }, 'the owner of a held reply could not be told')
  })
}
