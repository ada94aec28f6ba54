// burnbox dns, burnbox dkim: the records to publish, what the DNS says of them, and a rotation that waits for the DNS.
import { beforeEach, expect, onTestFinished, test } from 'vitest'
import type { Host } from '../../../src/flow/host.ts'
import { dnsRecords } from '../../../src/flow/dns-records.ts'
import { ensureHostDomain } from '../../../src/store/domains.ts'
import { createCommandLine, type CommandLine } from '../../support/command-line.ts'
import { createDatabase } from '../../support/database.ts'
import { openDnsServer, type DnsServer } from '../../support/dns-server.ts'
import { createTestHost } from '../../support/web-host.ts'

const { db } = await createDatabase()
beforeEach(async () => { await db.deleteFrom('dkim_keys').execute() })

/** A host with a resolver of its own, so that nothing is remembered from one test to the next. */
async function scene(): Promise<{ readonly dns: DnsServer; readonly host: Host; readonly publish: () => Promise<void> } & CommandLine> {
  const dns = await openDnsServer()
  dns.ttl = 0
  dns.negativeTtl = 0
  const host = createTestHost(db, { BURNBOX_DOMAIN: 'burn.example', BURNBOX_DNS: dns.address, BURNBOX_RELAY: 'smtp://relay.example:25' })
  onTestFinished(() => host.verifier.close())
  await db.transaction().execute((tx) => ensureHostDomain(tx, host.domain))
  const publish = async (): Promise<void> => {
    for (const { name, type, value } of await dnsRecords(host)) {
      dns.set(name, type, type === 'TXT' ? value.match(/.{1,250}/g)! : value.replace(/\.$/, ''))
    }
  }
  return { dns, host, publish, ...createCommandLine(host) }
}

const key = (n: number): string => `burnbox${n}._domainkey.burn.example`

test('dns prints a zone fragment', async () => {
  const { burnbox, json } = await scene()
  const { code, out } = await burnbox('dns')
  expect(code).toBe(0)
  const lines = out.split('\n').filter((line) => !line.startsWith(';'))
  expect(lines[0]).toBe('burn.example. 3600 IN MX 10 mail.burn.example.')
  expect(lines[1]).toBe('burn.example. 3600 IN TXT "v=spf1 mx a:relay.example -all"')
  expect(lines[2]).toMatch(/^burnbox1\._domainkey\.burn\.example\. 3600 IN TXT "v=DKIM1; k=rsa; p=[\w+/]{200,255}" "[\w+/=]+"$/)
  expect(lines[3]).toBe('_dmarc.burn.example. 3600 IN TXT "v=DMARC1; p=reject"')
  expect(await json('dns')).toMatchObject([{ type: 'MX' }, { type: 'TXT' }, { name: key(1) }, { type: 'TXT' }])
})

test('dns --check says of each whether it is published', async () => {
  const { burnbox, json, publish, dns } = await scene()
  const state = async () => (await json('dns', '--check')).map((one: { published: boolean | null }) => one.published)
  expect(await state()).toEqual([false, false, false, false])
  await publish()
  expect(await state()).toEqual([true, true, true, true])
  expect((await burnbox('dns', '--check')).out.split('\n').filter((line) => line === '; published')).toHaveLength(4)
  dns.set('burn.example', 'MX', '10 elsewhere.example')
  dns.set('_dmarc.burn.example', 'TXT', 'v=DMARC1; p=\u001b[31mbad')
  dns.fail(key(1), 'SERVFAIL')
  expect(await state()).toEqual([false, true, null, false])
  const { out } = await burnbox('dns', '--check')
  expect(out).toContain('; NOT PUBLISHED, but: 10 elsewhere.example.\nburn.example. 3600 IN MX')
  expect(out).toContain(`; not known: the DNS gave no answer\n${key(1)}.`)
  expect(out).toContain('; NOT PUBLISHED, but: v=DMARC1; p=?[31mbad\n')
})

