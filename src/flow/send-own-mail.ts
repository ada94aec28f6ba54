// Mail of our own (verification, notices): null reverse-path, From postmaster@ the host's domain, queued like any.
// After 5 days or a refusal it ends with a line in the activity.

import { isAscii } from 'node:buffer'
import MailComposer from 'nodemailer/lib/mail-composer'
import { contentInMemory } from '../mail/content.ts'
import { endOfFields } from '../mail/header.ts'
import type { Mailbox } from '../mail/address.ts'
import { EXPIRES_AFTER_MS } from '../policy/backoff.ts'
import type { Tx } from '../store/database.ts'
import { insertDeliveries } from '../store/deliveries.ts'
import { insertMessage } from '../store/messages.ts'
import { newDeliveryId, type Host } from './host.ts'

export type OwnMail = {
  readonly accountId: string
  /** Null: `to` is no inbox. */
  readonly inboxId: string | null
  readonly to: Mailbox
  readonly subject: string
  readonly text: string
  readonly html?: string
  /** A whole message, to be read beside it. */
  readonly attached?: Buffer
}

/** Call `host.wakeWorker()` after the commit. */
export const queueOwnMail = async (host: Host, tx: Tx, mail: OwnMail): Promise<void> => {
  const at = host.clock.now()
  const id = newDeliveryId(host)
  const bytes = await new MailComposer({
    from: { name: 'Burnbox', address: `postmaster@${host.domain}` }, to: mail.to, subject: mail.subject, text: mail.text,
    ...(mail.html !== undefined && { html: mail.html }),
    ...(mail.attached && { attachments: [{ content: mail.attached, contentType: 'message/rfc822', filename: 'answer.eml' }] }),
    date: at, messageId: `<${id.toString(36)}@${host.domain}>`, xMailer: false, textEncoding: 'quoted-printable',
    headers: { 'Auto-Submitted': 'auto-generated' },       // RFC 3834 §5: nothing answers it
    disableFileAccess: true, disableUrlAccess: true, newline: 'windows',
  } as ConstructorParameters<typeof MailComposer>[0]).compile().build()
  const content = contentInMemory(bytes, endOfFields(bytes), !isAscii(bytes))
  const messageId = await insertMessage(tx, {
    receivedAt: at, reversePath: '', helo: host.domain, clientIp: '127.0.0.1', protocol: 'ESMTP', smtpUtf8: false, authenticated: true, authentication: '',
    from: `postmaster@${host.domain}`, subject: mail.subject,
  }, content)
  await insertDeliveries(tx, messageId, [{
    id, kind: 'own', accountId: mail.accountId, aliasId: null, inboxId: mail.inboxId, ...(mail.inboxId === null && { forwardPath: mail.to }), createdAt: at,
    expiresAt: new Date(at.getTime() + EXPIRES_AFTER_MS), attempts: 0, unknownOutcomes: 0, nextAttemptAt: at,
  }])
}
