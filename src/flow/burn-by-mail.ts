// The mailto: form of the burn button: mail to `u.<token>@` from an inbox of the alias, proven by SPF, DKIM and DMARC (case K19).
// Subject "undo": undoes that burn. Anything else burns, because mail programs write subjects of their own.

import { domainOf, localPartOf, lowerCased, type Mailbox } from '../mail/address.ts'
import { readBurnToken } from '../mail/burn-token.ts'
import { soleFrom } from '../mail/from.ts'
import { fieldsNamed, fieldsOf, valueOf } from '../mail/header.ts'
import { isLoopback } from '../networks.ts'
import type { Report } from '../policy/decide.ts'
import { isAuthenticated } from '../policy/judge.ts'
import { burnByLink, undoBurnByLink } from './burn-by-link.ts'
import type { Acceptance, Incoming } from './incoming.ts'
import type { Host } from './host.ts'
import { Problem } from './problem.ts'
import { isOurDomain } from './reply-names.ts'

const DAY_MS = 86_400_000

/** At RCPT, before the database is asked: a flood of guesses costs nothing. */
export const routeBurnOrder = async (host: Host, address: Mailbox): Promise<Report | undefined> => {
  const token = localPartOf(address).slice(2)
  const read = readBurnToken(token, (bytes) => host.keys.mac('burn-link', bytes), Math.floor(host.clock.now().getTime() / DAY_MS))
  const alias = read.kind === 'good' ? await host.routes.byId(read.payload.aliasId) : undefined
  if (read.kind !== 'good' || !alias || !isOurDomain(host, alias, domainOf(address))) return undefined
  return { kind: 'report', alias, deliveryId: read.payload.deliveryId, burnToken: token }
}

export const obeyBurnOrder = async (host: Host, { alias }: Report, token: string, incoming: Incoming): Promise<Acceptance> => {
  const fields = fieldsOf(incoming.content.header)
  const from = soleFrom(fields)
  const isInbox = from !== undefined && alias.inboxes.some(({ address, verified }) => verified && lowerCased(address) === lowerCased(from.mailbox))
  if (!from || !isInbox || !await isProven(host, incoming, from.mailbox)) {
    host.recorder.note({
      at: host.clock.now(), accountId: alias.accountId, aliasId: alias.id, aliasAddress: alias.address, kind: 'refused', reason: 'unauthentic',
      sender: from?.mailbox ?? null,
    })
    return { kind: 'refused', reason: 'unauthentic' }
  }
  const subject = fieldsNamed(fields, 'subject')[0]
  try {
    await (subject && /^(re: *)?undo\b/i.test(valueOf(subject)) ? undoBurnByLink(host, token) : burnByLink(host, token))
  } catch (error) {
    // Pressed before, or nothing to undo: it is as it was asked to be, or its owner wants it otherwise.
    if (!(error instanceof Problem)) throw error
  }
  return { kind: 'accepted' }
}

const isProven = async (host: Host, incoming: Incoming, from: Mailbox): Promise<boolean> => {
  if (host.config.local && isLoopback(incoming.clientIp)) return true
  const { clientIp, helo, reversePath, content } = incoming
  return isAuthenticated(await host.verifier.authenticate({
    clientIp, helo, reversePath: reversePath.kind === 'null' ? '' : reversePath.mailbox, from: lowerCased(from), now: incoming.receivedAt,
  }, content))
}
