import { Buffer } from 'node:buffer'
import { expect, test } from 'vitest'
import { decodeBase32, encodeBase32 } from '../../../src/mail/base32.ts'
import { parseVerp, verpLocalPart } from '../../../src/mail/return-path.ts'
import { kindOfLocalPart, reverseLocalPart } from '../../../src/mail/reverse-alias.ts'

// Stands for the keyed hash, which is no business of a pure floor: sensitive to each octet.
const mac = (bytes: Uint8Array): Uint8Array => {
  let state = 7
  return Uint8Array.from({ length: 32 }, (_, at) => (state = bytes.reduce((sum, octet) => (sum * 31 + octet + at) % 65_521, state)) & 255)
}

const payload = { deliveryId: 2n ** 62n - 1n, aliasId: 4_294_967_295, day: 20_000 }
const localPart = verpLocalPart(payload, mac)

test('a VERP local-part has 41 octets and comes back, case-folded too (K11, A49)', () => {
  expect(localPart).toMatch(/^b\.[a-z2-7]{39}$/)
  expect(parseVerp(localPart, mac, 20_000)).toEqual(payload)
  expect(parseVerp(localPart.toUpperCase(), mac, 20_000)).toEqual(payload)
  const small = { deliveryId: 0n, aliasId: 0, day: 0 }
  expect(parseVerp(verpLocalPart(small, mac), mac, 0)).toEqual(small)
})

test('K11 it lives 30 days, and no changed letter is taken', () => {
  expect(parseVerp(localPart, mac, 20_030)).toEqual(payload)
  expect(parseVerp(localPart, mac, 20_031)).toBeUndefined()
  expect(parseVerp(localPart, mac, 19_999)).toEqual(payload)
  expect(parseVerp(localPart, mac, 19_998)).toBeUndefined()
  for (let at = 2; at < localPart.length; at += 1) {
    const changed = `${localPart.slice(0, at)}${localPart[at] === 'a' ? 'b' : 'a'}${localPart.slice(at + 1)}`
    expect(parseVerp(changed, mac, 20_000), String(at)).toBeUndefined()
  }
  for (const wrong of ['', 'b.', localPart.slice(0, -1), `${localPart}a`, localPart.slice(2), `r.${localPart.slice(2)}`, `b.${'1'.repeat(39)}`]) {
    expect(parseVerp(wrong, mac, 20_000)).toBeUndefined()
  }
})

test('base32 as in RFC 4648 §10, lower-case and without padding', () => {
  const cases = [['', ''], ['f', 'my'], ['fo', 'mzxq'], ['foo', 'mzxw6'], ['foob', 'mzxw6yq'], ['fooba', 'mzxw6ytb'], ['foobar', 'mzxw6ytboi']] as const
  for (const [plain, text] of cases) {
    expect(encodeBase32(Buffer.from(plain))).toBe(text)
    expect(Buffer.from(decodeBase32(text) ?? []).toString()).toBe(plain)
  }
  expect(decodeBase32('mz')).toBeUndefined() // left-over bits
  expect(decodeBase32('m')).toBeUndefined()
  expect(decodeBase32('m0')).toBeUndefined()
})

test('K06 a reverse alias holds 128 bits; local-parts tell their kind', () => {
  expect(reverseLocalPart(Uint8Array.from({ length: 16 }, () => 255))).toMatch(/^r\.[a-z2-7]{26}$/)
  expect(['shop-7kq2m', 'R.abc', 'r.abc', 'b.abc', 'B.x', 'rx', 'bb.x'].map(kindOfLocalPart)).toEqual([
    'alias', 'reverse-alias', 'reverse-alias', 'verp', 'verp', 'alias', 'alias',
  ])
})
