// G16: MTA-STS (RFC 8461) as mailauth reads it, with a policy host of our own and the authority that signed it trusted.
import { getCACertificates, setDefaultCACertificates } from 'node:tls'
import { afterAll, beforeEach, describe, expect, onTestFinished } from 'vitest'
import { createTlsHistory } from '../../../src/store/tls-history.ts'
import { createDatabase } from '../../support/database.ts'
import { openDirectRelay, type DirectRelay } from '../../support/direct-relay.ts'
import { openPolicyHost, POLICY_HOST, type PolicyHost } from '../../support/policy-host.ts'
import { openTlsHop, selfSigned, type TlsHop } from '../../support/tls-hop.ts'
import { testNeeding } from '../../support/tools.ts'

const { db } = await createDatabase()
const history = createTlsHistory(db)
beforeEach(async () => { await db.deleteFrom('tls_history').execute() })

const trusted = await selfSigned(['mta-sts.home.example', 'mx.home.example'])
const unknown = await selfSigned(['mx.home.example'])
const before = getCACertificates('default')
setDefaultCACertificates([...before, trusted.cert])
afterAll(() => setDefaultCACertificates(before))

const test = testNeeding('root')
const policy = (mode: string, mx = 'mx.home.example', maxAge = 86_400): string => `version: STSv1\r\nmode: ${mode}\r\nmx: ${mx}\r\nmax_age: ${maxAge}\r\n`
const NOT_VERIFIED = expect.stringMatching(/^4\.7\.5 .*MTA-STS.* does not give one/)
const NOT_LISTED = expect.stringMatching(/^4\.7\.5 .*MTA-STS.* names none/)

type World = { readonly hop: TlsHop; readonly host: PolicyHost; readonly direct: DirectRelay; readonly send: () => Promise<unknown> }

async function open(answer: PolicyHost['answer'], identity = trusted): Promise<World> {
  const hop = await openTlsHop(identity, { host: '127.0.0.2' })
  const host = await openPolicyHost(trusted)
  host.answer = answer
  onTestFinished(async () => {
    await hop[Symbol.asyncDispose]()
    await host[Symbol.asyncDispose]()
  })
  const direct = await openDirectRelay(db, hop.port, {
    'home.example MX': [[1, 'mx.home.example']], 'mx.home.example A': ['127.0.0.2'],
    '_mta-sts.home.example TXT': ['v=STSv1; id=1;'], 'mta-sts.home.example A': [POLICY_HOST],
  })
  // A connection is kept only within one relay; what TLS there was is forgotten, so that only the policy speaks.
  const send = async (): Promise<unknown> => {
    await db.updateTable('tls_history').set({ seen_at: null }).execute()
    return direct.begin('ann@home.example').result
  }
  return { hop, host, direct, send }
}

