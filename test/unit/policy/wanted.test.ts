import { expect, test } from 'vitest'
import { isUrgent, wantedAs } from '../../../src/policy/wanted.ts'

test.each([
  ['Your verification code', 'code'], ['123456 is your code', 'code'], ['Ihr Sicherheitscode', 'code'], ['Confirm your e-mail', 'code'],
  ['Reset your password', 'reset'], ['Forgot password?', 'reset'], ['Passwort zurücksetzen', 'reset'], ['Réinitialiser votre mot de passe', 'reset'],
  ['Your receipt from Shop', 'receipt'], ['Ihre Rechnung', 'receipt'], ['Your order has shipped', 'receipt'], ['Votre facture', 'receipt'],
  ['Ann invited you to Board', 'invitation'], ['Einladung', 'invitation'],
  ['Summer sale', undefined], ['50 % off everything', undefined], ['', undefined], ['News of the week', undefined],
] as const)('%s: %s', (subject, as) => {
  expect(wantedAs(subject)).toBe(as)
  expect(isUrgent(subject)).toBe(as === 'code' || as === 'reset')
})
