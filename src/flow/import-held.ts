// Held mail in an archive of another Burnbox: held on here, and told where it is not.
import type { Entry, ZipFile } from 'yauzl'
import type { Mailbox } from '../mail/address.ts'
import { contentInMemory } from '../mail/content.ts'
import { endOfFields } from '../mail/header.ts'
import { readMbox } from '../mail/mbox.ts'
import type { HoldReason } from '../policy/decide.ts'
import { heldLine, type HeldFacts } from '../policy/import/burnbox.ts'
import { holdingUse, insertHeld } from '../store/holding.ts'
import { isHeldAlready, ownAliases } from '../store/import-archive.ts'
import { insertReport, noteProgress } from '../store/imports.ts'
import { insertMessage, type Protocol } from '../store/messages.ts'
import { linesOf } from './archive-files.ts'
import type { Host } from './host.ts'
import type { Run } from './import-batch.ts'

const mostHeld = 200_000
/**
 * What holding holds of its own accord. A reply (direction 'out') is sent as it is held, signed in the name of this host: only what was written
 * through this one may be.
 */
const reasons: ReadonlySet<string> = new Set(['burned', 'refused', 'expired', 'unconfirmed', 'unauthentic', 'spam', 'stranger', 'blocked', 'report',
  'suspended',
  'no-inbox', 'closed', 'quiet', 'flood', 'unsupported'])
const protocols: ReadonlySet<string> = new Set(['SMTP', 'ESMTP', 'ESMTPS', 'UTF8SMTP', 'UTF8SMTPS'])

export const importHeld = async (host: Host, run: Run, zip: ZipFile, facts: Entry | undefined, mbox: Entry | undefined): Promise<void> => {
  if (!mbox) return
  const known = new Map<string, HeldFacts>()
  for await (const one of linesOf(zip, facts, heldLine)) if (known.size < mostHeld) known.set(one.id, one)
  const leftOut = new Map<Mailbox, Map<LeftOut, number>>()
  for await (const message of readMbox(await zip.openReadStreamPromise(mbox), host.config.maxMessageBytes)) {
    const [, id = ''] = /^X-Burnbox-Held: ([\w-]{1,64})\r\n/.exec(message?.subarray(0, 200).toString('latin1') ?? '') ?? []
    const one = known.get(id)
    if (!message || !one) continue
    known.delete(id)
    const why = one.direction === 'out' ? 'reply' : reasons.has(one.reason) ? await holdOn(host, run.account.id, one, message) : undefined
    if (why) note(leftOut, one.alias, why)
  }
  // What is described and has not come: a message that is larger than one may be here.
  for (const { alias, direction } of known.values()) note(leftOut, alias, direction === 'out' ? 'reply' : 'missing')
  await tell(host, run, leftOut)
}

/** Why a held message was not taken, in words for its owner. */
const leftOutWords = {
  full: 'were left out: there is no more room for held mail here',
  reply: 'were left out: a held reply is sent by the host that it was written through',
  missing: 'were left out: they are not in held.mbox, or too large for this host',
} as const
type LeftOut = keyof typeof leftOutWords

const note = (leftOut: Map<Mailbox, Map<LeftOut, number>>, alias: Mailbox, why: LeftOut): void => {
  const counts = leftOut.get(alias) ?? new Map<LeftOut, number>()
  leftOut.set(alias, counts.set(why, (counts.get(why) ?? 0) + 1))
}

/** A line for each address, after those of the addresses themselves. */
const tell = async (host: Host, run: Run, leftOut: ReadonlyMap<Mailbox, ReadonlyMap<LeftOut, number>>): Promise<void> => {
  const lines = [...leftOut].flatMap(([address, counts]) => [...counts].map(([why, count]) => ({
    address, remark: `Held messages (${count}) ${leftOutWords[why]}.`,
  })))
  if (lines.length === 0) return
  await host.db.transaction().execute(async (tx) => {
    await insertReport(tx, run.importId, lines.map((one, n) => ({ ...one, seq: run.looked + n, line: 0, outcome: 'not-taken' as const, newAddress: null })))
    await noteProgress(tx, run.importId, { looked: 0, taken: 0, same: 0, notTaken: lines.length }, host.clock.now())
  })
}

/** `message` has the field in front of it that names it. */
const holdOn = (host: Host, accountId: string, one: HeldFacts, message: Buffer): Promise<LeftOut | undefined> => host.db.transaction().execute(async (tx) => {
  const bytes = message.subarray(message.indexOf('\n') + 1)
  const alias = (await ownAliases(tx, accountId, [one.alias])).get(one.alias)
  if (!alias || await isHeldAlready(tx, alias.id, one.receivedAt, bytes.length)) return undefined
  const use = await holdingUse(tx, accountId)
  if (use.total + bytes.length > use.quota) return 'full'
  const now = host.clock.now()
  const messageId = await insertMessage(tx, {
    receivedAt: one.receivedAt, reversePath: one.reversePath, helo: one.helo, clientIp: one.clientIp,
    protocol: (protocols.has(one.protocol) ? one.protocol : 'ESMTP') as Protocol, smtpUtf8: one.smtpUtf8, authenticated: one.authenticated,
    authentication: one.authentication, ...(one.spamScore !== null && { spamScore: one.spamScore }), from: one.from, subject: one.subject,
  }, contentInMemory(bytes, endOfFields(bytes), bytes.some((octet) => octet > 127)))
  await insertHeld(tx, {
    accountId, aliasId: alias.id, messageId, inboxId: null, reason: one.reason as HoldReason, reasonText: one.reasonText,
      at: one.heldAt < now ? one.heldAt : now,
    burnedAt: one.reason === 'burned' ? one.burnedAt ?? alias.burnedAt ?? one.heldAt : null, size: bytes.length, authenticated: one.authenticated,
  })
  return undefined
})
