import { expect, test } from 'vitest'
import { isUrgent, wantedAs } from '../../../src/policy/wanted.ts'

test.each([
  ['Your verification code', 'code'], ['123456 is your code', 'code'], ['Ihr Sicherheitscode', 'code'], ['Confirm your e-mail', 'code'],
  ['Reset your password', 'reset'], ['Forgot password?', 'reset'], ['Passwort zurücksetzen', 'reset'], ['Réinitialiser votre mot de passe', 'reset'],
  ['Your receipt from Shop', 'receipt'], ['Ihre Rechnung', 'receipt'], ['Your order has shipped', 'receipt'], ['Votre facture', 'receipt'],
  ['Shop: 483920', 'code'], ['G-483920', 'code'], ['Your sign-in link', 'code'], ['New login from Firefox', 'code'],
  ['Rechnung 12345678', 'receipt'], ['Your order #20447123', 'receipt'],
  ['Ihre Bestellbestätigung', 'receipt'], ['Bitte bestätigen Sie Ihre E-Mail', 'code'], ['Ihr Bestätigungscode', 'code'],
  ['Spring 2026 collection', undefined], ['2026: all of it', undefined], ['Best of 2025', undefined], ['Only today: 2026', undefined],
  ['Our catalog in print', undefined], ['Design in Milan', undefined], ['Your discount code inside', undefined], ['Promo code for you', undefined],
  ['Win 10000 points', undefined], ['50000 reasons to stay', 'code'],
  ['Ann invited you to Board', 'invitation'], ['Einladung', 'invitation'],
  ['Summer sale', undefined], ['50 % off everything', undefined], ['', undefined], ['News of the week', undefined],
] as const)('%s: %s', (subject, as) => {
  expect(wantedAs(subject)).toBe(as)
  expect(isUrgent(subject)).toBe(as === 'code' || as === 'reset')
})
