import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { readConfig, readEnvironment } from '../../src/config.ts'

const secret = '0123456789abcdef'

describe('readConfig', () => {
  test('nothing set: local mode with the defaults of the outer interface', () => {
    expect(readConfig({}, '/srv/burnbox')).toEqual({
      domain: 'burn.localhost',
      local: true,
      url: new URL('http://localhost:3000'),
      http: { host: '127.0.0.1', port: 3000 },
      smtp: { host: '127.0.0.1', port: 2525 },
      data: '/srv/burnbox/data',
      relay: { kind: 'local' },
      dns: [],
      mxPort: 25,
      mxAllowPrivate: false, webhookPrivate: false,
      proxyProtocol: false,
      trustedClients: ['127.0.0.0/8', '::1'],
      trustedProxies: [],
      unsafeDatabase: false,
      arcTrusted: [],
      benchBare: false,
      dkimEd25519: false,
      maxMessageBytes: 36_700_160,
      queueMessages: 100_000,
      logLevel: 'info',
    })
  })

  test('a domain ends local mode and sends directly; it is kept as lower-case A-labels', () => {
    const config = readConfig({ BURNBOX_DOMAIN: 'Bücher.Example.' })
    expect(config).toMatchObject({ domain: 'xn--bcher-kva.example', local: false, relay: { kind: 'direct' } })
  })

  test('PORT overrides the port of BURNBOX_HTTP, and the default URL follows', () => {
    const config = readConfig({ BURNBOX_HTTP: '0.0.0.0:8000', PORT: '8080' })
    expect(config.http).toEqual({ host: '0.0.0.0', port: 8080 })
    expect(config.url.href).toBe('http://localhost:8080/')
  })

  test('IPv6 addresses in brackets, and port 0 for a free one', () => {
    expect(readConfig({ BURNBOX_HTTP: '[::1]:0' }).http).toEqual({ host: '::1', port: 0 })
  })

  test.each([
    ['http://127.0.0.1:11333', { url: 'http://127.0.0.1:11333' }],
    ['https://filter.example/', { url: 'https://filter.example' }],
    ['http://:p%40ss@[::1]:11334', { url: 'http://[::1]:11334', password: 'p@ss' }],
  ])('BURNBOX_RSPAMD=%s', (text, rspamd) => {
    expect(readConfig({ BURNBOX_RSPAMD: text }).rspamd).toEqual(rspamd)
  })

  test.each(['http://me:secret@127.0.0.1:11334', 'http://127.0.0.1:11333/checkv2', 'http://127.0.0.1:11334?password=secret'])(
    'BURNBOX_RSPAMD=%s is told, without the password of its user', (text) => {
      const mistaken = (): unknown => readConfig({ BURNBOX_RSPAMD: text })
      expect(mistaken).toThrow('must be scheme, host and port alone')
      expect(mistaken).not.toThrow('me:secret')
    },
  )

  test.each([
    ['local', { kind: 'local' }],
    ['direct', { kind: 'direct' }],
    ['smtp://127.0.0.1:2600', { kind: 'smarthost', host: '127.0.0.1', port: 2600, secure: false }],
    ['smtp://relay.example', { kind: 'smarthost', host: 'relay.example', port: 25, secure: false }],
    ['smtps://me%40shop.example:p%2Fw@relay.example', {
      kind: 'smarthost', host: 'relay.example', port: 465, secure: true, user: 'me@shop.example', pass: 'p/w',
    }],
    ['smtp://me:pw@[::1]', { kind: 'smarthost', host: '::1', port: 587, secure: false, user: 'me', pass: 'pw' }],
  ])('BURNBOX_RELAY=%s', (text, relay) => {
    expect(readConfig({ BURNBOX_RELAY: text }).relay).toEqual(relay)
  })

  test('lists and networks', () => {
    expect(readConfig({
      BURNBOX_DNS: '127.0.0.1:5353, 9.9.9.9,[::1]:53',
      BURNBOX_PROXY_PROTOCOL: '172.16.0.0/12',
      BURNBOX_TRUSTED_PROXIES: '10.0.0.1,fd00::/8',
      BURNBOX_ARC_TRUSTED: 'Lists.Example,forwarder.example',
      BURNBOX_SUBMISSION: '0.0.0.0:587,0.0.0.0:465',
    })).toMatchObject({
      dns: ['127.0.0.1:5353', '9.9.9.9', '[::1]:53'],
      proxyProtocol: ['172.16.0.0/12'],
      trustedProxies: ['10.0.0.1', 'fd00::/8'],
      arcTrusted: ['lists.example', 'forwarder.example'],
      submission: [{ host: '0.0.0.0', port: 587 }, { host: '0.0.0.0', port: 465 }],
    })
  })

  test('an empty variable is an unset one, but for BURNBOX_TRUSTED_CLIENTS, where it means nobody', () => {
    const config = readConfig({ BURNBOX_DOMAIN: '', DATABASE_URL: '', BURNBOX_LOG: ' ', BURNBOX_TRUSTED_CLIENTS: '' })
    expect(config).toMatchObject({ local: true, logLevel: 'info', trustedClients: [] })
    expect(config).not.toHaveProperty('databaseUrl')
  })

  test('a database with its secret', () => {
    expect(readConfig({ DATABASE_URL: 'postgres://db/burnbox', BURNBOX_SECRET: secret })).toMatchObject({ databaseUrl: 'postgres://db/burnbox', secret })
  })
})

describe('readEnvironment', () => {
  function folderWith(dotenv?: string): string {
    const folder = mkdtempSync(join(tmpdir(), 'burnbox-env-'))
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
    if (dotenv !== undefined) writeFileSync(join(folder, '.env'), dotenv)
    return folder
  }

  test('no .env file: the environment alone', () => {
    expect(readEnvironment(folderWith(), { A: '1' })).toEqual({ A: '1' })
  })

  test('the real environment wins over .env, also with an empty value', () => {
    const folder = folderWith('# comment\nA="from file"\nB=from file\nC=3\n')
    expect(readEnvironment(folder, { A: 'real', B: '' })).toEqual({ A: 'real', B: '', C: '3' })
  })
})
