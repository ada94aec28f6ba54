// Puts a message into holding as the mail path would, without sending it.
import { contentInMemory } from '../../src/mail/content.ts'
import { endOfFields } from '../../src/mail/header.ts'
import type { HoldReason } from '../../src/policy/decide.ts'
import { insertHeld, type NewHeld } from '../../src/store/holding.ts'
import { insertMessage } from '../../src/store/messages.ts'
import type { Database } from '../../src/store/database.ts'

/** `message` with LF or CRLF; returns the held message's id of the API. */
export const holdMessage = async (
  db: Database, aliasUuid: string, message: string | Buffer,
  options: {
    readonly reason?: HoldReason; readonly reasonText?: string; readonly subject?: string; readonly from?: string; readonly at?: Date
    readonly authentication?: string; readonly out?: NewHeld['out']
  } = {},
): Promise<string> => {
  const bytes = typeof message === 'string' ? Buffer.from(message.replaceAll(/\r?\n/g, '\r\n')) : message
  const alias = await db.selectFrom('aliases').select(['id', 'account_id', 'burned_at']).where('uuid', '=', aliasUuid).executeTakeFirstOrThrow()
  const { reason = 'burned', subject = 'A subject', from = 'A shop <shop@shop.example>', at = new Date() } = options
  return db.transaction().execute(async (tx) => {
    const content = contentInMemory(bytes, endOfFields(bytes), true)
    const messageId = await insertMessage(tx, {
      receivedAt: at, reversePath: 'shop@shop.example', helo: 'mx.shop.example', clientIp: '192.0.2.1', protocol: 'ESMTP', smtpUtf8: false,
        authenticated: false, authentication: options.authentication ?? '',
      from, subject,
    }, content)
    await insertHeld(tx, {
      accountId: alias.account_id, aliasId: alias.id, messageId, inboxId: null, reason, reasonText: options.reasonText ?? 'Held for a test.', at,
      burnedAt: reason === 'burned' ? alias.burned_at ?? at : null, size: bytes.length, authenticated: false, ...options.out && { out: options.out },
    })
    const row = await tx.selectFrom('held').select('uuid').where('message_id', '=', messageId).executeTakeFirstOrThrow()
    return row.uuid
  })
}
