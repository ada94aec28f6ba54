// TLS to the mail servers of a domain: used where it can be had, the clear as the last resort, and never where it must not be.
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import { createTlsHistory } from '../../../src/store/tls-history.ts'
import { createDatabase } from '../../support/database.ts'
import { openDirectRelay, type DirectRelay } from '../../support/direct-relay.ts'
import { createFakeClock } from '../../support/fake-clock.ts'
import { openTlsHop, selfSigned, type TlsHop } from '../../support/tls-hop.ts'

const { db } = await createDatabase()
const history = createTlsHistory(db)
beforeEach(async () => { await db.deleteFrom('tls_history').execute() })

const right = await selfSigned(['mx.home.example'])
const records = { 'home.example MX': [[1, 'mx.home.example']], 'mx.home.example A': ['127.0.0.2'] } as const

async function open(options: Parameters<typeof openTlsHop>[1] = {}, identity = right): Promise<TlsHop & { readonly direct: DirectRelay }> {
  const hop = await openTlsHop(identity, { host: '127.0.0.2', ...options })
  onTestFinished(() => hop[Symbol.asyncDispose]())
  return Object.assign(hop, { direct: await openDirectRelay(db, hop.port, records) })
}

const STRIPPED = expect.stringMatching(/^4\.7\.5 .*not sent in the clear/)

describe('G15 opportunistic: delivered, over TLS where that is possible', () => {
  test.each([
    ['self-signed', () => right], ['the wrong name', () => selfSigned(['other.example'])], ['expired', () => selfSigned(['mx.home.example'], -1)],
  ])('%s', async (_, identity) => {
    const hop = await open({}, await identity())
    expect(await hop.direct.begin('ann@home.example').result).toMatchObject({ kind: 'accepted' })
    expect(hop.arrived).toEqual([{ secure: true, servername: 'mx.home.example' }])
    expect(await history.seenAt('home.example')).toBeInstanceOf(Date)
  })

  test.each([
    ['no STARTTLS', 'stripped', {}], ['STARTTLS answered 454', 'refused', {}], ['a handshake that fails', 'broken', {}],
    ['TLS 1.1 only', 'good', { maxVersion: 'TLSv1.1' }],
  ] as const)('%s: in the clear', async (_, mode, options) => {
    const hop = await open(options)
    hop.mode = mode
    expect(await hop.direct.begin('ann@home.example').result).toMatchObject({ kind: 'accepted' })
    expect(hop.arrived).toEqual([{ secure: false, servername: undefined }])
    expect(await history.seenAt('home.example')).toBeUndefined()
  })
})

test('B28 what is said in the clear after the 220 of STARTTLS counts for nothing', async () => {
  const hop = await open({ extensions: ['8BITMIME', 'SIZE 1000000'] })
  hop.mode = 'injecting'
  expect(await hop.direct.begin('ann@home.example').result).toMatchObject({ kind: 'accepted' })
  expect(hop.arrived).toEqual([{ secure: true, servername: 'mx.home.example' }])
  expect(hop.heard.filter((line) => line.includes('EHLO'))).toEqual(['clear EHLO burn.example', 'tls EHLO burn.example'])
})

describe('a domain that had TLS', () => {
  test.each([['B29 STARTTLS answered 454', 'refused'], ['B30 STARTTLS not offered', 'stripped'], ['G15 the handshake fails', 'broken']] as const)(
    '%s: deferred with a word to the owner, nothing in the clear', async (_, mode) => {
      const hop = await open()
      await history.remember('home.example', new Date())
      hop.mode = mode
      for (const attempt of [1, 2]) {
        expect(await hop.direct.begin('ann@home.example').result, `${attempt}`)
          .toEqual({ kind: 'transient', why: 'insecure', trouble: false, reply: STRIPPED })
      }
      expect(hop.arrived).toEqual([])
      expect(hop.heard.filter((line) => /MAIL|RCPT|DATA/.test(line))).toEqual([])
      hop.mode = 'good'
      expect(await hop.direct.begin('ann@home.example').result).toMatchObject({ kind: 'accepted' })
      expect(hop.arrived).toMatchObject([{ secure: true }])
    })

  test('more than 30 days ago: it gave TLS up, and is written to again', async () => {
    const clock = createFakeClock()
    const hop = await openTlsHop(right, { host: '127.0.0.2' })
    onTestFinished(() => hop[Symbol.asyncDispose]())
    hop.mode = 'stripped'
    await history.remember('home.example', new Date(clock.now().getTime() - 29 * 86_400_000))
    const { begin } = await openDirectRelay(db, hop.port, records, { clock })
    expect(await begin('ann@home.example').result).toMatchObject({ kind: 'transient', reply: STRIPPED })
    await clock.advance(2 * 86_400_000)
    expect(await begin('ann@home.example').result).toMatchObject({ kind: 'accepted' })
  })
})
