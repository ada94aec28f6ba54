import { expect, test } from 'vitest'
import { maskAddresses } from '../../../src/policy/mask-addresses.ts'

test.each([
  ['550 5.1.1 <home@family.example>: Recipient address rejected', '550 5.1.1 <…@family.example>: Recipient address rejected'],
  ['451 4.7.1 Greylisted home+shop@family.example, see b.abc@burn.example', '451 4.7.1 Greylisted …@family.example, see …@burn.example'],
  ['550 unknown user: home', '550 unknown user: …'], ['550 HOME is over quota', '550 … is over quota'], ['550 homework is no user', '550 homework is no user'],
  ['250 2.0.0 Ok: queued as 4B2F1', '250 2.0.0 Ok: queued as 4B2F1'], ['550 büro@family.example', '550 …@family.example'], ['', ''],
  ['No answer within 60 s (3 addresses tried)', 'No answer within 60 s (3 addresses tried)'],
])('%s', (reply, masked) => {
  expect(maskAddresses(reply, ['home'])).toBe(masked)
})

test('names with signs, and names too short to hide', () => {
  expect(maskAddresses('550 no a.b+(c here', ['a.b+(c'])).toBe('550 no … here')
  expect(maskAddresses('550 no shop-7kq2m here', ['shop-7kq2m'])).toBe('550 no … here')
  expect(maskAddresses('550 5.1.1 me is not me', ['me'])).toBe('550 5.1.1 me is not me')
})

test('a hostile reply of 10,000 letters is masked in linear time', () => {
  for (const letter of ['a', '@', 'a@', '.']) expect(maskAddresses(letter.repeat(10_000), ['home']).length).toBeGreaterThan(0)
})
