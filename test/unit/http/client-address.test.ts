import { expect, test } from 'vitest'
import { clientAddressOf } from '../../../src/http/client-address.ts'
import { inNetworks } from '../../../src/networks.ts'

const proxies = inNetworks(['10.0.0.0/8', '::1', '2001:db8::/32'])

test.each([
  ['203.0.113.9', null, '203.0.113.9'], ['203.0.113.9', '198.51.100.1', '203.0.113.9'], ['10.0.0.1', '198.51.100.1', '198.51.100.1'],
    ['::ffff:10.0.0.1', '198.51.100.1', '198.51.100.1'],
  ['10.0.0.1', '1.2.3.4, 198.51.100.1', '198.51.100.1'], ['10.0.0.1', '198.51.100.1, 10.0.0.2', '198.51.100.1'], ['10.0.0.1', 'nonsense', '10.0.0.1'],
    ['10.0.0.1', '', '10.0.0.1'],
  ['2001:db8::5', '2001:db9::1', '2001:db9::1'], [undefined, '198.51.100.1', ''],
])('L08 peer %s says %j: the client is %s', (peer, forwarded, expected) => {
  expect(clientAddressOf(peer, forwarded, proxies)).toBe(expected)
})
