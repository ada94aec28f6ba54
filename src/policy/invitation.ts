// Calendars of a forward whose answers shall go out as the alias (the setting `rewrite_invitations`): which parts they are, who in them becomes a
// correspondent, and what is put in their places.
import type { Buffer } from 'node:buffer'
import { lowerCased, type Mailbox } from '../mail/address.ts'
import { namedInCalendar, renamedCalendar, type CalendarName } from '../mail/calendar.ts'
import type { Edit } from '../mail/edited-content.ts'
import { fieldsNamed, valueOf, type Field } from '../mail/header.ts'
import { isMessage, parseMime, type Part } from '../mail/mime.ts'
import { parseStructured } from '../mail/mime-parameters.ts'
import { decodeTransfer, encodeTransfer } from '../mail/transfer-encoding.ts'
import type { Correspondent } from './rewrite.ts'

export type Calendar = { readonly part: Part; readonly octets: Buffer }

/** As it is written in the label of a part. */
export const calendarType = /text\/calendar|application\/ics/i

const maxCalendarOctets = 1024 * 1024
// As many as To and Cc of a message may make (K08): beyond, attendees stay as they are named.
const maxInvited = 30

/** By its own label; most mail is no candidate, and its body is not read. */
export const mayHoldCalendar = (fields: readonly Field[]): boolean =>
  fieldsNamed(fields, 'content-type').some((field) => /^multipart\/|^text\/calendar$|^application\/ics$/.test(parseStructured(valueOf(field)).value))

/** Those that may be changed. `body` from the empty line on. A message that two programs could read differently has none. */
export const calendarsIn = (fields: readonly Field[], body: Buffer): readonly Calendar[] => {
  const tree = parseMime(fields, body)
  return tree.kind === 'unreadable' ? [] : [...changeable(tree.root)].flatMap((part) => {
    const octets = decodeTransfer(part.encoding, body.subarray(part.body.start, part.body.end))
    return octets === undefined || octets.length > maxCalendarOctets || octets.includes('-----BEGIN PGP ') ? [] : [{ part, octets }]
  })
}

// What is signed would break, what is encrypted is not ours to read, and an enclosed message is somebody else's.
function* changeable(part: Part): Generator<Part> {
  if (isMessage(part.type) || part.type === 'multipart/signed' || part.type === 'multipart/encrypted') return
  if (part.type === 'text/calendar' || part.type === 'application/ics') yield part
  for (const child of part.children) yield* changeable(child)
}

/** Distinct, organizers first. */
export const invitedIn = (calendars: readonly Calendar[], isOwn: (mailbox: Mailbox) => boolean): readonly Correspondent[] => {
  const found = new Map<Mailbox, Correspondent>()
  for (const mailbox of calendars.flatMap(({ octets }) => namedInCalendar(octets))) {
    if (found.size < maxInvited && !isOwn(mailbox) && !found.has(lowerCased(mailbox))) found.set(lowerCased(mailbox), { mailbox, name: '' })
  }
  return [...found.values()]
}

/** Of the body. A calendar that cannot be written as it was encoded stays as it is. */
export const invitationEdits = (calendars: readonly Calendar[], nameOf: (mailbox: Mailbox) => CalendarName | undefined): readonly Edit[] =>
  calendars.flatMap(({ part, octets }) => {
    const renamed = renamedCalendar(octets, nameOf)
    const by = renamed && encodeTransfer(part.encoding, renamed)
    return by === undefined ? [] : [{ start: part.body.start, end: part.body.end, by }]
  })
