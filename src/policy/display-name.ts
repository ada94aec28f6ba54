// The name beside a reverse alias: `Name (name at shop.example)`. It shows who wrote, and nothing in it can be taken for an address.
import { domainOf, localPartOf, type Mailbox } from '../mail/address.ts'

// Mail programs show some 30 to 60 characters; the whole field must stay far below 998 octets.
const maxNameCharacters = 100
const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' })

/** Safe in a phrase even for programs that decode before they split: no `@ < > " \`, no control or direction-changing character. */
export const safeName = (name: string): string =>
  clipped(
    name
      .toWellFormed()
      .replace(/[\p{Cc}\p{Zl}\p{Zp}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/gu, ' ')
      .replace(/[@\uff20\ufe6b]+/g, ' at ')
      .replace(/[<>\\\uff1c\uff1e]/g, '')
      .replace(/"/g, "'")
      .replace(/\s+/g, ' ')
      .trim(),
  )

// On a grapheme, so that no family emoji is cut in two; one grapheme may be endless (stacked accents), hence the second limit.
const clipped = (name: string): string => {
  if (name.length <= maxNameCharacters) return name
  let text = ''
  for (const { segment } of graphemes.segment(name.slice(0, maxNameCharacters * 2))) {
    if (text.length + segment.length > maxNameCharacters) break
    text += segment
  }
  return `${(text || name.slice(0, maxNameCharacters).toWellFormed()).trimEnd()}…`
}

/** What stands before a reverse alias, for the person whose mailbox it hides. */
export const displayName = (name: string, mailbox: Mailbox): string => {
  const address = safeName(`${localPartOf(mailbox)} at ${domainOf(mailbox)}`)
  const shown = safeName(name)
  return shown === '' || shown.toLowerCase() === address.toLowerCase() ? address : `${shown} (${address})`
}
