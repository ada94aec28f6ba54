// What leaves as an address below the host's domain, judged as the correspondent's server judges it (RFC 9989 §4.4.1, relaxed alignment): with the
// records that the host publishes, and nothing at the name itself.
import { authenticate } from 'mailauth'
import { expect, test } from 'vitest'
import { addDomain } from '../../../src/flow/add-domain.ts'
import { createAlias } from '../../../src/flow/create-alias.ts'
import { dnsRecords } from '../../../src/flow/dns-records.ts'
import { fieldOf, openReplyHost } from '../../support/reply-host.ts'

const replies = await openReplyHost()
const { mail, hop, owner } = replies

/** The MX of the host is the machine that sends. */
const asked: string[] = []
const resolver = async (name: string, type: string) => {
  asked.push(`${name} ${type}`)
  if (type === 'A' && name === 'mail.burn.example') return ['192.0.2.25']
  const found = (await dnsRecords(mail.host)).filter((record) => record.name === name && record.type === type)
  if (found.length === 0) throw Object.assign(new Error(`ENOTFOUND ${name}`), { code: 'ENOTFOUND' })
  return found.map(({ value }) => (type === 'MX' ? { priority: 10, exchange: value.slice(3, -1) } : value.match(/.{1,250}/g)))
}
const judged = (message: Buffer, sender: string, ip: string) =>
  authenticate(message, { sender, ip, helo: 'mail.burn.example', mta: 'mx.shop.example', resolver: resolver as never, disableBimi: true, disableArc: true })

test('DKIM and SPF each align with its From, so that DMARC passes by either', async () => {
  const { name } = await addDomain(mail.host, { accountId: owner.id, name: 'anna.burn.example' })
  const alias = await createAlias(mail.host, {
    accountId: owner.id, site: 'shop.example', label: null, note: null, displayName: null, pinned: false, localPart: 'shop', domain: name,
  })
  const shop = await replies.written(alias)
  const before = hop.arrived.length
  expect(await replies.answer(shop)).toBe('250 2.0.0 Accepted')
  const [left] = replies.left(before)
  expect(fieldOf(left!, 'From')).toBe('shop@anna.burn.example')

  const good = await judged(left!.bytes, left!.reversePath, '192.0.2.25')
  expect(good.dkim.results.map(({ signingDomain, status }) => [signingDomain, status.result])).toEqual([['burn.example', 'pass']])
  expect(good.spf).toMatchObject({ domain: 'burn.example', status: { result: 'pass' } })
  expect(good.dmarc).toMatchObject({ domain: 'burn.example', status: { result: 'pass' }, alignment: {
    spf: { result: 'burn.example', strict: false }, dkim: { result: 'burn.example', strict: false } } })

  // Passed on by another server, and with a signature that somebody broke: one of them is enough, none is not.
  const passedOn = await judged(left!.bytes, left!.reversePath, '198.51.100.7')
  expect([passedOn.spf && passedOn.spf.status.result, passedOn.dmarc && passedOn.dmarc.status.result]).toEqual(['fail', 'pass'])
  const broken = Buffer.concat([left!.bytes, Buffer.from('more\r\n')])
  expect(await judged(broken, left!.reversePath, '192.0.2.25')).toMatchObject({ dmarc: { status: { result: 'pass' } } })
  expect(await judged(broken, left!.reversePath, '198.51.100.7')).toMatchObject({ dmarc: { status: { result: 'fail' }, policy: 'reject' } })
  expect(asked).toContain('_dmarc.anna.burn.example TXT')
})
