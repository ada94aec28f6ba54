// Files of Postfix: a line that begins with white space goes on with the one before; empty lines and comments end nothing (postmap(1), aliases(5)).

export type LogicalLine = { readonly line: number; readonly text: string }

export const logicalLines = (text: string): readonly LogicalLine[] => {
  const found: { line: number; parts: string[] }[] = []
  text.replace(/^\ufeff/, '').split(/\r\n|\r|\n/).forEach((line, place) => {
    if (/^\s*(?:#|$)/.test(line)) return
    const before = found.at(-1)
    if (/^\s/.test(line) && before) before.parts.push(line.trim())
    else found.push({ line: place + 1, parts: [line.trim()] })
  })
  return found.map(({ line, parts }) => ({ line, text: parts.join(' ') }))
}

/** Values that commas or white space separate, outside of quotes: `a@x, "|cmd with words"`. A quote that is not closed goes to the end. */
export const values = (text: string): readonly string[] => {
  const found: string[] = []
  let start = -1
  for (let at = 0; at < text.length; at += 1) {
    const isBetween = /[\s,]/.test(text[at]!)
    if (isBetween && start >= 0) found.push(text.slice(start, at))
    if (isBetween) start = -1
    else if (start < 0) start = at
    if (text[at] === '"') at = closing(text, at)
  }
  return start < 0 ? found : [...found, text.slice(start)]
}

const closing = (text: string, open: number): number => {
  for (let at = open + 1; at < text.length; at += 1) {
    if (text[at] === '\\') at += 1
    else if (text[at] === '"') return at
  }
  return text.length
}
