// Real messages as if their recipients had sent them as replies: each mailbox that its header names is an inbox of the account. What is found clean is
// asked of another program; what nobody is looked for in must stay as it is.
import { systemClock } from '../../src/clock.ts'
import { scanReply, type Scanned } from '../../src/flow/scan-reply.ts'
import { entriesOf, mailboxesIn } from '../../src/mail/address-list.ts'
import { parseMailbox, type Mailbox } from '../../src/mail/address.ts'
import { contentInMemory } from '../../src/mail/content.ts'
import { endOfFields, parseFields } from '../../src/mail/header.ts'
import { revealedIn } from '../support/leak-oracle.ts'
import { asSent } from './sample.ts'

const alias = parseMailbox('shop-7kq2m@burn.example')!
const nobody = parseMailbox('nobody.at.all77@nowhere.example')!
const named = new Set(['from', 'to', 'cc', 'reply-to', 'delivered-to', 'sender'])

export type AsReplies = { clean: number; rewritten: number; stopped: number; readonly changed: string[]; readonly revealed: string[]; slowestMs: number }

export async function asReplies(files: readonly string[]): Promise<AsReplies> {
  const counts: AsReplies = { clean: 0, rewritten: 0, stopped: 0, changed: [], revealed: [], slowestMs: 0 }
  for (const path of files) {
    const message = asSent(path)
    const fields = parseFields(message.subarray(0, endOfFields(message)))
    const inboxes = fields.filter(({ name }) => named.has(name)).flatMap((field) => mailboxesIn(entriesOf(field)).map(({ mailbox }) => mailbox))
    const before = performance.now()
    const untouched = await leaving(message, [nobody])
    counts.slowestMs = Math.max(counts.slowestMs, performance.now() - before)
    if (untouched.scanned.kind === 'clean' && !untouched.bytes.equals(untouched.given)) counts.changed.push(path)
    const { scanned, bytes, given } = await leaving(message, inboxes)
    if (scanned.kind === 'reveals') counts.stopped += 1
    else {
      counts[bytes.equals(given) ? 'clean' : 'rewritten'] += 1
      for (const inbox of inboxes) {
        const where = await revealedIn(bytes, inbox)
        if (where.length > 0) counts.revealed.push(`${path}: ${where.join(', ')}`)
      }
    }
  }
  return counts
}

type Leaving = { readonly scanned: Scanned; readonly bytes: Buffer; readonly given: Buffer }

// The header as a reply has it: what the allow-list of replies keeps, and no address.
async function leaving(message: Buffer, addresses: readonly Mailbox[]): Promise<Leaving> {
  const end = endOfFields(message)
  const header = Buffer.concat(parseFields(message.subarray(0, end)).filter(({ name }) => /^(?:content-|mime-version|subject)/.test(name)).map(({ raw }) =>
    raw))
  const content = contentInMemory(message, end, true)
  const scanned = await scanReply({ clock: systemClock }, {
    alias, secrets: { addresses, realName: null }, correspondentOf: () => undefined, header, content,
  })
  const given = Buffer.concat([header, message.subarray(end)])
  if (scanned.kind === 'reveals') return { scanned, bytes: given, given }
  const pieces = [scanned.header]
  for await (const piece of scanned.content.read(scanned.content.bodyOffset)) pieces.push(piece)
  return { scanned, bytes: Buffer.concat(pieces), given }
}
