// E01: the test suite of RFC 7208 (openspf.org, 2014.04; suites/README.md has source and licence): our verifier, our resolver, real DNS packets.
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { contentInMemory } from '../../../src/mail/content.ts'
import { createVerifier } from '../../../src/verify/authenticate.ts'
import { createResolver } from '../../../src/verify/resolver.ts'
import { openDnsServer, type DnsServer } from '../../support/dns-server.ts'
import { createFakeClock } from '../../support/fake-clock.ts'

type Case = { readonly helo: string; readonly host: string; readonly mailfrom: string; readonly result: string | readonly string[] }
type Text = string | readonly string[]
type Entry = 'TIMEOUT' | {
  readonly SPF?: Text; readonly TXT?: Text; readonly A?: string; readonly AAAA?: string; readonly PTR?: string; readonly CNAME?: string
  readonly MX?: readonly [priority: number, exchange: string]
}
type Scenario = {
  readonly description: string
  readonly tests: Readonly<Record<string, Case>>
  readonly zonedata: Readonly<Record<string, readonly Entry[]>>
}

const suite = JSON.parse(readFileSync(new URL('suites/rfc7208.json', import.meta.url), 'utf8')) as readonly Scenario[]

const types = ['A', 'AAAA', 'TXT', 'MX', 'CNAME', 'PTR'] as const

/** The suite was made for both types of record: an SPF is meant as a TXT as well, unless the name says TXT itself; `NONE` takes that away. */
function publish(dns: DnsServer, zonedata: Scenario['zonedata']): void {
  for (const [name, entries] of Object.entries(zonedata)) {
    const records = entries.filter((entry) => entry !== 'TIMEOUT')
    const hasText = records.some((entry) => entry.TXT !== undefined)
    const texts = records.map((entry) => (hasText ? entry.TXT : entry.SPF)).filter((text) => text !== undefined && text !== 'NONE') as readonly Text[]
    const values: Readonly<Record<(typeof types)[number], readonly (string | Buffer | readonly (string | Buffer)[])[]>> = {
      TXT: texts.map((text) => [text].flat().map((one) => Buffer.from(one, 'latin1'))),
      MX: records.flatMap(({ MX }) => (MX ? [MX.join(' ')] : [])),
      A: records.flatMap(({ A }) => A ?? []), AAAA: records.flatMap(({ AAAA }) => AAAA ?? []),
      CNAME: records.flatMap(({ CNAME }) => CNAME ?? []), PTR: records.flatMap(({ PTR }) => PTR ?? []),
    }
    for (const type of types) {
      if (values[type].length > 0) dns.set(name.toLowerCase(), type, ...values[type])
      else if (entries.includes('TIMEOUT')) dns.fail(name.toLowerCase(), 'silence', type)
    }
  }
}

test.each(suite.map((scenario) => [scenario.description, scenario] as const))('E01 RFC 7208 suite: %s', async (_, { tests, zonedata }) => {
  const dns = await openDnsServer()
  publish(dns, zonedata)
  const header = Buffer.from('From: a@nowhere.invalid\r\n')
  const found = await Promise.all(Object.entries(tests).map(async ([name, { helo, host, mailfrom }]) => {
    const verifier = createVerifier(createResolver([dns.address], createFakeClock()))
    const envelope = { clientIp: host, helo, reversePath: mailfrom, from: 'a@nowhere.invalid', now: new Date() }
    return [name, (await verifier.authenticate(envelope, contentInMemory(header, header.length, false))).spf.result] as const
  }))
  const wrong = found.filter(([name, result]) => ![tests[name]!.result].flat().includes(result))
  expect(wrong.map(([name, result]) => `${name}: ${result} instead of ${[tests[name]!.result].flat().join(' or ')}`)).toEqual([])
})

test('E01 the suite is whole', () => {
  expect(suite.flatMap(({ tests }) => Object.keys(tests))).toHaveLength(203)
})
