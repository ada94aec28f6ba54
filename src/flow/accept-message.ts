// DATA: a whole message and its routes, to an answer. 250 only after it is delivered, queued or held.

import { readable } from '../mail/encoded-word.ts'
import { headerViolation } from '../mail/header-limits.ts'
import { fieldsNamed, parseFields, valueOf, type Field } from '../mail/header.ts'
import { EXPIRES_AFTER_MS } from '../policy/backoff.ts'
import type { AliasFact, Forward, Hold, Report } from '../policy/decide.ts'
import { screen } from '../policy/screen.ts'
import type { MessageFacts } from '../store/messages.ts'
import { cutThrough } from './cut-through.ts'
import type { RoutedDelivery } from './deliver.ts'
import type { Acceptance, Incoming } from './incoming.ts'
import { newDeliveryId, type Host } from './host.ts'
import { recordReport } from './record-report.ts'
import { queueAndHold } from './queue-and-hold.ts'

const ACCEPTED: Acceptance = { kind: 'accepted' }
/** What a person may read of a name or subject in a list. */
const CLIP_CHARACTERS = 500

/** Throws when the store is away: nothing is promised then. */
export const acceptMessage = async (host: Host, incoming: Incoming): Promise<Acceptance> => {
  const { content } = incoming
  const violation = headerViolation(content.header)
  const fields = violation ? [] : parseFields(content.header)
  const reports = incoming.routes.filter((route) => route.kind === 'report')
  const verdict = screen({
    reversePathKind: incoming.reversePath.kind, headerViolation: violation, fields,
    aliases: incoming.routes.map((route) => route.alias.address), isVerp: reports.length > 0,
  })
  if (verdict.kind === 'refuse') return { kind: 'refused', reason: verdict.reason }
  if (reports.length > 0) return recordReports(host, incoming, reports)

  const message = messageFacts(incoming, fields)
  const forwards = verdict.kind === 'pass' ? incoming.routes.filter((route) => route.kind === 'forward') : []
  const holds = incoming.routes.flatMap((route) => {
    if (route.kind === 'hold') return [route]
    return route.kind === 'forward' && verdict.kind === 'hold' ? [heldFor(route, verdict.reason)] : []
  })
  const deliveries = forwards.flatMap((route) => route.to.map((inbox) => newDelivery(host, route.alias, inbox.id, incoming.receivedAt)))

  const [only, ...others] = deliveries
  if (only && others.length === 0 && holds.length === 0) return cutThrough(host, only, message, content)
  await queueAndHold(host, { message, content, deliveries, holds })
  return ACCEPTED
}

const newDelivery = (host: Host, alias: AliasFact, inboxId: string, createdAt: Date): RoutedDelivery => ({
  id: newDeliveryId(host), alias, aliasId: alias.id, inboxId, createdAt, expiresAt: new Date(createdAt.getTime() + EXPIRES_AFTER_MS),
  attempts: 1, unknownOutcomes: 0, released: false,
})

const heldFor = (route: Forward, reason: 'report'): Hold => ({ kind: 'hold', alias: route.alias, reason })

const messageFacts = (incoming: Incoming, fields: readonly Field[]): MessageFacts => ({
  receivedAt: incoming.receivedAt,
  reversePath: incoming.reversePath.kind === 'null' ? '' : incoming.reversePath.mailbox,
  helo: incoming.helo, clientIp: incoming.clientIp, protocol: incoming.protocol, smtpUtf8: incoming.smtpUtf8,
  authenticated: false,
  from: firstValue(fields, 'from'), subject: firstValue(fields, 'subject'),
})

const firstValue = (fields: readonly Field[], name: string): string => {
  const field = fieldsNamed(fields, name)[0]
  return field ? readable(valueOf(field), CLIP_CHARACTERS) : ''
}

const recordReports = async (host: Host, incoming: Incoming, reports: readonly Report[]): Promise<Acceptance> => {
  for (const report of reports) await recordReport(host, report, incoming)
  return ACCEPTED
}
