import { expect, test } from 'vitest'
import { checksOf, checksText } from '../../../src/policy/checks.ts'

test.each([
  ['burn.example; spf=pass smtp.mailfrom=shop.example; dkim=pass header.d=shop.example header.s=x; dmarc=pass policy.dmarc=reject header.from=shop.example',
    'spf=pass dkim=pass dmarc=pass'],
  ['burn.example; spf=fail smtp.helo=x; dkim=fail header.d=a.example; dkim=pass header.d=b.example; dmarc=fail', 'spf=fail dkim=pass dmarc=fail'],
  ['burn.example; spf=none; dkim=none; dmarc=none', 'spf=none dkim=none dmarc=none'], ['', null], ['burn.example', null],
])('%s', (field, text) => {
  expect(checksText(field)).toBe(text)
})

test('read back, whatever was written', () => {
  expect(checksOf('spf=pass dkim=fail dmarc=none')).toEqual({ spf: 'pass', dkim: 'fail', dmarc: 'none' })
  expect(checksOf(null)).toEqual({})
  expect(checksOf('__proto__=x spf=pass arc=pass')).toEqual({ spf: 'pass' })
})
