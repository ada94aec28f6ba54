import { expect, test } from 'vitest'
import { holdText, withoutAddresses } from '../../../src/policy/hold-text.ts'

test('a refusal is told in the words of the inbox', () => {
  expect(holdText('refused', '550 5.7.1 too many links')).toBe('Your inbox refused it: 550 5.7.1 too many links')
  expect(holdText('expired', '451 later')).toContain('5 days')
})

test('burned says what happened and nothing about the sender', () => {
  expect(holdText('burned', 'whatever')).toBe('Held because this address is burned.')
})

test('for other eyes no address stays in another server\'s words', () => {
  expect(withoutAddresses('550 <ann@home.example>: no such user ann@home.example, ask postmaster@home.example'))
    .toBe('550 <address>: no such user <address>, ask <address>')
})