describe('enforce', () => {
  test('the certificate is right and the server is listed: delivered', async () => {
    const { hop, send } = await open(policy('enforce', '*.home.example'))
    expect(await send()).toMatchObject({ kind: 'accepted' })
    expect(hop.arrived).toEqual([{ secure: true, servername: 'mx.home.example' }])
  })

  test('G15 the certificate is of nobody we know: deferred', async () => {
    const { hop, send } = await open(policy('enforce'), unknown)
    expect(await send()).toEqual({ kind: 'transient', why: 'insecure', trouble: false, reply: NOT_VERIFIED })
    expect(hop.heard.filter((line) => /MAIL/.test(line))).toEqual([])
  })

  test.for(['stripped', 'refused', 'broken'] as const)('B29 STARTTLS %s: deferred, never in the clear', async (mode) => {
    const { hop, send } = await open(policy('enforce'))
    hop.mode = mode
    expect(await send()).toMatchObject({ kind: 'transient', reply: NOT_VERIFIED })
    expect(hop.heard.filter((line) => /MAIL/.test(line))).toEqual([])
  })

  test('the policy names other servers: deferred, nobody is connected to', async () => {
    const { hop, send } = await open(policy('enforce', 'other.example'))
    expect(await send()).toMatchObject({ kind: 'transient', reply: NOT_LISTED })
    expect(hop.heard).toEqual([])
  })

  test('it outlives the process, the record in DNS and the policy host', async () => {
    const { hop, host, direct, send } = await open(policy('enforce'), unknown)
    expect(await send()).toMatchObject({ reply: NOT_VERIFIED })
    expect(await history.policyOf('home.example')).toMatchObject({ mode: 'enforce', id: '1' })
    const again = await openDirectRelay(db, hop.port, { 'home.example MX': [[1, 'mx.home.example']], 'mx.home.example A': ['127.0.0.2'] })
    expect(await again.begin('ann@home.example').result, 'no record').toMatchObject({ reply: NOT_VERIFIED })
    direct.zone.set('_mta-sts.home.example TXT', ['v=STSv1; id=2;'])
    await host[Symbol.asyncDispose]()
    expect(await send(), 'a new id, and no policy host').toMatchObject({ reply: NOT_VERIFIED })
    direct.zone.set('_mta-sts.home.example TXT', 'SERVFAIL')
    expect(await send(), 'no DNS').toMatchObject({ reply: NOT_VERIFIED })
  })

  test('it is fetched once, and again when its id changes', async () => {
    const { hop, host, direct, send } = await open(policy('enforce', 'other.example'))
    expect(await send()).toMatchObject({ reply: NOT_LISTED })
    host.answer = policy('enforce')
    expect(await send()).toMatchObject({ reply: NOT_LISTED })
    expect(host.fetched).toBe(1)
    direct.zone.set('_mta-sts.home.example TXT', ['v=STSv1; id=2;'])
    expect(await send()).toMatchObject({ kind: 'accepted' })
    expect(host.fetched).toBe(2)
    expect(hop.arrived).toMatchObject([{ secure: true }])
  })

  test('expired, and not to be had again: no policy', async () => {
    const { host, hop, send } = await open((_, response) => void response.writeHead(404).end(), unknown)
    await history.keepPolicy('home.example', { id: '0', mode: 'enforce', mx: ['other.example'], maxAge: 60, expires: '2026-01-01T00:00:00.000Z' })
    expect(await send()).toMatchObject({ kind: 'accepted' })
    expect([host.fetched, hop.arrived.length]).toEqual([1, 1])
  })
})

describe('nothing is forbidden', () => {
  test.for([
    ['testing', policy('testing', 'other.example')], ['none', policy('none')],
    ['a policy without a version', 'mode: enforce\r\nmx: other.example\r\nmax_age: 60\r\n'],
    ['more than 64 KiB', policy('enforce', 'other.example') + 'x: y\r\n'.repeat(12_000)],
  ] as const)('%s', async ([, answer]) => {
    const { hop, send } = await open(answer, unknown)
    expect(await send()).toMatchObject({ kind: 'accepted' })
    expect(hop.arrived).toMatchObject([{ secure: true }])
  })

  test.for([404, 301, 500])('the policy host answers %i', async (status) => {
    const { host, hop, send } = await open((_, response) => {
      response.writeHead(status, { location: 'https://mta-sts.home.example/policy', 'content-type': 'text/plain' }).end(policy('enforce', 'other.example'))
    }, unknown)
    expect(await send()).toMatchObject({ kind: 'accepted' })
    expect(hop.arrived).toHaveLength(1)
    expect(host.fetched).toBe(1)
  })

  test('H13 the policy host is inside our network: not connected to', async () => {
    const { hop, host } = await open(policy('enforce', 'other.example'))
    const { enforcedPolicy } = await import('../../../src/relay/mta-sts.ts')
    const resolve = async (name: string, rrtype: string): Promise<unknown> => {
      if (rrtype === 'TXT') return [['v=STSv1; id=1;']]
      if (rrtype === 'A' && name === 'mta-sts.home.example') return [POLICY_HOST]
      throw Object.assign(new Error('none'), { code: 'ENODATA' })
    }
    const lookup = {
      resolve, allowPrivate: false, ourName: 'burn.example', ourMailServer: 'burn.example', ourAddresses: () => new Set<string>(), random: Math.random,
    }
    expect(await enforcedPolicy(lookup, history, 'home.example')).toBeUndefined()
    expect([host.fetched, hop.heard.length]).toEqual([0, 0])
  })
})
