// The DSN to the inbox that sent a reply which did not arrive: the only one we ever send (RELIABILITY choice 17). Its words name the
// reverse alias, never the correspondent's address, so that nobody answers past the alias.

import { contentInMemory } from '../mail/content.ts'
import { deliveryReport } from '../mail/delivery-report.ts'
import type { Mailbox } from '../mail/address.ts'
import { formatMailbox } from '../mail/address-list.ts'
import { endOfFields, fieldsNamed, parseFields } from '../mail/header.ts'
import { EXPIRES_AFTER_MS } from '../policy/backoff.ts'
import type { AliasFact } from '../policy/decide.ts'
import { displayName } from '../policy/display-name.ts'
import { isSafe } from '../policy/intact.ts'
import { statusIn } from '../policy/passed-back.ts'
import { threadOf } from '../policy/thread.ts'
import type { Tx } from '../store/database.ts'
import { insertDeliveries } from '../store/deliveries.ts'
import { insertMessage } from '../store/messages.ts'
import { correspondentById } from '../store/reverse-aliases.ts'
import { takeTry } from '../store/tries.ts'
import { aliasThread } from './alias-thread.ts'
import { newDeliveryId, type Host } from './host.ts'

/** K14. */
const ONE_AN_HOUR = { most: 1, windowMs: 3_600_000 } as const

export type Undelivered = {
  readonly alias: AliasFact
  readonly inboxId: string
  readonly correspondentId: string
  readonly sentAt: Date | undefined
  /** The header that left, when it is here. */
  readonly header: Buffer
  /** What the other server said, without addresses. */
  readonly said: string
  readonly paragraphs: readonly string[]
}

/** Call `host.wakeWorker()` after the commit. */
export const tellSender = async (host: Host, tx: Tx, undelivered: Undelivered): Promise<void> => {
  const { alias, inboxId, said } = undelivered
  const at = host.clock.now()
  const inbox = alias.inboxes.find(({ id, verified }) => id === inboxId && verified)
  const correspondent = inbox && await correspondentById(tx, host.keys, undelivered.correspondentId)
  if (!inbox || !correspondent) return
  if (!await takeTry(tx, host.keys.hash('tries', 'dsn', alias.uuid, inbox.id), ONE_AN_HOUR, at)) return
  const id = newDeliveryId(host)
  const fields = parseFields(undelivered.header)
  const { messageId } = threadOf(fields)
  const minted = messageId === undefined ? undefined : aliasThread(host, alias).read(messageId)
  const [subject] = fieldsNamed(fields, 'subject')
  const recipient = `${correspondent.reverseLocalPart}@${host.domain}` as Mailbox
  const bytes = deliveryReport({
    domain: host.domain, to: inbox.address, at, messageId: `${id.toString(36)}@${host.domain}`, sentAt: undelivered.sentAt,
    originalMessageId: minted?.isOf(inbox.address) ? minted.id : undefined,
    originalFrom: alias.address, originalTo: formatMailbox(displayName(correspondent.name, correspondent.address), recipient), recipient,
    subject: subject && isSafe(subject.raw) ? subject.raw : undefined, status: statusIn(said), diagnostic: said, paragraphs: undelivered.paragraphs,
  })
  const content = contentInMemory(bytes, endOfFields(bytes), bytes.some((octet) => octet > 127))
  const messageRow = await insertMessage(tx, {
    receivedAt: at, reversePath: '', helo: host.domain, clientIp: '127.0.0.1', protocol: 'ESMTP', smtpUtf8: false, authenticated: true, authentication: '',
    from: `postmaster@${host.domain}`, subject: 'Not delivered: your reply',
  }, content)
  await insertDeliveries(tx, messageRow, [{
    id, kind: 'own', accountId: alias.accountId, aliasId: null, inboxId: inbox.id, createdAt: at, expiresAt: new Date(at.getTime() + EXPIRES_AFTER_MS),
    attempts: 0, unknownOutcomes: 0, nextAttemptAt: at,
  }])
}
