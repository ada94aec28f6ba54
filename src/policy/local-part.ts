// Local-parts of aliases: `shop-7kq2m` made from a site, or one that a person asks for.
import { parse } from 'tldts'
import { isDotAtom } from '../mail/address.ts'
import { isReserved } from './reserved.ts'
import { registrableDomain } from './site.ts'
import { transliterate } from './transliterate.ts'
import { adjectives, nouns } from './words.ts'

// No 0 o, 1 l i; no vowels, so that chance writes no words. 28^5 = 17 million for each name.
const letters = 'bcdfghjkmnpqrstvwxyz23456789'
const randomLetters = 5
/** 28^10 = 3 * 10^14. The words make 31 million with their number. */
const lettersAlone = 10
const maxNameLength = 30
const maxLocalPartOctets = 64

/** `shop-7kq2m`, `quiet-lantern-417` or `7kq2mxw4rt`: whoever gives the last two away gives no company's name away. */
export type AddressFormat = 'company' | 'words' | 'letters'

/** `random(n)` is a whole number from 0 to n - 1, each as likely, n at most 256. The caller tries again when the address is taken. */
export const localPartFor = (site: string | null | undefined, random: (below: number) => number, format: AddressFormat = 'company'): string => {
  const lettersOf = (length: number): string => Array.from({ length }, () => letters[random(letters.length)]).join('')
  switch (format) {
    case 'company': return `${nameOf(site ?? '') || 'mail'}-${lettersOf(randomLetters)}`
    case 'words': return `${adjectives[random(adjectives.length)]}-${nouns[random(nouns.length)]}-${100 + random(225) * 4 + random(4)}`
    case 'letters': return lettersOf(lettersAlone)
  }
}

const nameOf = (site: string): string => {
  const domain = registrableDomain(site)
  if (domain === undefined) return ''
  const own = parse(domain, { allowPrivateDomains: true })
  const name = own.domainWithoutSuffix || parse(domain).domainWithoutSuffix || ''
  return transliterate(name).slice(0, maxNameLength).replace(/^-+|-+$/g, '')
}

export type CustomLocalPart =
  | { readonly kind: 'ok'; readonly localPart: string }
  | { readonly kind: 'refused'; readonly reason: 'invalid' | 'reserved'; readonly why: string }

/** `why` is one sentence for the person who typed it. */
export const checkCustomLocalPart = (text: string): CustomLocalPart => {
  const refused = (reason: 'invalid' | 'reserved', why: string): CustomLocalPart => ({ kind: 'refused', reason, why })
  if (text === '') return refused('invalid', 'Type the part before the @.')
  if (text.includes('@')) return refused('invalid', 'Give only the part before the @.')
  if (text.length > maxLocalPartOctets) return refused('invalid', `Use at most ${maxLocalPartOctets} characters before the @.`)
  if (/^\.|\.\.|\.$/.test(text)) return refused('invalid', 'A dot may not stand first, last or beside another dot.')
  if (!isDotAtom(text)) return refused('invalid', 'Use only letters a to z, digits, dots and hyphens before the @.')
  const localPart = text.toLowerCase()
  return isReserved(localPart) ? refused('reserved', `“${localPart}” is reserved; choose another name.`) : { kind: 'ok', localPart }
}
