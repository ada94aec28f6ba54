// The DSN that we send (RFC 3464, RFC 3834 §5): in words, as fields, and the header of what did not arrive. Never more of it (K14).
import { Buffer } from 'node:buffer'
import type { Mailbox } from './address.ts'
import { formatDate } from './date.ts'
import { formatField } from './header.ts'

export type DeliveryReport = {
  /** The host that says so. */
  readonly domain: string
  readonly to: Mailbox
  readonly at: Date
  /** Without <>. */
  readonly messageId: string
  /** What the message was called by who sent it; without <>. */
  readonly originalMessageId: string | undefined
  /** Undefined: not known any more. */
  readonly sentAt: Date | undefined
  /** As its sender knows them: the alias and a reverse alias, ready for a field. */
  readonly originalFrom: string
  readonly originalTo: string
  readonly recipient: Mailbox
  readonly subject: Buffer | undefined
  /** Enhanced status code. */
  readonly status: string
  /** What the other server said; may be empty. */
  readonly diagnostic: string
  readonly paragraphs: readonly string[]
}

const mostDiagnosticCharacters = 500

export const deliveryReport = (report: DeliveryReport): Buffer => {
  const boundary = `=_${report.messageId.replace(/[^\w]/g, '').slice(0, 60)}`
  const part = (type: string, ...lines: readonly (Buffer | string)[]): Buffer =>
    Buffer.concat([Buffer.from(`--${boundary}\r\nContent-Type: ${type}\r\n\r\n`), ...lines.map((line) => Buffer.from(line)), Buffer.from('\r\n')])
  return Buffer.concat([
    formatField('From', `"Burnbox" <postmaster@${report.domain}>`),
    formatField('To', report.to),
    formatField('Subject', 'Not delivered: your reply'),
    formatField('Date', formatDate(report.at)),
    formatField('Message-ID', `<${report.messageId}>`),
    ...(report.originalMessageId === undefined ? []
      : [formatField('In-Reply-To', `<${report.originalMessageId}>`), formatField('References', `<${report.originalMessageId}>`)]),
    formatField('Auto-Submitted', 'auto-replied'),
    formatField('MIME-Version', '1.0'),
    formatField('Content-Type', `multipart/report; report-type=delivery-status; boundary="${boundary}"`),
    Buffer.from('\r\n'),
    part('text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64', inBase64(`${report.paragraphs.join('\n\n')}\n`)),
    part('message/delivery-status',
      formatField('Reporting-MTA', `dns; ${report.domain}`), ...(report.sentAt ? [formatField('Arrival-Date', formatDate(report.sentAt))] : []), '\r\n',
      formatField('Final-Recipient', `rfc822; ${report.recipient}`), formatField('Action', 'failed'), formatField('Status', report.status),
      ...(report.diagnostic === '' ? [] : [formatField('Diagnostic-Code', `smtp; ${ascii(report.diagnostic).slice(0, mostDiagnosticCharacters)}`)])),
    part('text/rfc822-headers',
      formatField('From', report.originalFrom), formatField('To', report.originalTo),
      ...(report.subject ? [report.subject] : []), ...(report.sentAt ? [formatField('Date', formatDate(report.sentAt))] : []),
      ...(report.originalMessageId === undefined ? [] : [formatField('Message-ID', `<${report.originalMessageId}>`)])),
    Buffer.from(`--${boundary}--\r\n`),
  ])
}

const inBase64 = (text: string): string =>
  Buffer.from(text.toWellFormed().replaceAll('\n', '\r\n')).toString('base64').replaceAll(/.{76}/g, '$&\r\n').concat('\r\n')

const ascii = (text: string): string => text.replace(/[^ -~]/g, '?')
