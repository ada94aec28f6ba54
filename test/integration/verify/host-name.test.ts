// The name of a client: only one that leads back to its address.
import { expect, test } from 'vitest'
import { systemClock } from '../../../src/clock.ts'
import { hostNameOf } from '../../../src/verify/host-name.ts'
import { createResolver } from '../../../src/verify/resolver.ts'
import { openDnsServer } from '../../support/dns-server.ts'

const open = async () => {
  const dns = await openDnsServer()
  const resolve = createResolver([dns.address], systemClock)
  return { dns, name: (ip: string) => hostNameOf(ip, resolve) }
}

test('IPv4, also as an IPv6 socket shows it', async () => {
  const { dns, name } = await open()
  dns.set('7.2.0.192.in-addr.arpa', 'PTR', 'mail.shop.example')
  dns.set('mail.shop.example', 'A', '192.0.2.8', '192.0.2.7')
  expect(await name('192.0.2.7')).toBe('mail.shop.example')
  expect(await name('::ffff:192.0.2.7')).toBe('mail.shop.example')
})

test('IPv6, however it is written', async () => {
  const { dns, name } = await open()
  dns.set('1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa', 'PTR', 'mail.shop.example')
  dns.set('mail.shop.example', 'AAAA', '2001:db8:0:0::1')
  expect(await name('2001:db8::1')).toBe('mail.shop.example')
})

test.each([
  ['no PTR record', () => {}],
  ['a name that leads elsewhere', (dns) => {
    dns.set('7.2.0.192.in-addr.arpa', 'PTR', 'mail.shop.example')
    dns.set('mail.shop.example', 'A', '192.0.2.8')
  }],
  ['a name that leads nowhere', (dns) => dns.set('7.2.0.192.in-addr.arpa', 'PTR', 'mail.shop.example')],
  ['a name that is none', (dns) => dns.set('7.2.0.192.in-addr.arpa', 'PTR', 'a\r\nb.example')],
  ['trouble', (dns) => dns.fail('7.2.0.192.in-addr.arpa', 'SERVFAIL')],
  ['more names than it looks at', (dns) => {
    dns.set('7.2.0.192.in-addr.arpa', 'PTR', 'a.example', 'b.example', 'c.example', 'mail.shop.example')
    dns.set('mail.shop.example', 'A', '192.0.2.7')
  }],
] as readonly (readonly [string, (dns: Awaited<ReturnType<typeof openDnsServer>>) => unknown])[])('%s: none', async (_, publish) => {
  const { dns, name } = await open()
  publish(dns)
  expect(await name('192.0.2.7')).toBeUndefined()
  expect(dns.asked.length).toBeLessThanOrEqual(4)
})

test('what is no address asks nobody', async () => {
  const { dns, name } = await open()
  expect(await name('')).toBeUndefined()
  expect(await name('unix')).toBeUndefined()
  expect(dns.asked).toEqual([])
})
