// What an error of nodemailer means, decided from the reply itself (its own `permanent` is not used: RELIABILITY 5.2).

import type { SMTPError as NodemailerError } from 'nodemailer/lib/smtp-connection'
import type { Attempt } from '../policy/outcome.ts'

/** 512 octets are a reply line (RFC 5321 §4.5.3.1.5); a longer or many-lined one is clipped for the owner's eyes. */
const KEEP_CHARACTERS = 500

export const replyText = (reply: string): string =>
  reply.replaceAll(/[\u0000-\u001f\u007f]+/g, ' ').trim().slice(0, KEEP_CHARACTERS)

const MAILBOX_FULL = /^\d{3}[ -]5\.2\.2\b/

export const attemptFromError = (error: Error, phase: 'before-dot' | 'after-dot'): Attempt => {
  const { responseCode: code, response, command, code: kind } = error as NodemailerError & { response?: string; responseCode?: number }
  if (code !== undefined && response && command !== 'CONN') {
    const reply = replyText(response)
    const atMessage = command === 'MAIL FROM' || command === 'RCPT TO' || command === 'DATA'
    // A 5xx at the greeting, EHLO, STARTTLS or AUTH is about us and the next hop, not about this message (choice 2).
    if (code >= 500 && code < 600 && atMessage && !MAILBOX_FULL.test(response)) return { kind: 'permanent', reply, why: 'reply' }
    return { kind: 'transient', reply, why: 'reply', trouble: code === 421 || !atMessage }
  }
  if (kind === 'EMESSAGE' && phase === 'before-dot') return { kind: 'permanent', reply: 'The message is larger than the next hop takes.', why: 'reply' }
  if (kind === 'EENVELOPE' && !response) return { kind: 'permanent', reply: 'The next hop was given an address it cannot take.', why: 'reply' }
  const said = response ? replyText(response) : undefined
  if (phase === 'after-dot') return { kind: 'transient', reply: said ?? 'The connection broke before the reply.', why: 'lost', trouble: true }
  const { originalCode = '' } = error as { originalCode?: string }
  const refused = kind === 'ETIMEDOUT' || /^(ECONNREFUSED|EHOSTUNREACH|ENETUNREACH|ETIMEDOUT|ENOTFOUND)$/.test(originalCode)
  return { kind: 'transient', reply: said ?? describe(error), why: 'connection', trouble: refused || code !== undefined || kind === 'EDNS' || kind === 'ETLS' }
}

// Names of hosts stay with the operator: the owner sees what kind of trouble it was.
const describe = (error: Error): string => {
  const code = (error as { originalCode?: string }).originalCode ?? (error as NodeJS.ErrnoException).code ?? ''
  switch (code) {
    case 'ECONNREFUSED': return 'The next hop refused the connection.'
    case 'EDNS': case 'ENOTFOUND': return 'The name of the next hop cannot be resolved.'
    case 'ETIMEDOUT': return 'The next hop did not answer in time.'
    case 'ETLS': return 'The TLS handshake with the next hop failed.'
    case 'EAUTH': return 'The next hop did not accept the credentials.'
    default: return 'The connection to the next hop broke.'
  }
}
