import { expect, test } from 'vitest'
import { inNetworks, isLoopback, networksOf } from '../../src/networks.ts'

test('addresses and networks of both families, an IPv4 peer in IPv6 clothes among them', () => {
  const isIn = inNetworks(['10.0.0.0/8', '2001:db8::/32', '192.0.2.7'])
  expect(['10.1.2.3', '::ffff:10.1.2.3', '2001:db8::1', '192.0.2.7'].map(isIn)).toEqual([true, true, true, true])
  expect(['11.0.0.1', '2001:db9::1', '192.0.2.8', '', undefined].map(isIn)).toEqual([false, false, false, false, false])
})

test('loopback in both families', () => {
  expect(['127.0.0.1', '127.9.9.9', '::1', '::ffff:127.0.0.1', '::FFFF:127.0.0.1'].map(isLoopback)).toEqual([true, true, true, true, true])
  expect(['10.0.0.1', '128.0.0.1', '::2', '', 'x', '127.0.0.1.evil.example'].map(isLoopback)).toEqual([false, false, false, false, false, false])
})

test.each([
  ['192.0.2.7', '192.0.2.7', undefined],
  ['::ffff:192.0.2.7', '192.0.2.7', undefined],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64', '2001:db8:1::/48'],
  ['2001:DB8::7', '2001:db8:0:0::/64', '2001:db8:0::/48'],
  ['::1', '0:0:0:0::/64', '0:0:0::/48'],
  ['2001:db8:0001:0002::', '2001:db8:1:2::/64', '2001:db8:1::/48'],
  ['fe80::1%eth0', 'fe80:0:0:0::/64', 'fe80:0:0::/48'],
])('%s is counted for %s and %s', (address, nearest, widest) => {
  expect(networksOf(address)).toEqual({ nearest, widest })
})
