// DATA to `alias+name=domain@…`: the owner asks by mail how to write to somebody new, and gets the reverse alias by mail, at the inbox
// that asked. What he wrote goes nowhere: whoever asks so may have his own name below it.

import { isAutomatic } from '../mail/automatic.ts'
import { soleFrom } from '../mail/from.ts'
import { headerViolation } from '../mail/header-limits.ts'
import { fieldsOf } from '../mail/header.ts'
import { maxReceived, receivedCount } from '../mail/trace.ts'
import { authenticationResults } from '../policy/authentication-results.ts'
import { checksText } from '../policy/checks.ts'
import type { InboxFact, WriteRequest } from '../policy/decide.ts'
import { mayReply } from '../policy/reply-permission.ts'
import { addCorrespondent } from './add-correspondent.ts'
import { authenticate } from './authenticate.ts'
import type { Host } from './host.ts'
import type { Acceptance, Incoming } from './incoming.ts'
import { noteAttempted } from './note-attempted.ts'
import { Problem } from './problem.ts'
import { shownLocalPart } from './reply-secret.ts'
import { tellAccount } from './tell-account.ts'

export const acceptWriteRequest = async (host: Host, incoming: Incoming<WriteRequest>): Promise<Acceptance> => {
  if (headerViolation(incoming.content.header)) return { kind: 'refused', reason: 'header-too-large' }
  const fields = fieldsOf(incoming.content.header)
  if (receivedCount(fields) > maxReceived) return { kind: 'refused', reason: 'loop' }
  const found = await authenticate(host, incoming, fields)
  const permission = mayReply({
    alias: incoming.routes[0].alias, from: soleFrom(fields)?.mailbox, reversePath: incoming.reversePath, isAutomatic: isAutomatic(fields),
    authentication: found, secretMatches: false,
  })
  if (permission.kind === 'refused') {
    noteAttempted(host, incoming, permission.reason, found ? checksText(authenticationResults(host.domain, found)) : null)
    return permission
  }
  for (const route of incoming.routes) {
    const answered = await answer(host, route, permission.inbox)
    if (answered.kind !== 'accepted') return answered
  }
  return { kind: 'accepted' }
}

const answer = async (host: Host, { alias, address }: WriteRequest, inbox: InboxFact): Promise<Acceptance> => {
  const made = await addCorrespondent(host, { accountId: alias.accountId, aliasUuid: alias.uuid, address }).catch((error: unknown) => {
    if (error instanceof Problem) return error
    throw error
  })
  if (made instanceof Problem) return { kind: 'refused', reason: made.code === 'too-many' ? 'too-many-correspondents' : 'not-accepted' }
  const reverse = `${shownLocalPart(host, inbox, made.correspondent.reverseLocalPart)}@${host.domain}`
  await tellAccount(host, alias.accountId, {
    subject: `How to write to ${address} as ${alias.address}`,
    paragraphs: [
      `Mail to this address reaches ${address} as from ${alias.address}:`, reverse,
      `Write to it from ${inbox.address}. What you sent now went nowhere.`,
    ],
    links: [{ name: 'Write', url: `mailto:${reverse}` }],
  }, [{ to: inbox.address, inboxId: inbox.id }])
  return { kind: 'accepted' }
}