test.each([
  ['a second MX', 'MX', true, ['20 backup.example', '10 MAIL.burn.example']],
  ['other TXT records beside SPF', 'SPF', true, ['v=spf1 +mx a:relay.example ~all', 'google-site-verification=x', 'v=spf1x']],
  ['an include: of the provider', 'SPF', true, ['v=spf1 include:relay.example -all']],
  ['SPF without the smarthost', 'SPF', false, ['v=spf1 mx -all']],
  ['SPF twice', 'SPF', false, ['v=spf1 mx a:relay.example -all', 'v=spf1 mx a:relay.example -all']],
  ['a gentler DMARC', 'DMARC', true, ['v=DMARC1;p=none;rua=mailto:dmarc@burn.example']],
  ['a DMARC that says nothing', 'DMARC', false, ['v=DMARC1']],
  ['another key', 'DKIM', false, ['v=DKIM1; k=rsa; p=MIIB']],
  ['a revoked key', 'DKIM', false, ['v=DKIM1; p=']],
] as const)('dns --check: %s', async (_, what, published, values) => {
  const { json, publish, dns } = await scene()
  await publish()
  const index = { MX: 0, SPF: 1, DKIM: 2, DMARC: 3 }[what]
  const { name, type } = (await json('dns'))[index]
  dns.set(name, type, ...values)
  expect((await json('dns', '--check'))[index]).toMatchObject({ published })
})

test('a key with blanks in it, in other strings and without its version is the same key', async () => {
  const { host, json, publish, dns } = await scene()
  await publish()
  const { value } = (await dnsRecords(host))[2]!
  const p = /p=(.*)/.exec(value)![1]!
  dns.set(key(1), 'TXT', [`k=rsa ;p = ${p.slice(0, 100)}`, ` ${p.slice(100, 200)} `, p.slice(200)])
  expect((await json('dns', '--check'))[2]).toMatchObject({ published: true })
})

test('dkim rotate prints the record of the next key; --activate switches to it once the DNS has it, and not before', async () => {
  const { burnbox, json, publish, dns } = await scene()
  const states = async () => (await json('dkim', 'list')).map((one: { selector: string; state: string }) => `${one.selector} ${one.state}`)
  await json('dns')
  expect(await burnbox('dkim', 'rotate', '--activate')).toMatchObject({ code: 65, err: expect.stringContaining('There is no next key') })
  expect((await burnbox('dkim', 'rotate')).out).toMatch(/^; the key to come.*\nburnbox2\._domainkey/)

  expect(await burnbox('dkim', 'rotate', '--activate')).toMatchObject({
    code: 65, out: '',
    err: expect.stringMatching(/^The record of burnbox2\._domainkey\.burn\.example is not published, or has another key: .* use --force\.\n$/),
  })
  dns.fail(key(2), 'SERVFAIL')
  expect(await burnbox('dkim', 'rotate', '--activate')).toMatchObject({ code: 65, err: expect.stringMatching(/^The DNS gave no answer for burnbox2/) })
  expect(await states()).toEqual(['burnbox1 active', 'burnbox2 next'])

  dns.answerNow()
  await publish()
  // The resolver keeps a failure for a second; another process asks afresh.
  const later = await scene()
  await later.publish()
  expect((await later.burnbox('dkim', 'rotate', '--activate')).out).toMatch(/^; the key that mail is signed with\nburnbox2\._domainkey/)
  expect(await states()).toEqual(['burnbox1 retired', 'burnbox2 active'])

  await burnbox('dkim', 'rotate')
  expect((await burnbox('dkim', 'rotate', '--activate')).code).toBe(65)
  expect((await burnbox('dkim', 'rotate', '--activate', '--force')).code).toBe(0)
  expect(await states()).toEqual(['burnbox1 retired', 'burnbox2 retired', 'burnbox3 active'])
})
