// What an alias can prove about who passed it on: whom it was given to, who wrote, the first stranger with the header of its message.

import { leakSentence } from '../policy/leak-sentence.ts'
import { authorOf } from '../policy/stranger.ts'
import type { Alias } from '../store/aliases.ts'
import { expectedSendersOf, type NamedSender } from '../store/expected-senders.ts'
import { rulesOf } from '../store/rules.ts'
import { firstSenders, type ProvenSender } from '../store/sender-list.ts'
import type { Host } from './host.ts'

export type LeakReport = {
  readonly sentence: string
  /** Its site, else who wrote first; null: neither. */
  readonly givenTo: string | null
  /** Null: the first mail to it made it, so that nobody knows. */
  readonly givenAt: Date | null
  readonly expected: readonly NamedSender[]
  readonly expectedSenders: readonly ProvenSender[]
  readonly strangers: readonly (ProvenSender & { /** Undefined: not kept. */ readonly signers: readonly string[] | undefined })[]
}

/** Of the strangers, and of the others, the first so many. */
const MOST = 50

export const leakReport = async (host: Host, alias: Alias): Promise<LeakReport> => {
  const { evidenceDays } = await rulesOf(host.db, alias.accountId)
  const query = { aliasId: alias.id, limit: MOST, since: new Date(host.clock.now().getTime() - evidenceDays * 86_400_000) }
  const [expected, expectedSenders, strangers] = await Promise.all([
    expectedSendersOf(host.db, alias.id), firstSenders(host.db, host.keys, { ...query, strangers: false }),
    firstSenders(host.db, host.keys, { ...query, strangers: true }),
  ])
  const signed = strangers.map((one) => ({ ...one, signers: signersOf(one) }))
  const [first] = signed
  const givenTo = alias.site ?? expected.find(({ origin }) => origin === 'first')?.name ?? null
  const givenAt = alias.origin === 'made-up' ? null : alias.createdAt
  return {
    givenTo, givenAt, expected, expectedSenders, strangers: signed,
    sentence: leakSentence({
      givenTo, givenAt,
      stranger: first && { organisation: first.organisation, proven: first.proven, at: first.firstAt, signers: first.signers },
    }),
  }
}

/** Where nothing was looked at (a host without a domain), nothing is said of who signed. */
const signersOf = ({ address, proven, evidence }: ProvenSender): readonly string[] | undefined =>
  evidence && evidence.authentication !== '' ? [...new Set(authorOf(address, proven, evidence.authentication).signers)] : undefined
