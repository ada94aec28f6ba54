// What to look for: the account's addresses in every spelling that leads back to them, their local-parts alone where they say enough, the real name.
// Patterns fit text that went through mail/text-views: folded, with seams where something invisible stood.
import { getDomain } from 'tldts'
import { domainOf, localPartOf, type Mailbox } from '../mail/address.ts'
import { decodedBy } from '../mail/mapped-text.ts'
import { decodeLabel } from '../mail/punycode.ts'
import { folding, seam } from '../mail/text-views.ts'
import type { Secrets } from './leak.ts'

export type Needle = {
  readonly what: 'address' | 'local-part' | 'name'
  readonly shown: string
  /** Global, exact: with the ends of words. */
  readonly pattern: RegExp
  /** In octets that are no text: what stands beside may be a length or a tag, and look like a letter of the word. */
  readonly inOctets: RegExp
  /** False: too common a word to stop running text for; looked for in file names, properties and the like. */
  readonly inText: boolean
}
export type Needles = {
  readonly all: readonly Needle[]
  /** Tests true wherever one of them could be; for text without seams. */
  readonly hint: RegExp
  /** Something to look for is not ASCII, so that octets must be read in several charsets. */
  readonly beyondAscii: boolean
  /** Hexadecimal forms, lower-case, and whose they are: octets and hashes of an address (an avatar's URL has one). */
  readonly digests: ReadonlyMap<string, Mailbox>
}

const gap = `${seam}?`
const wordLetter = '[a-z0-9\\u00c0-\\u024f\\u0370-\\u052f]'
// An address ends a longer one: `jo.ann@` is not `ann@`. A hyphen or underscore that begins a line or a word is only punctuation.
const addressStarts = '(?<![a-z0-9][._+-]{0,8})'
const addressEnds = '(?![a-z0-9]|-[a-z0-9])'
const wordStarts = `(?<!${wordLetter})`
const wordEnds = `(?!${wordLetter})`
// Written to machines, to people who evade machines, and as bounce addresses write it (VERP, SRS).
const at = String.raw`(?:\([^()]{0,80}\))?\s?(?:@|=|\s?[([{<]\s?(?:at|@)\s?[)\]}>]|\sat\s)\s?(?:\([^()]{0,80}\))?`

/** Providers where one mailbox has several domains. */
const sameProvider: readonly (readonly string[])[] = [
  ['gmail.com', 'googlemail.com'], ['icloud.com', 'me.com', 'mac.com'], ['proton.me', 'protonmail.com', 'protonmail.ch', 'pm.me'],
  ['yandex.com', 'yandex.ru', 'ya.ru'], ['tutanota.com', 'tuta.com', 'tutamail.com', 'tutanota.de', 'tuta.io', 'keemail.me'],
]
const roles = new Set([
  'postmaster', 'webmaster', 'hostmaster', 'administrator', 'support', 'contact', 'kontakt', 'contacto', 'office', 'service', 'welcome', 'private',
  'personal', 'account', 'accounts', 'billing', 'orders', 'family', 'familie', 'famille', 'mailbox', 'e-mail', 'newsletter', 'noreply', 'no-reply',
  'reception', 'information', 'shopping', 'forwarding', 'letters', 'hello', 'inbox1', 'mail.me',
])

/** `hashesOf`: hexadecimal digests of an address in lower case, as avatars use; they need no secret, and a thread may make them. */
export const needlesOf = (secrets: Secrets, alias: Mailbox, hashesOf: (text: string) => readonly string[] = () => []): Needles => {
  const name = secrets.realName === null ? [] : nameNeedle(secrets.realName)
  const addresses = [...new Set(secrets.addresses)].filter((address) => address.toLowerCase() !== alias.toLowerCase())
  const all = [...addresses.map(addressNeedle), reverseSecret, ...localPartNeedles(addresses, alias), ...name].map(forOctets)
  const sources = all.map(({ pattern }) => pattern.source.replaceAll(gap, '').replaceAll(seam, ''))
  return {
    all,
    hint: new RegExp(sources.map(withoutEnds).join('|'), 'i'),
    beyondAscii: all.some(({ pattern }) => /[^\x00-\x7f]/.test(pattern.source.replaceAll(seam, ''))),
    digests: new Map(addresses.flatMap((address) => {
      const text = address.toLowerCase()
      return [hexOf(text), ...hashesOf(text)].map((digest) => [digest, address] as const)
    })),
  }
}

// `jane@home.example0` is what a certificate has: the zero is the tag of what follows.
const forOctets = (needle: Omit<Needle, 'inOctets'>): Needle => {
  const source = needle.pattern.source.replaceAll(gap, '').replaceAll(seam, '')
  const loose = source.replaceAll(wordStarts, '(?<![a-z])').replaceAll(wordEnds, '(?![a-z])')
  return { ...needle, inOctets: new RegExp(needle.what === 'address' ? withoutEnds(source) : loose, 'i') }
}

const withoutEnds = (source: string): string => [addressStarts, addressEnds, wordStarts, wordEnds].reduce((text, end) => text.replace(end, ''), source)

