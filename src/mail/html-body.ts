// Where the shown part of an HTML text begins (WHATWG HTML §13.2.6.4): behind the body tag or, where there is none, behind what a parser
// would put into the head. One walk, so that the time is linear.

/** An offset into `html`, which is octets as Latin-1: the tags are ASCII in any charset that we write into. */
export const startOfHtmlBody = (html: string): number => {
  const lower = html.toLowerCase()
  let at = 0
  for (;;) {
    if (isBodyTag(lower, at)) return tagEnd(html, at)
    const next = skipped(html, lower, at)
    if (next === at) return at
    at = next
  }
}

const isBodyTag = (lower: string, at: number): boolean => /^<body[\s/>]/.test(lower.slice(at, at + 6))

/** Blanks, and the byte order mark of UTF-8. Not `\s`: octet A0 begins letters in GBK. */
const spaces = /(?:[\t\n\f\r ]|\u00ef\u00bb\u00bf)+/y
const name = /<\/?([a-z][a-z0-9:]*)/y
/** Tags of the head without a content of their own, and what may stand around the head. */
const lone = new Set(['html', 'head', 'meta', 'link', 'base', 'basefont', 'bgsound'])
/** Theirs goes to their end tag. */
const whole = new Set(['title', 'style', 'script', 'noscript', 'template', 'xml'])

// Blanks, a comment, a declaration or an element of the head that begin here; `at` when it is something else, or has no end: a title that is never
// closed swallows all behind it, and looking for the end of each of many would take quadratic time.
const skipped = (html: string, lower: string, at: number): number => {
  spaces.lastIndex = at
  if (spaces.test(html)) return spaces.lastIndex
  if (html.startsWith('<!--', at)) return behind(html, '-->', at + 2, at)
  if (html.startsWith('<!', at) || html.startsWith('<?', at)) return behind(html, '>', at, at)
  name.lastIndex = at
  const tag = name.exec(lower)?.[1]
  if (tag === undefined) return at
  if (lone.has(tag)) return tagEnd(html, at)
  const end = whole.has(tag) && html[at + 1] !== '/' ? behind(lower, `</${tag}`, at, at) : at
  return end === at ? at : tagEnd(html, end)
}

const behind = (text: string, end: string, from: number, otherwise: number): number => {
  const found = text.indexOf(end, from)
  return found < 0 ? otherwise : found + end.length
}

// A `>` in a quoted attribute does not end the tag.
const tagEnd = (html: string, at: number): number => {
  let quote = ''
  for (let i = at; i < html.length; i += 1) {
    const letter = html[i]!
    if (quote !== '') quote = letter === quote ? '' : quote
    else if (letter === '>') return i + 1
    else if (letter === '"' || letter === "'") quote = letter
  }
  return at
}
