// A bounce of a reply: its server took it and then did not deliver it. It came to the reply's own reverse-path, so it is about that delivery;
// the inbox that sent the reply gets a fresh DSN, of which nothing is the stranger's but the status and the words (G20).

import { parseDsn, type Dsn } from '../mail/dsn.ts'
import { endOfFields, parseFields } from '../mail/header.ts'
import { reportKind } from '../mail/report-kind.ts'
import type { ReplyReport } from '../policy/decide.ts'
import { withoutAddresses } from '../policy/passed-back.ts'
import { insertActivity } from '../store/activity.ts'
import { correspondentById } from '../store/reverse-aliases.ts'
import type { Acceptance, Incoming } from './incoming.ts'
import { wholeOf } from './record-report.ts'
import type { Host } from './host.ts'
import { tellSender } from './tell-sender.ts'

export const recordReplyReport = async (host: Host, report: ReplyReport, incoming: Incoming): Promise<Acceptance> => {
  const { alias, inboxId, correspondentId } = report
  const at = host.clock.now()
  const bytes = await wholeOf(incoming)
  const dsn = parseDsn(bytes)
  const said = withoutAddresses([dsn?.status, dsn?.diagnostic].filter(Boolean).join(' '))
  const to = await correspondentById(host.db, host.keys, correspondentId)
  await host.db.transaction().execute(async (tx) => {
    await insertActivity(tx, [{
      at, accountId: alias.accountId, aliasId: alias.id, aliasAddress: alias.address, kind: 'bounced', deliveryId: report.deliveryId,
      reason: dsn ? dsn.action ?? null : reportKind(parseFields(incoming.content.header)), sender: to?.address ?? null, reply: said || null,
      size: incoming.content.size,
    }])
    // An answer of a machine is none (G21); "delayed" is only noted.
    if (dsn?.action !== 'failed' || inboxId === null) return
    await tellSender(host, tx, {
      alias, inboxId, correspondentId, sentAt: undefined, said, header: headerOf(dsn),
      paragraphs: [
        `Your reply from ${alias.address} was taken by the correspondent's server, and came back from there.`,
        ...(said === '' ? [] : [`It said: ${said}`]),
      ],
    })
  })
  host.wakeWorker()
  return { kind: 'accepted' }
}

/** Only for its Subject and our own Message-ID. */
const headerOf = ({ original }: Dsn): Buffer => (original ? original.subarray(0, Math.min(endOfFields(original), MOST_OCTETS)) : Buffer.alloc(0))

const MOST_OCTETS = 32 * 1024
