// Mail to one of our VERP addresses, its signature already proven: an inbox bounced what its server had accepted, or it answers by itself.
// Recorded for the owner; with the original included the message is held again. Never sent on to the outside (G4).

import { contentInMemory } from '../mail/content.ts'
import { parseDsn } from '../mail/dsn.ts'
import { readable } from '../mail/encoded-word.ts'
import { endOfFields, fieldsNamed, parseFields, valueOf } from '../mail/header.ts'
import { reportKind } from '../mail/report-kind.ts'
import type { InboxFact, Report } from '../policy/decide.ts'
import { holdText } from '../policy/hold-text.ts'
import { hasBareLineEnds } from '../policy/intact.ts'
import { bytesToLetGo, hasRoomForRefused } from '../policy/retention.ts'
import { restoreBounced } from '../policy/restore-bounced.ts'
import { insertActivity } from '../store/activity.ts'
import type { Database, Tx } from '../store/database.ts'
import { holdingUse, insertHeld, letGoOldest } from '../store/holding.ts'
import { insertMessage, type MessageFacts } from '../store/messages.ts'
import { noteRefusal, putNotice } from '../store/notices.ts'
import { obeyBurnOrder } from './burn-by-mail.ts'
import type { Acceptance, Incoming } from './incoming.ts'
import type { Host } from './host.ts'

/** Statuses that end a delivery (RFC 3464 §2.3.3); "delayed" and "delivered" are only noted. */
const FAILED = 'failed'

export const recordReport = async (host: Host, report: Report, incoming: Incoming): Promise<Acceptance> => {
  if (report.burnToken !== undefined) return obeyBurnOrder(host, report, report.burnToken, incoming)
  const at = host.clock.now()
  const dsn = parseDsn(await wholeOf(incoming))
  const reason = dsn ? dsn.action ?? null : reportKind(parseFields(incoming.content.header))
  const reply = [dsn?.status, dsn?.diagnostic].filter(Boolean).join(' ')
  const failed = dsn?.action === undefined || dsn.action === FAILED
  // What a decoded part may hold and DATA may not: it must never reach a next hop (RELIABILITY choice 1).
  const inbox = dsn?.action === FAILED ? bouncedAt(report.alias.inboxes, dsn.recipients ?? []) : undefined
  const original = failed && dsn?.original && !hasBareLineEnds(dsn.original) ? dsn.original : undefined
  // Who knows one of these addresses may write to it for 30 days: it fills no more than refused mail may. The only copy may be in it.
  const use = original && await holdingUse(host.db, report.alias.accountId)
  if (original && use && !hasRoomForRefused(use, original.length, false)) {
    if (dsn?.action === FAILED) await noteBounce(host.db, report, inbox, reply, at)
    return { kind: 'refused', reason: 'holding-full' }
  }
  const holdOn = async (tx: Tx, bytes: Buffer): Promise<string> => {
    const { facts, content } = restored(bytes, incoming)
    if (use) await letGoOldest(tx, report.alias.accountId, report.alias.id, bytesToLetGo(use, content.size, 'refused'), at)
    return insertHeld(tx, {
      accountId: report.alias.accountId, aliasId: report.alias.id, messageId: await insertMessage(tx, facts, content), inboxId: inbox?.id ?? null,
      reason: 'refused', reasonText: holdText('refused', reply), at, burnedAt: null, size: content.size, authenticated: false,
    })
  }
  await host.db.transaction().execute(async (tx) => {
    const heldId = original && await holdOn(tx, original)
    await insertActivity(tx, [{
      at, accountId: report.alias.accountId, aliasId: report.alias.id, aliasAddress: report.alias.address, kind: 'bounced',
      deliveryId: report.deliveryId, reason, reply: reply || null, size: incoming.content.size, ...(heldId && { heldId }),
    }])
    if (dsn?.action === FAILED) await noteBounce(tx, report, inbox, reply, at)
  })
  if (original) host.recorder.count('held', report.alias, at)
  return { kind: 'accepted' }
}

/** A server that accepts first and bounces later has not got well because it accepts again: that takes a day without a bounce. */
const QUIET_MS = 86_400_000

const noteBounce = (db: Database | Tx, { alias }: Report, inbox: InboxFact | undefined, reply: string, at: Date): Promise<void> => {
  const detail = reply || 'no reason given'
  if (inbox) return noteRefusal(db, inbox.id, detail, { at, until: new Date(at.getTime() + QUIET_MS) })
  return putNotice(db, { accountId: alias.accountId, kind: 'bounced', about: alias.address, inboxId: null, detail, at })
}

/** The only inbox there is, else the one that the report names; a server that forwards may name another address. */
const bouncedAt = (inboxes: readonly InboxFact[], recipients: readonly string[]): InboxFact | undefined => {
  const [only, ...others] = inboxes
  if (others.length === 0) return only
  const named = new Set(recipients.map((address) => address.toLowerCase()))
  return inboxes.find(({ address }) => named.has(address.toLowerCase()))
}

export const wholeOf = async (incoming: Pick<Incoming, 'content'>): Promise<Buffer> => {
  const pieces: Buffer[] = []
  for await (const piece of incoming.content.read(0)) pieces.push(piece)
  return pieces.length === 1 && pieces[0] ? pieces[0] : Buffer.concat(pieces)
}

const restored = (original: Buffer, incoming: Incoming): { facts: MessageFacts; content: ReturnType<typeof contentInMemory> } => {
  const end = endOfFields(original)
  const header = restoreBounced(parseFields(original.subarray(0, end)))
  const bytes = Buffer.concat([header, original.subarray(end)])
  const fields = parseFields(header)
  const first = (name: string): string => {
    const field = fieldsNamed(fields, name)[0]
    return field ? readable(valueOf(field), 500) : ''
  }
  return {
    content: contentInMemory(bytes, header.length, bytes.some((octet) => octet > 127)),
    facts: {
      receivedAt: incoming.receivedAt, reversePath: '', helo: incoming.helo, clientIp: incoming.clientIp, protocol: incoming.protocol,
      smtpUtf8: header.some((octet) => octet > 127), authenticated: false, authentication: '', from: first('from'), subject: first('subject'),
    },
  }
}
