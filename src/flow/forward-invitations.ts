// The body of a forward for an account with `rewrite_invitations`: whoever is named in a calendar becomes his reverse alias, and the alias the inbox
// that this copy goes to, so that its calendar program knows its owner there. Every other message, and every other octet, stays as it came.

import { lowerCased } from '../mail/address.ts'
import { bodyOf, type Content } from '../mail/content.ts'
import { editedContent } from '../mail/edited-content.ts'
import type { Field } from '../mail/header.ts'
import type { AliasFact, InboxFact } from '../policy/decide.ts'
import { displayName } from '../policy/display-name.ts'
import { calendarsIn, calendarType, invitationEdits, invitedIn, mayHoldCalendar } from '../policy/invitation.ts'
import { namedIn, reverseAliasesOf } from './forward-names.ts'
import type { Host } from './host.ts'
import { createTurns } from './in-turn.ts'

/** More of them than this lie in memory one after the other. */
const LARGE_OCTETS = 256 * 1024
const inTurn = createTurns()

/** @param fields of the message as it came */
export const withInvitations = async (
  host: Host, alias: AliasFact, inbox: InboxFact, fields: readonly Field[], content: Content,
): Promise<Content> => {
  if (!alias.rewritesInvitations || !mayHoldCalendar(fields)) return content
  const rewrite = async (): Promise<Content> => {
    const calendars = calendarsIn(fields, Buffer.from((await bodyOf(content)).buffer))
    const named = await namedIn(host, alias, (isOwn) => invitedIn(calendars, isOwn))
    const reverseAliasOf = await reverseAliasesOf(host, alias, inbox, named)
    return editedContent(content, invitationEdits(calendars, (mailbox) => {
      if (lowerCased(mailbox) === alias.address) return { address: inbox.address }
      const address = reverseAliasOf(mailbox)
      return address && { address, name: displayName('', mailbox) }
    }))
  }
  if (content.size <= LARGE_OCTETS) return rewrite()
  return await mentionsCalendar(content) ? inTurn(rewrite) : content
}

/** Piece by piece, before all of it is taken into memory. */
const mentionsCalendar = async (content: Content): Promise<boolean> => {
  if (calendarType.test(content.header.toString('latin1'))) return true
  let end = ''
  for await (const piece of content.read(content.bodyOffset)) {
    const text = end + piece.toString('latin1')
    if (calendarType.test(text)) return true
    end = text.slice(-20)
  }
  return false
}