const folded = (text: string): string => decodedBy(text, folding).toLowerCase()
const escaped = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&')
const letters = (text: string, between = gap): string => [...text].map(escaped).join(between)
const hexOf = (text: string): string => [...new TextEncoder().encode(text)].map((octet) => octet.toString(16).padStart(2, '0')).join('')

const addressNeedle = (address: Mailbox): Omit<Needle, 'inOctets'> => {
  const local = folded(localPartOf(address).replaceAll('"', ''))
  const domain = domainOf(address)
  const base = local.replace(/\+.*$/s, '') || local
  const free = isGmail(domain)
  const name = free ? letters(base.replaceAll('.', ''), `[.${seam}]{0,3}`) : letters(base).replaceAll('\\.', '\\.?')
  const domains = domainsOf(domain).map((one) => letters(one)).join('|')
  // Backwards, with an equals sign, is how SRS writes it.
  const tagged = `${name}${gap}(?:\\+[^\\s@<>"']{0,64})?${gap}`
  const source = `${addressStarts}(?:"${tagged}"|${tagged})${at}${gap}(?:[a-z0-9_${seam}-]{1,63}\\.${gap}){0,5}(?:${domains})${addressEnds}`
  return { what: 'address', shown: address, inText: true, pattern: new RegExp(`${source}|(?:${domains})=${name}(?=@)`, 'gi') }
}

// Whoever knows it can write as the owner.
const reverseSecret: Omit<Needle, 'inOctets'> = {
  what: 'address', shown: 'reverse alias with its secret', inText: true,
  pattern: new RegExp(`(?<![a-z0-9])r\\.(?:[a-z2-7]${gap}){26}\\.${gap}(?:[a-z2-7]${gap}){16}(?:@${gap}[a-z0-9](?:[a-z0-9.${seam}-]{0,250}[a-z0-9])?)?`,
    'gi'),
}

const isGmail = (domain: string): boolean => domain === 'gmail.com' || domain === 'googlemail.com'

/** The registrable domain stands for all below it; an internationalised one is written in two ways. */
const domainsOf = (domain: string): string[] => {
  const whole = getDomain(domain, { allowPrivateDomains: true }) ?? domain
  const family = sameProvider.find((domains) => domains.includes(whole)) ?? [whole]
  return [...new Set(family.flatMap((one) => [one, folded(one.split('.').map((part) => decodeLabel(part) ?? part).join('.'))]))]
}

const localPartNeedles = (addresses: readonly Mailbox[], alias: Mailbox): Omit<Needle, 'inOctets'>[] => {
  const shown = folded(localPartOf(alias))
  const locals = new Set(addresses.flatMap((address) => {
    const local = folded(localPartOf(address).replaceAll('"', ''))
    return [local, local.replace(/\+.*$/s, '')]
  }))
  return [...locals].filter((local) => isDistinctive(local) && !shown.includes(local)).map((local) => ({
    what: 'local-part', shown: local, inText: speaksForItself(local), pattern: new RegExp(`${wordStarts}${letters(local)}${wordEnds}`, 'gi'),
  }))
}

const isDistinctive = (local: string): boolean => !roles.has(local) && (speaksForItself(local) || local.length >= 6)
// A first name is signed under every reply, so that a word of letters alone must be long to count in running text.
const speaksForItself = (local: string): boolean =>
  !roles.has(local) && (/^\p{L}+$/u.test(local) ? local.length >= 12 : local.length >= 5 && /\p{L}/u.test(local))

const nameNeedle = (realName: string): Omit<Needle, 'inOctets'>[] => {
  const words = folded(realName).split(/[\s,]+/).map((word) => word.replace(/^[^\p{L}\p{N}]+|[^\p{L}\p{N}]+$/gu, '')).filter((word) => word !== '')
  const first = words[0]
  const last = words.at(-1)
  if (first === undefined || last === undefined) return []
  const lone = words.length === 1
  const between = `[\\s,._+${seam}-]{${words.join('').length >= 7 ? 0 : 1},6}`
  const orders = lone ? [[first]] : [words, [last, ...words.slice(0, -1)], [first, last], [last, first]]
  const source = [...new Set(orders.map((order) => order.map(spelled).join(between)))].join('|')
  return [{ what: 'name', shown: realName, inText: true, pattern: new RegExp(`${wordStarts}(?:${source})${wordEnds}`, 'gi') }]
}

const umlauts: Readonly<Record<string, string>> = { 'ä': 'ae', 'ö': 'oe', 'ü': 'ue', 'å': 'aa', 'ø': 'o|oe', 'æ': 'ae', 'ß': 'ss', 'ł': 'l', 'đ': 'd',
  'ı': 'i' }

// With and without its diacritics.
const spelled = (word: string): string => [...word].map((letter) => {
  const plain = letter.normalize('NFD').replace(/\p{M}/gu, '')
  const other = umlauts[letter]
  const ways = [letter, ...(plain === letter ? [] : [plain]), ...(other === undefined ? [] : other.split('|'))]
  return ways.length === 1 ? escaped(letter) : `(?:${ways.map(escaped).join('|')})`
}).join(gap)
