// Credentials and TLS of a smarthost: to the right server over TLS, in the clear to this machine only.
import { getCACertificates, setDefaultCACertificates } from 'node:tls'
import { describe, expect, onTestFinished, test } from 'vitest'
import { systemClock } from '../../../src/clock.ts'
import type { Mailbox } from '../../../src/mail/address.ts'
import { contentInMemory } from '../../../src/mail/content.ts'
import { endOfFields } from '../../../src/mail/header.ts'
import type { Attempt } from '../../../src/policy/outcome.ts'
import { smarthostTarget } from '../../../src/relay/connection.ts'
import { createSmarthost } from '../../../src/relay/smarthost.ts'
import type { Resolve } from '../../../src/relay/exchanges.ts'
import { createResolver } from '../../../src/verify/resolver.ts'
import { openZone, type Records } from '../../support/zone.ts'
import { openTlsHop, selfSigned, type TlsHop } from '../../support/tls-hop.ts'

const AUTH = ['8BITMIME', 'AUTH PLAIN LOGIN']
const identity = await selfSigned(['localhost', 'smarthost.example'])
const message = Buffer.from('Subject: hello\r\n\r\nhello\r\n')

async function open(extensions: readonly string[] = AUTH, options: Parameters<typeof openTlsHop>[1] = {}): Promise<TlsHop> {
  const hop = await openTlsHop(identity, { extensions, ...options })
  onTestFinished(() => hop[Symbol.asyncDispose]())
  return hop
}

/** From here on a certificate of the tests is as good as one of an authority. */
function trust(): void {
  const trusted = getCACertificates('default')
  setDefaultCACertificates([...trusted, identity.cert])
  onTestFinished(() => setDefaultCACertificates(trusted))
}

type How = { readonly user?: string; readonly pass?: string; readonly secure?: boolean; readonly host?: string; readonly resolve?: Resolve }
function send(hop: TlsHop, { resolve, ...how }: How): Promise<Attempt> {
  const relay = createSmarthost({ kind: 'smarthost', host: 'localhost', port: hop.port, secure: false, ...how }, 'burn.example', systemClock, resolve)
  onTestFinished(() => relay.close())
  const content = contentInMemory(message, endOfFields(message), false)
  const envelope = { reversePath: { kind: 'null' }, forwardPath: 'ann@home.example' as Mailbox, smtpUtf8: false } as const
  return relay.begin(envelope, { header: content.header, content }, { inline: true }).result
}

const ann = { user: 'ann', pass: 'secret' }

test('a self-signed certificate: refused with credentials, which are not said', async () => {
  const hop = await open()
  expect(await send(hop, ann)).toMatchObject({ kind: 'transient', why: 'connection', trouble: true })
  expect(hop.heard.filter((line) => /AUTH|MAIL/.test(line))).toEqual([])
  expect(hop.arrived).toEqual([])
})

test('a self-signed certificate: good enough without credentials', async () => {
  const hop = await open()
  expect(await send(hop, {})).toMatchObject({ kind: 'accepted' })
  expect(hop.arrived).toMatchObject([{ secure: true }])
})

test.each([
  ['PLAIN', 'tls AUTH PLAIN AGFubgBzZWNyZXQ='], ['LOGIN', 'tls AUTH LOGIN'],
])('a certificate that is right: AUTH %s over TLS', async (mechanism, command) => {
  trust()
  const hop = await open(['8BITMIME', `AUTH ${mechanism}`])
  expect(await send(hop, ann)).toMatchObject({ kind: 'accepted' })
  expect(hop.heard).toContain(command)
  expect(hop.arrived).toMatchObject([{ secure: true }])
})

test('to this machine, which has no TLS: credentials in the clear', async () => {
  const hop = await open()
  hop.mode = 'stripped'
  expect(await send(hop, ann)).toMatchObject({ kind: 'accepted' })
  expect(hop.heard).toContain(`clear AUTH PLAIN ${Buffer.from('\0ann\0secret').toString('base64')}`)
})

test('to this machine, which offers TLS and then refuses it: no credentials in the clear', async () => {
  const hop = await open()
  hop.mode = 'refused'
  expect(await send(hop, ann)).toMatchObject({ kind: 'transient', trouble: true })
  expect(hop.heard.filter((line) => /AUTH|MAIL/.test(line))).toEqual([])
})

test('smtps: TLS from the first octet, and the password over it; nothing is said to a certificate that nobody vouches for', async () => {
  const hop = await open(AUTH, { implicit: true })
  expect(await send(hop, { ...ann, secure: true })).toMatchObject({ kind: 'transient', why: 'connection', trouble: true })
  expect(await send(hop, { secure: true })).toMatchObject({ kind: 'transient', trouble: true })
  expect(hop.heard).toEqual([])
  trust()
  expect(await send(hop, { ...ann, secure: true })).toMatchObject({ kind: 'accepted' })
  expect(hop.heard).toContain('tls AUTH PLAIN AGFubgBzZWNyZXQ=')
  expect(hop.arrived).toEqual([{ secure: true, servername: 'localhost' }])
})

describe('its name, where BURNBOX_DNS says whom to ask', () => {
  const askedOf = async (records: Readonly<Record<string, Records>>) => {
    const zone = await openZone(records)
    onTestFinished(() => zone[Symbol.asyncDispose]())
    return { zone, resolve: createResolver([zone.server], systemClock) as Resolve }
  }

  test('is asked there; the certificate must be for the name, whatever the address', async () => {
    trust()
    const hop = await open()
    const { resolve } = await askedOf({ 'smarthost.example A': ['127.0.0.1'], 'other.example A': ['127.0.0.1'] })
    expect(await send(hop, { ...ann, host: 'smarthost.example', resolve })).toMatchObject({ kind: 'accepted' })
    expect(hop.arrived).toEqual([{ secure: true, servername: 'smarthost.example' }])
    expect(await send(hop, { ...ann, host: 'other.example', resolve })).toMatchObject({ kind: 'transient', trouble: true })
    expect(hop.arrived).toHaveLength(1)
  })

  test('with several addresses: the next one when one is away', async () => {
    const hop = await open()
    const { resolve } = await askedOf({ 'smarthost.example A': ['127.0.0.77', '127.0.0.1'] })
    expect(await send(hop, { host: 'smarthost.example', resolve })).toMatchObject({ kind: 'accepted' })
    expect(hop.arrived).toHaveLength(1)
  })

  test('without a dot is of this network: the system knows it, the DNS is not asked', async () => {
    const hop = await open()
    const { zone, resolve } = await askedOf({})
    expect(await send(hop, { resolve })).toMatchObject({ kind: 'accepted' })
    expect(zone.asked).toEqual([])
  })
})

test.each([
  ['mail.example', false, 'ann', 'verified'], ['192.0.2.1', false, 'ann', 'verified'], ['mail.example', true, 'ann', 'smtps'],
  ['127.0.0.1', false, 'ann', 'opportunistic'], ['mail.example', false, undefined, 'opportunistic'], ['mail.example', true, undefined, 'smtps'],
] as const)('%s, smtps %s, user %s: %s', (host, secure, user, protection) => {
  expect(smarthostTarget({ kind: 'smarthost', host, port: 587, secure, ...user && { user, pass: 'secret' } })).toMatchObject({ protection })
})
