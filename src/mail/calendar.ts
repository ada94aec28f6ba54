// Who is named in an iCalendar object by ORGANIZER and ATTENDEE (RFC 5545 §3.8.4), and the same object with other names in their places.
// Its octets are read as Latin-1, which loses none: whatever is no such line stays as it is, in any charset that has ASCII in it.
import { Buffer } from 'node:buffer'
import { parseMailbox, type Mailbox } from './address.ts'

/** `name` for people, where the line has none. */
export type CalendarName = { readonly address: Mailbox; readonly name?: string }

const lineOctets = 75 // RFC 5545 §3.1
// With the lines that continue it.
const contentLine = /(?<![^\n])[^\n]*(?:\n[ \t][^\n]*)*/g
const naming = /^(?:ORGANIZER|ATTENDEE)(?=[;:])/i
// The value, SENT-BY, DELEGATED-TO and the like are URIs (RFC 6068), EMAIL is an address (RFC 7986 §6.2).
const addressed = /(mailto:|;EMAIL="?)([^\s":;,?]+)/gi
// What stands in a URI and in a parameter as it is.
const plain = /^[\w.+@!$'*~-]+$/

/** Each time somebody is named, organizers first. */
export const namedInCalendar = (octets: Buffer): Mailbox[] => {
  const [organizers, others]: [Mailbox[], Mailbox[]] = [[], []]
  for (const [written] of octets.toString('latin1').matchAll(contentLine)) {
    const line = unfolded(written)
    if (line === undefined) continue
    const found = [...line.matchAll(addressed)].flatMap(([, , address]) => mailboxIn(address!) ?? [])
    ;(/^o/i.test(line) ? organizers : others).push(...found)
  }
  return [...organizers, ...others]
}

/** Undefined: nobody in it gets another name. */
export const renamedCalendar = (octets: Buffer, nameOf: (mailbox: Mailbox) => CalendarName | undefined): Buffer | undefined => {
  const text = octets.toString('latin1')
  const renamed = text.replace(contentLine, (written) => {
    const line = unfolded(written)
    const by = line && renamedLine(line, nameOf)
    return by === undefined || by === line ? written : folded(by, written.endsWith('\r') ? '\r' : '')
  })
  return renamed === text ? undefined : Buffer.from(renamed, 'latin1')
}

const unfolded = (written: string): string | undefined => {
  if (!/^[oa]/i.test(written)) return undefined
  const line = written.replace(/\r?\n[ \t]/g, '').replace(/\r$/, '')
  return naming.test(line) ? line : undefined
}

const renamedLine = (line: string, nameOf: (mailbox: Mailbox) => CalendarName | undefined): string => {
  let name: string | undefined
  const renamed = line.replace(addressed, (written, before: string, address: string) => {
    const mailbox = mailboxIn(address)
    const by = mailbox && nameOf(mailbox)
    if (!by || !plain.test(by.address)) return written
    name = by.name
    return before + by.address
  })
  return name === undefined || /;CN=/i.test(line) ? renamed : renamed.replace(naming, `$&;CN="${Buffer.from(name).toString('latin1').replaceAll('$', '$$$$')}"`)
}

const mailboxIn = (written: string): Mailbox | undefined => {
  const text = Buffer.from(written, 'latin1').toString('utf8')
  try {
    return parseMailbox(decodeURIComponent(text))
  } catch {
    return parseMailbox(text)
  }
}

// Not within a character of UTF-8.
const folded = (line: string, carriageReturn: string): string => {
  const lines: string[] = []
  for (let at = 0; at < line.length; ) {
    const most = lines.length === 0 ? lineOctets : lineOctets - 1
    let end = Math.min(line.length, at + most)
    for (let back = 0; back < 3 && end < line.length && (line.charCodeAt(end) & 0xc0) === 0x80; back += 1) end -= 1
    lines.push(line.slice(at, end))
    at = end
  }
  return lines.join(`${carriageReturn}\n `) + carriageReturn
}
