// The body of a forward for an account with `rewrite_invitations`: whoever is named in a calendar becomes his reverse alias, and the alias the inbox
// that this copy goes to, so that its calendar program knows its owner there. Every other message, and every other octet, stays as it came.

import { lowerCased } from '../mail/address.ts'
import type { Content } from '../mail/content.ts'
import { editedContent } from '../mail/edited-content.ts'
import type { Field } from '../mail/header.ts'
import type { AliasFact, InboxFact } from '../policy/decide.ts'
import { displayName } from '../policy/display-name.ts'
import { calendarsIn, calendarType, invitationEdits, invitedIn, mayHoldCalendar } from '../policy/invitation.ts'
import { namedIn, reverseAliasesOf } from './forward-names.ts'
import type { Host } from './host.ts'
import { isLarge, withWholeBody } from './with-whole-body.ts'

/** @param fields of the message as it came */
export const withInvitations = async (
  host: Host, alias: AliasFact, inbox: InboxFact, fields: readonly Field[], content: Content,
): Promise<Content> => {
  if (!alias.rewritesInvitations || !mayHoldCalendar(fields)) return content
  if (isLarge(content) && !await mentionsCalendar(content)) return content
  return withWholeBody(content, async (body) => {
    const calendars = calendarsIn(fields, body)
    const named = await namedIn(host, alias, (isOwn) => invitedIn(calendars, isOwn))
    const reverseAliasOf = await reverseAliasesOf(host, alias, inbox, named)
    return editedContent(content, invitationEdits(calendars, (mailbox) => {
      if (lowerCased(mailbox) === alias.address) return { address: inbox.address }
      const address = reverseAliasOf(mailbox)
      return address && { address, name: displayName('', mailbox) }
    }))
  })
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
