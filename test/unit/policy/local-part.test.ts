import { expect, test } from 'vitest'
import { isDotAtom } from '../../../src/mail/address.ts'
import { decodeLabel } from '../../../src/mail/punycode.ts'
import { checkCustomLocalPart, localPartFor } from '../../../src/policy/local-part.ts'
import { isReserved } from '../../../src/policy/reserved.ts'
import { registrableDomain } from '../../../src/policy/site.ts'
import { adjectives, nouns } from '../../../src/policy/words.ts'

const nameFor = (site: string | undefined): string => localPartFor(site, () => 0).replace(/-bbbbb$/, '')

test('a local-part is the name of the company and five letters', () => {
  let turn = 0
  expect(localPartFor('https://www.shop.example/cart?x=1', (below) => (turn += 7) % below)).toMatch(/^shop-[bcdfghjkmnpqrstvwxyz2-9]{5}$/)
})

test.each([
  ['shop.co.uk', 'shop'], ['https://login.amazon.de/x', 'amazon'], ['foo.github.io', 'foo'], ['github.io', 'github'], ['1-2-3.tv', '1-2-3'],
  ['www.müller-straße.de', 'mueller-strasse'], ['xn--mller-kva.de', 'mueller'], ['Ångström.example', 'aangstroem'], ['café.fr', 'cafe'], ['łódź.pl', 'lodz'],
  ['яндекс.рф', 'yandeks'], ['例え.jp', 'mail'], [`${'long-name-'.repeat(6)}x.example`, 'long-name-long-name-long-name'],
  [undefined, 'mail'], ['', 'mail'], ['rubbish', 'mail'], ['192.0.2.1', 'mail'], ['_dmarc.x.example', 'x'],
])('%s is called %s', (site, name) => {
  expect(nameFor(site)).toBe(name)
})

test('whatever the site, the local-part is one of ours', () => {
  for (const site of ['r.example', 'b.example', 'abuse.example', '-.example', 'ß.de', 'xn--a.example', '\0', 'a@b', 'http://[::1]/']) {
    const localPart = localPartFor(site, (below) => below - 1)
    expect(isDotAtom(localPart) && localPart.length <= 64 && !isReserved(localPart), localPart).toBe(true)
  }
})

test.each([
  ['https://www.shop.co.uk/x', 'shop.co.uk'], ['shop.example', 'shop.example'], ['SHOP.example.', 'shop.example'],
  ['bücher.example', 'xn--bcher-kva.example'], ['shop.example:8443/x', 'shop.example'], ['http://user:pass@shop.example/', 'shop.example'],
  ['  shop.example ', 'shop.example'], ['info@shop.example', 'shop.example'],
  ['a.b.github.io', 'b.github.io'], ['github.io', 'github.io'],
  ['co.uk', undefined], ['localhost', undefined], ['http://192.168.1.1/', undefined], ['[::1]', undefined], ['javascript:alert(1)', undefined],
  ['file:///etc/passwd', undefined], ['ftp://shop.example', undefined], ['two words.example', undefined],
  ['', undefined], ['.', undefined], ['http://', undefined], ['x'.repeat(5000), undefined],
])('the registrable domain of %s', (site, domain) => {
  expect(registrableDomain(site)).toBe(domain)
})

test('a custom local-part is a dot-atom of at most 64 octets, lower-cased', () => {
  expect(checkCustomLocalPart('My.Shop+1')).toEqual({ kind: 'ok', localPart: 'my.shop+1' })
  expect(checkCustomLocalPart('x'.repeat(64))).toMatchObject({ kind: 'ok' })
  for (const text of ['', 'x'.repeat(65), '.a', 'a.', 'a..b', 'a b', 'a@b', '"a"', 'ü', 'a\r\nb', 'a\0', '<a>']) {
    const checked = checkCustomLocalPart(text)
    expect(checked).toMatchObject({ kind: 'refused', reason: 'invalid' })
    expect(checked.kind === 'refused' && checked.why).toMatch(/^[A-Z][^\r\n]*\.$/)
  }
})

test('reserved names stay with the operator', () => {
  for (const name of [
    'postmaster', 'Abuse', 'admin', 'administrator', 'hostmaster', 'webmaster', 'root', 'ssladmin', 'mailer-daemon', 'no-reply', 'info',
    'security', 'abuse+x', 'R.abc', 'b.x',
  ]) expect(checkCustomLocalPart(name), name).toMatchObject({ kind: 'refused', reason: 'reserved' })
  expect(checkCustomLocalPart('rx.b')).toMatchObject({ kind: 'ok' })
})

test('A-labels are read as RFC 3492 §7.1 says', () => {
  expect(decodeLabel('xn--ihqwcrb4cv8a8dqg056pqjye')).toBe('他们为什么不说中文')
  expect(decodeLabel('xn--bcher-kva')).toBe('bücher')
  for (const label of ['plain', 'xn--', 'xn--ü', 'xn--99999999', `xn--${'a'.repeat(70)}`]) expect(decodeLabel(label)).toBeUndefined()
})

test('words and letters give no company away; each is one of ours', () => {
  let turn = 0
  const random = (below: number): number => (turn += 97) % below
  for (let n = 0; n < 300; n++) {
    const [words, letters] = [localPartFor('shop.example', random, 'words'), localPartFor('shop.example', random, 'letters')]
    expect(words).toMatch(/^[a-z]+-[a-z]+-[1-9]\d\d$/)
    expect(letters).toMatch(/^[bcdfghjkmnpqrstvwxyz2-9]{10}$/)
    for (const localPart of [words, letters]) expect(isDotAtom(localPart) && !isReserved(localPart) && !localPart.includes('shop')).toBe(true)
  }
})

test('a list of words is asked for with one octet, has each word once, and enough of them', () => {
  for (const words of [adjectives, nouns]) {
    expect(new Set(words).size).toBe(words.length)
    expect(words.length).toBeLessThanOrEqual(256)
    expect(words.every((word) => /^[a-z]{2,12}$/.test(word))).toBe(true)
  }
  expect(adjectives.length * nouns.length * 900).toBeGreaterThan(20_000_000)
})
