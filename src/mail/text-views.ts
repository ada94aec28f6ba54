// What one text is to the different programs that show it: as it stands, unfolded, without its tags, with its escapes undone. Each view is a list of
// steps over the text; none is recursive, each is linear. Beside HTML (WHATWG), RFC 5545 §3.1 and RFC 6350 §3.2 (folds), RFC 3986 §2.1 and CSS.
import { Buffer } from 'node:buffer'
import { decodeHTML } from 'entities'
import type { Step } from './mapped-text.ts'

export type View = readonly Step[]
export type TextKind = 'plain' | 'html' | 'folded'

/** Stands where something that nobody sees was: it ends a word, and may stand inside an address. */
export const seam = '\ue000'

const point = (code: number): string => code > 0 && code <= 0x10ffff && (code < 0xd800 || code > 0xdfff) ? String.fromCodePoint(code) : ''
const utf8 = (hex: string): string => Buffer.from(hex, 'hex').toString('utf8')

// Soft hyphens, zero-width characters, direction controls, tags, variation selectors; and full-width and other letters that mean plain ones.
const invisible: Step = { pattern: /[\p{Default_Ignorable_Code_Point}\ufff9-\ufffb\0]+/gu, by: () => '' }
const compatible: Step = { pattern: /[^\0-\x7f]\p{M}{0,16}|[\0-\x7f]\p{M}{1,16}/gu, by: (run) =>
  run === seam ? run : run.normalize('NFKC').toLowerCase().replace('\u3002', '.') }
// One seam for many: patterns that allowed for any number of them would take quadratic time.
const oneSeam: Step = { pattern: /\ue000{2,}/g, by: () => seam }
/** The last steps of every view. */
export const folding: View = [invisible, compatible, oneSeam]

const entities: Step = { pattern: /&(?:#\d{1,8}|#[xX][\da-fA-F]{1,8}|[A-Za-z][A-Za-z\d]{1,31});?/g, by: (entity) => decodeHTML(entity) }
const percents: Step = { pattern: /(?:%[\da-fA-F]{2})+/g, by: (run) => utf8(run.replaceAll('%', '')) }
// CSS, JavaScript, RTF, and the backslashes of Markdown, vCard and quoted strings.
const escapes: Step = {
  pattern: /\\(?:u\{?[\da-fA-F]{4,6}\}?|x[\da-fA-F]{2}|'[\da-fA-F]{2}|[\da-fA-F]{1,6}[ \t\r\n]?|[!-/:-@[-`{-~])/g,
  by: (escape) => {
    const hex = /[\da-fA-F]+/.exec(escape)
    return hex ? point(Number.parseInt(hex[0], 16)) : escape.slice(1)
  },
}
const quotedPrintable: Step = { pattern: /=[ \t]*\r?\n|(?:=[\dA-Fa-f]{2})+/g, by: (run) => run.endsWith('\n') ? '' : utf8(run.replaceAll('=', '')) }
const unfolded: Step = { pattern: /\r?\n[ \t]/g, by: () => '' }
const lineEnds: Step = { pattern: /\r?\n[ \t]*(?:>[ \t]*)*/g, by: () => seam }
// What is no tag for sure (`a < b`) stays; an unclosed one ends where the next begins.
const tagPattern = /<!--(?:[^-]|-(?!->))*(?:-->|$)|<[a-zA-Z/!?][^<>]*>/g
const tags: Step = { pattern: tagPattern, by: () => seam }
const styles: Step = { pattern: /<(?:style|script|title)\b[^<>]*>[^<]*/gi, by: () => seam }

/** The views of a text, without `folding`. The first is the text as it stands. */
export const viewsOf = (kind: TextKind, text: string): View[] => {
  const views: View[] = [[]]
  const isHtml = kind === 'html'
  const html = isHtml && /[<&]/.test(text)
  const hasEscapes = /[%\\]/.test(text) || (text.includes('&') && /&[#a-zA-Z]/.test(text))
  if (kind === 'folded') views.push([unfolded], [unfolded, escapes])
  if (html) views.push([tags, entities], [styles, tags, entities, lineEnds])
  if (hasEscapes) views.push([entities, percents], [entities, percents, percents], [escapes])
  if (/=(?:[\dA-Fa-f]{2}|[ \t]*\r?\n)/.test(text)) views.push([quotedPrintable], [quotedPrintable, percents])
  if (!isHtml) views.push([lineEnds])
  return views
}
