// Finds in text, and the text without them: every view is searched, what is found in a view is changed in the source.
import { Buffer } from 'node:buffer'
import { parseMailbox, type Mailbox } from '../mail/address.ts'
import type { Change } from '../mail/charset.ts'
import { decodedBy, mappedBy, sourcePieces, sourceText, type MappedText } from '../mail/mapped-text.ts'
import { folding, seam, viewsOf, type TextKind, type View } from '../mail/text-views.ts'
import type { Needle, Needles } from './leak-needles.ts'
import { digestIn, findsInOctets, type OctetFind } from './leak-octets.ts'

export type Hit = { readonly needle: Needle; readonly changes: readonly [Change, ...Change[]] }
export type Names = {
  readonly alias: Mailbox
  readonly correspondentOf: (reverseAlias: Mailbox) => Mailbox | undefined
}
export type TextOptions = {
  readonly kind: TextKind
  /** Written by people for people: common words are no finds. */
  readonly prose: boolean
}

const mostHits = 2_000
const maxRunsCharacters = 8 * 1024 * 1024

/** Everything that is found in any view; `changes` is what would remove it. */
export const hitsIn = (text: string, needles: Needles, alias: Mailbox, { kind, prose }: TextOptions): Hit[] => {
  const hits: Hit[] = []
  for (const view of viewsOf(kind, text)) {
    if (!mayHold(text, view, needles.hint)) continue
    const shown = mappedBy(sourceText(text), [...view, ...folding])
    for (const needle of needles.all) {
      if (prose && !needle.inText) continue
      for (const match of shown.text.matchAll(needle.pattern)) {
        if (hits.length > mostHits) return hits
        const [first, ...others] = changesFor(shown, match.index, match[0], alias)
        if (first) hits.push({ needle, changes: [first, ...others] })
      }
    }
  }
  return withoutPartsOfAddresses(hits)
}

// A local-part is no find of its own where another view shows the address that it belongs to.
const withoutPartsOfAddresses = (hits: readonly Hit[]): Hit[] => {
  const addresses = hits.filter(({ needle }) => needle.what === 'address').map(rangeOf)
  return hits.filter((hit) => hit.needle.what === 'address' || !addresses.some(({ start, end }) => start <= rangeOf(hit).start && rangeOf(hit).end <= end))
}

const rangeOf = ({ changes }: Hit): { readonly start: number; readonly end: number } => ({ start: changes[0].start, end: changes.at(-1)!.end })

const mayHold = (text: string, view: View, hint: RegExp): boolean => {
  const decoded = view.length === 0 ? text : decodedBy(text, view)
  const folded = /^[\x00-\x7f]*$/.test(decoded) ? decoded : decodedBy(decoded, folding)
  return hint.test(folded.includes(seam) ? folded.replaceAll(seam, '') : folded)
}

// The first piece becomes the new name, the others go; what stood between them, a tag or a fold, stays.
const changesFor = (shown: MappedText, start: number, match: string, by: string): Change[] => {
  const changes: Change[] = []
  for (const word of match.matchAll(/[^\ue000]+/g)) {
    for (const piece of sourcePieces(shown, start + word.index, start + word.index + word[0].length)) changes.push({ ...piece,
      by: changes.length === 0 ? by : '' })
  }
  return changes
}

/** Reverse aliases of recipients, which become their addresses: the correspondent knows himself by that name. */
export const reverseAliasesIn = (text: string, { correspondentOf }: Names, { kind }: TextOptions): Change[] => {
  if (!/r\.[a-z2-7]/i.test(text)) return []
  return viewsOf(kind, text).flatMap((view) => {
    if (!mayHold(text, view, reverseAliasHint)) return []
    const shown = mappedBy(sourceText(text), [...view, ...folding])
    return [...shown.text.matchAll(reverseAlias)].flatMap((match) => {
      const [found] = readings(match[0]).flatMap((written) => {
        const mailbox = parseMailbox(written.replaceAll(seam, '').toLowerCase())
        const correspondent = mailbox && correspondentOf(mailbox)
        return correspondent === undefined ? [] : [{ written, correspondent }]
      })
      // In HTML and in calendars other letters would have to be escaped, each in its own way; such a one keeps its reverse alias.
      const isPlain = found !== undefined && /^[a-z0-9._+@-]+$/i.test(found.correspondent)
      return isPlain ? changesFor(shown, match.index, found.written, found.correspondent) : []
    })
  })
}

// A domain may go on behind what nobody sees, or end there and the next word begin: the longest first.
const readings = (written: string): string[] => {
  const seams = [...written.matchAll(/\ue000/g)].map(({ index }) => index).filter((at) => at > written.indexOf('@') + 1)
  return [written.length, ...seams.toReversed()].map((end) => written.slice(0, end).replace(/[.\ue000-]+$/, ''))
}
const reverseAliasHint = /r\.[a-z2-7]{26}[.@]/i
const reverseAlias = /(?<![a-z0-9])r\.(?:[a-z2-7]\ue000?){26}(?:\.\ue000?(?:[a-z2-7]\ue000?){16})?@\ue000?[a-z0-9](?:[a-z0-9.\ue000-]{0,250}[a-z0-9])?/gi

/** Tokens of our burn button, as a quoted forward has them: whoever has one can burn the alias. A link without it leads to nothing. */
export const burnTokensIn = (text: string, { kind }: TextOptions): Change[] => {
  if (!text.includes('burn') && !/u\.[a-z2-7]/i.test(text)) return []
  return viewsOf(kind, text).flatMap((view) => {
    if (!mayHold(text, view, burnTokenHint)) return []
    const shown = mappedBy(sourceText(text), [...view, ...folding])
    return [...shown.text.matchAll(burnToken)].flatMap((match) => changesFor(shown, match.index, match[0], ''))
  })
}
// Scanners of links write a slash as an underline (Proofpoint's v2) or as %2F, which a view undoes.
const burnTokenHint = /(?:[/_]burn[/_]|u\.)[a-z2-7]{48}/i
const burnToken = /(?<=[/_]burn[/_]|(?<![a-z0-9])u\.)(?:[a-z2-7]\ue000?){48}(?![a-z0-9])(?:\?their=(?:[\w-]\ue000?)+)?/gi

/** In the order of the text; of two that overlap the one that begins first has the word, of two that are the same the first. */
export const inOrder = (changes: readonly Change[]): Change[] => {
  const ordered: { start: number; end: number; by: string }[] = []
  for (const change of changes.toSorted((a, b) => a.start - b.start || b.end - a.end)) {
    const last = ordered.at(-1)
    if (last && change.start < last.end) last.end = Math.max(last.end, change.end)
    else ordered.push({ ...change })
  }
  return ordered
}

/** What a program would have to decode: octets in base64, an address in hexadecimal or as a hash. */
export const hiddenIn = (text: string, needles: Needles): OctetFind[] => {
  const digest = digestIn(text, needles)
  const runs = text.length <= maxRunsCharacters ? base64Runs(text).flatMap((run) => findsInOctets(run, needles)) : []
  return digest === undefined ? runs : [{ what: 'metadata', shown: digest }, ...runs]
}

/** Runs of base64 in text (data: URIs, tracking links, pasted sources), over line ends, too, as octets; a run may begin in the middle of a group. */
const base64Runs = (text: string): Buffer[] =>
  [...text.replaceAll(/\r?\n(?:> ?)*/g, '').matchAll(/[A-Za-z0-9+/_-]{12,}/g)].flatMap(({ 0: run }) =>
    [0, 1, 2, 3].map((skip) => Buffer.from(run.slice(skip), 'base64')))
