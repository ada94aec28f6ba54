import { expect, test } from 'vitest'
import { worthSealing } from '../../../src/policy/seal.ts'

test.each([
  ['', undefined],
  ['burn.example; spf=pass smtp.mailfrom=shop.example; dkim=none; dmarc=pass', undefined],
  ['burn.example; spf=fail; dkim=fail header.d=shop.example; dkim=pass header.d=esp.example; dmarc=none', 'none'],
  ['burn.example; spf=none; dkim=none; arc=pass header.d=lists.example; dmarc=fail', 'pass'],
  ['burn.example; spf=none; dkim=pass header.d=shop.example; arc=fail; dmarc=pass', undefined],
  ['burn.example; spf=none; dkim=pass header.d=shop.example; arc=temperror; dmarc=pass', undefined],
])('E17 %j is sealed with a chain of %s', (results, chain) => {
  expect(worthSealing(results)).toEqual(chain && { chain, authenticationResults: results })
})
