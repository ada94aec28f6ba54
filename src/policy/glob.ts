// Patterns for local-parts: `shop-* news.??? [a-c]*`, any of them. No regular expression: each test costs at most length times length.

type Class = { readonly not: boolean; readonly ranges: readonly (readonly [from: string, to: string])[] }
type Token = 'any-run' | 'any-one' | { readonly letter: string } | Class
export type Glob = readonly (readonly Token[])[]
export type ReadGlob = { readonly kind: 'ok'; readonly glob: Glob } | { readonly kind: 'refused'; readonly why: string }

export const MOST_GLOB_CHARACTERS = 200

/** `why` is one sentence for the person who typed it. */
export const readGlob = (text: string): ReadGlob => {
  const refused = (why: string): ReadGlob => ({ kind: 'refused', why })
  if (text.length > MOST_GLOB_CHARACTERS) return refused(`Use at most ${MOST_GLOB_CHARACTERS} characters.`)
  const words = text.toLowerCase().split(/[\s,]+/).filter((word) => word !== '')
  if (words.length === 0) return refused('Write a pattern, such as shop-*.')
  const glob: Token[][] = []
  for (const word of words) {
    const tokens = tokensOf(word)
    if (!tokens) return refused(`“${word}” is no pattern: use letters, digits, dots, hyphens, * for any letters, ? for one, [a-f] for one of those.`)
    glob.push(tokens)
  }
  return { kind: 'ok', glob }
}

const tokensOf = (word: string): Token[] | undefined => {
  const tokens: Token[] = []
  for (let at = 0; at < word.length; at++) {
    const character = word[at]!
    if (character === '*') {
      if (tokens.at(-1) !== 'any-run') tokens.push('any-run')
    } else if (character === '?') tokens.push('any-one')
    else if (/[a-z0-9._-]/.test(character)) tokens.push({ letter: character })
    else {
      const end = character === '[' ? word.indexOf(']', at + 1) : -1
      const one = end < 0 ? undefined : classOf(word.slice(at + 1, end))
      if (!one) return undefined
      tokens.push(one)
      at = end
    }
  }
  return tokens
}

const classOf = (inside: string): Class | undefined => {
  const not = /^[!^]/.test(inside)
  const letters = not ? inside.slice(1) : inside
  const ranges: [string, string][] = []
  for (let at = 0; at < letters.length; at++) {
    const from = letters[at]!
    if (!/[a-z0-9._-]/.test(from)) return undefined
    const to = letters[at + 1] === '-' ? letters[at + 2] : undefined
    if (to === undefined) ranges.push([from, from])
    else {
      if (!/[a-z0-9]/.test(from + to) || to < from) return undefined
      ranges.push([from, to])
      at += 2
    }
  }
  return ranges.length > 0 ? { not, ranges } : undefined
}

/** The whole of the text, in lower case. */
export const matchesGlob = (glob: Glob, text: string): boolean => glob.some((tokens) => matchesTokens(tokens, text))

/** After a mistake only the latest run may grow: an earlier one could match nothing that it does not. */
const matchesTokens = (tokens: readonly Token[], text: string): boolean => {
  let token = 0
  let run = -1
  let runEnd = 0
  for (let at = 0; at < text.length;) {
    const now = tokens[token]
    if (now === 'any-run') {
      run = token++
      runEnd = at
    } else if (now !== undefined && isOne(now, text[at]!)) {
      token++
      at++
    } else if (run >= 0) {
      token = run + 1
      at = ++runEnd
    } else return false
  }
  return tokens.slice(token).every((rest) => rest === 'any-run')
}

const isOne = (token: Exclude<Token, 'any-run'>, character: string): boolean => {
  if (token === 'any-one') return true
  if ('letter' in token) return token.letter === character
  return token.ranges.some(([from, to]) => from <= character && character <= to) !== token.not
}
