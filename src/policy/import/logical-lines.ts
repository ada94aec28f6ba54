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

/** Values that commas or white space separate, outside of quotes: `a@x, "|cmd with words"`. */
export const values = (text: string): readonly string[] =>
  [...text.matchAll(/(?:"(?:[^"\\]|\\.)*"|[^\s,"])+/g)].map(([value]) => value)
