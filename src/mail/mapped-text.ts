// Text that remembers where each of its characters came from, through any number of decodings: so that what is found in what people see can be
// changed in what was written.

export type MappedText = {
  readonly text: string
  /** Of each character (UTF-16 unit) of `text`: the piece of the source that it stands for. Undefined: the text is the source. */
  readonly from: Uint32Array | undefined
  readonly to: Uint32Array | undefined
}

/** One decoding: each match of `pattern` (global) becomes what `by` makes of it. */
export type Step = { readonly pattern: RegExp; readonly by: (match: string) => string }

export const sourceText = (text: string): MappedText => ({ text, from: undefined, to: undefined })

/** Without the memory, for looking first: most texts hold nothing. */
export const decodedBy = (text: string, steps: readonly Step[]): string =>
  steps.reduce((decoded, { pattern, by }) => decoded.replace(pattern, (match) => by(match)), text)

export const mappedBy = (source: MappedText, steps: readonly Step[]): MappedText => steps.reduce(mappedByOne, source)

const mappedByOne = (source: MappedText, { pattern, by }: Step): MappedText => {
  const matches = [...source.text.matchAll(pattern)].map((match) => ({ start: match.index, end: match.index + match[0].length, by: by(match[0]) }))
  if (matches.length === 0) return source
  const text = matches.reduce((sum, { start, end, by: { length } }) => sum + length - (end - start), source.text.length)
  const from = new Uint32Array(text)
  const to = new Uint32Array(text)
  const pieces: string[] = []
  let at = 0
  let length = 0
  const keep = (end: number): void => {
    pieces.push(source.text.slice(at, end))
    for (; at < end; at += 1) {
      from[length] = startOf(source, at)
      to[length++] = endOf(source, at)
    }
  }
  for (const match of matches) {
    keep(match.start)
    pieces.push(match.by)
    for (let i = 0; i < match.by.length; i += 1) {
      from[length] = startOf(source, match.start)
      to[length++] = endOf(source, match.end - 1)
    }
    at = match.end
  }
  keep(source.text.length)
  return { text: pieces.join(''), from, to }
}

const startOf = (source: MappedText, at: number): number => source.from?.[at] ?? at
const endOf = (source: MappedText, at: number): number => source.to?.[at] ?? at + 1

/** The pieces of the source that `start` to `end` of the text stand for; more than one where something between them was left out. */
export const sourcePieces = (source: MappedText, start: number, end: number): { start: number; end: number }[] => {
  const pieces: { start: number; end: number }[] = []
  for (let at = start; at < end; at += 1) {
    const piece = { start: startOf(source, at), end: endOf(source, at) }
    const last = pieces.at(-1)
    if (last && piece.start <= last.end) last.end = Math.max(last.end, piece.end)
    else pieces.push(piece)
  }
  return pieces
}
