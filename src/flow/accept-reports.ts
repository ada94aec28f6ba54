// DATA for our VERP addresses: each names a delivery of ours, and what comes there is about it. Never judged by its From.

import { headerViolation } from '../mail/header-limits.ts'
import { fieldsOf } from '../mail/header.ts'
import type { ReplyReport, Report } from '../policy/decide.ts'
import { screen } from '../policy/screen.ts'
import type { Host } from './host.ts'
import type { Acceptance, Incoming } from './incoming.ts'
import { recordReplyReport } from './record-reply-report.ts'
import { recordReport } from './record-report.ts'

export const acceptReports = async (host: Host, incoming: Incoming<Report | ReplyReport>): Promise<Acceptance> => {
  const { header } = incoming.content
  const violation = headerViolation(header)
  const verdict = screen({
    reversePathKind: incoming.reversePath.kind, headerViolation: violation, fields: violation ? [] : fieldsOf(header),
    aliases: incoming.routes.map(({ alias }) => alias.address), isVerp: true,
  })
  if (verdict.kind === 'refuse') return { kind: 'refused', reason: verdict.reason }
  for (const route of incoming.routes) {
    const acceptance = route.kind === 'report' ? await recordReport(host, route, incoming) : await recordReplyReport(host, route, incoming)
    if (acceptance.kind !== 'accepted') return acceptance
  }
  return { kind: 'accepted' }
}
