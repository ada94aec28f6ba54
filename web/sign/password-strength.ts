// How hard a password is to guess, roughly: what people and programs try first costs nothing, every other letter costs its alphabet.
// The order of attack is that of zxcvbn (Wheeler, USENIX Security 2016): common words, names of the site, repeats, sequences, years.

export type Strength = { readonly level: 'weak' | 'fair' | 'good'; readonly words: string }

const common =
  'password passwort letmein welcome iloveyou monkey dragon football baseball princess sunshine master shadow superman batman trustno1 qwerty ' +
  'qwertz azerty asdfgh zxcvbn abc123 admin login hello freedom whatever starwars summer winter spring autumn secret burnbox burn box mail email'
const commonWords = common.split(' ').toSorted((a, b) => b.length - a.length)
const rows = ['abcdefghijklmnopqrstuvwxyz', '01234567890', 'qwertyuiop', 'qwertzuiop', 'asdfghjkl', 'zxcvbnm', 'yxcvbnm']
const runs = [...rows, ...rows.map((row) => [...row].reverse().join(''))]
const letters: Readonly<Record<string, string>> = { '@': 'a', 4: 'a', 3: 'e', 0: 'o', $: 's', 1: 'l', 5: 's', '!': 'i', 7: 't' }
const plain = (text: string) => text.toLowerCase().replaceAll(/[@430$15!7]/g, (sign) => letters[sign]!)

/** Each guess doubles a bit: what is easy to guess leaves one letter's worth behind. */
function shortened(password: string, own: readonly string[]): string {
  let left = password
  const words = [...own.map(plain).filter((word) => word.length >= 3), ...commonWords]
  for (const word of words) {
    const at = plain(left).indexOf(word)
    if (at >= 0) left = left.slice(0, at) + left[at] + left.slice(at + word.length)
  }
  for (let length = left.length; length >= 4; length--)
    for (let at = 0; at + length <= left.length; at++) {
      const part = left.slice(at, at + length).toLowerCase()
      if (runs.some((run) => run.includes(part))) left = left.slice(0, at + 1) + left.slice(at + length)
    }
  return left.replaceAll(/(.{1,8}?)\1+/gs, '$1').replaceAll(/(?:19|20)\d\d/g, '9')
}

function alphabet(text: string): number {
  const kinds = [[/[a-z]/, 26], [/[A-Z]/, 26], [/\d/, 10], [/[^a-zA-Z\d\s]/, 20], [/\s/, 6], [/[^\0-\x7f]/, 100]] as const
  return kinds.reduce((sum, [kind, many]) => sum + (kind.test(text) ? many : 0), 0) || 1
}

/** `own`: the e-mail and the like, which are tried first. */
export function strengthOf(password: string, own: readonly string[] = []): Strength {
  const left = shortened(password, own.flatMap((each) => each.split(/[@.\s]/)))
  const bits = left.length * Math.log2(alphabet(left))
  if (bits < 36) return { level: 'weak', words: 'Easy to guess. Add some words that do not belong together.' }
  if (bits < 56) return { level: 'fair', words: 'Takes a while to guess. One more word makes it good.' }
  return { level: 'good', words: 'Hard to guess.' }
}
