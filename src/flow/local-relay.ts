// Relay `local`: the next hop is the built-in local inbox, so that the whole product can be tried with no DNS and no mail server.

import { lowerCased } from '../mail/address.ts'
import { readable } from '../mail/encoded-word.ts'
import { soleFrom } from '../mail/from.ts'
import { fieldsNamed, parseFields, valueOf } from '../mail/header.ts'
import type { Clock } from '../clock.ts'
import type { Attempt } from '../policy/outcome.ts'
import type { Envelope, Outgoing, Relay } from '../relay/attempt.ts'
import type { Database } from '../store/database.ts'
import { insertLocalMessage } from '../store/local-messages.ts'

/** As many as the pool of a smarthost: the worker asks for room before it claims. */
const AT_ONCE = 20

export const createLocalRelay = (db: Database, clock: Clock, domain: string): Relay => {
  let underWay = 0
  const keep = async (envelope: Envelope, { header, content }: Outgoing): Promise<Attempt> => {
    underWay += 1
    try {
      const fields = parseFields(header)
      const author = soleFrom(fields)
      const first = (name: string): string => {
        const field = fieldsNamed(fields, name)[0]
        return field ? readable(valueOf(field), 500) : ''
      }
      await insertLocalMessage(db, { from: author && lowerCased(author.mailbox), to: envelope.forwardPath }, {
        receivedAt: clock.now(), reversePath: envelope.reversePath.kind === 'null' ? '' : envelope.reversePath.mailbox, helo: domain, clientIp: '127.0.0.1',
        protocol: 'ESMTP', smtpUtf8: envelope.smtpUtf8, authenticated: true, authentication: '', from: first('from'), subject: first('subject'),
      }, {
        size: header.length + content.size - content.bodyOffset, eightBit: content.eightBit,
        read: async function* () {
          yield header
          yield* content.read(content.bodyOffset)
        },
      })
      return { kind: 'accepted', reply: '250 2.0.0 Kept in the local inbox' }
    } catch {
      return { kind: 'transient', reply: 'The local inbox is away.', why: 'connection', trouble: false }
    } finally {
      underWay -= 1
    }
  }
  return {
    begin: (envelope, message) => ({ result: keep(envelope, message), giveUp: () => false, isSent: () => true }),
    room: () => Math.max(0, AT_ONCE - underWay),
    probeNow: () => {},
    close: () => {},
  }
}
