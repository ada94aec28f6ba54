// Where a webhook may not lead, and how long it may take: a real HTTP server, a DNS server that says what the test wants.
import { describe, expect, test } from 'vitest'
import { systemClock } from '../../../src/clock.ts'
import { postWebhook } from '../../../src/relay/post-webhook.ts'
import { createResolver } from '../../../src/verify/resolver.ts'
import { openDnsServer } from '../../support/dns-server.ts'
import { openHookServer } from '../../support/hook-server.ts'

const patience = (): AbortSignal => AbortSignal.timeout(10_000)
const open = async (allowPrivate: boolean) => {
  const [hook, dns] = [await openHookServer(), await openDnsServer()]
  const lookup = {
    resolve: createResolver([dns.address], systemClock), allowPrivate, ourName: 'burn.example', ourMailServer: 'burn.example',
    ourAddresses: () => new Set(['192.0.2.1', '9.9.9.1']),
    random: () => 0,
  }
  return { hook, dns, post: (url: string, signal = patience()) => postWebhook(lookup, { url, headers: { 'Burnbox-Id': '1' }, body: '{}' }, signal) }
}

describe('L14 into a private network', () => {
  test.each([
    'https://127.0.0.1/', 'https://[::1]/', 'https://169.254.169.254/latest/meta-data', 'https://2130706433/', 'https://0177.0.0.1/', 'https://0x7f.1/',
    'https://[::ffff:127.0.0.1]/', 'https://[64:ff9b::7f00:1]/', 'https://10.1.2.3/', 'https://[fe80::1]/', 'https://[fd00::1]/', 'https://localhost/',
    'https://a.localhost./', 'https://0/', 'https://9.9.9.1/',
  ])('%s: not called', async (url) => {
    const { post } = await open(false)
    expect(await post(url)).toEqual({ kind: 'failed', why: 'Its name leads into a private network, which this host does not call.' })
  })

  test.each([['A', '127.0.0.1'], ['A', '169.254.169.254'], ['AAAA', '::1'], ['AAAA', '::ffff:10.0.0.1'], ['A', '192.0.2.1'], ['A', '9.9.9.1']] as const)(
    'a name with %s %s: not called', async (type, address) => {
      const { post, dns } = await open(false)
      dns.set('inside.example', type, address)
      expect(await post('https://inside.example/')).toEqual({ kind: 'failed', why: 'Its name leads into a private network, which this host does not call.' })
    })

  test.each(['http://127.0.0.1/', 'file:///etc/passwd', 'gopher://x.example/', 'ftp://x.example/', 'nonsense'])('%s: only https is called', async (url) => {
    const { post } = await open(false)
    expect(await post(url)).toEqual({ kind: 'failed', why: 'Only https is called.' })
  })

  test('a redirect is an answer like any other: where it leads nobody goes', async () => {
    const { post, hook } = await open(true)
    const inside = await openHookServer()
    hook.answer = (response) => void response.writeHead(307, { location: inside.url }).end()
    expect(await post(hook.url)).toEqual({ kind: 'answered', status: 307 })
    expect(inside.came).toEqual([])
  })
})

test('H13 the address that was checked is the one that is called: a name is asked for once', async () => {
  const { post, hook, dns } = await open(true)
  dns.ttl = 0
  dns.set('hook.example', 'A', '127.0.0.1')
  expect(await post(`http://hook.example:${hook.port}/x?y=1`)).toEqual({ kind: 'answered', status: 204 })
  expect(hook.came).toMatchObject([{
    method: 'POST', path: '/x?y=1', body: '{}', from: '127.0.0.1', headers: { host: `hook.example:${hook.port}`, 'burnbox-id': '1' },
  }])
  expect(dns.asked.toSorted()).toEqual(['A hook.example', 'AAAA hook.example'])
})

describe('what the other side does', () => {
  test('a body without end: 64 KiB of it are read, and its status counts', async () => {
    const { post, hook } = await open(true)
    // More than the buffers of a connection hold.
    const most = 64 * 1024 * 1024
    let poured = 0
    let closed = (): void => {}
    const gone = new Promise<void>((resolve) => { closed = resolve })
    hook.answer = (response) => {
      const pour = (): void => {
        while (!response.destroyed && poured < most) {
          poured += 65_536
          if (!response.write(Buffer.alloc(65_536))) return
        }
        response.end()
      }
      response.writeHead(200).on('drain', pour).on('close', closed)
      pour()
    }
    expect(await post(hook.url)).toEqual({ kind: 'answered', status: 200 })
    await gone
    expect(poured).toBeLessThan(most)
  })

  test('no answer: the call ends with its time; a status that came before counts', async () => {
    const { post, hook } = await open(true)
    const ends = new AbortController()
    hook.answer = () => ends.abort()
    expect(await post(hook.url, ends.signal)).toEqual({ kind: 'failed', why: 'It did not answer in time.' })
    const late = new AbortController()
    hook.answer = (response) => {
      response.writeHead(200).write('a')
      setImmediate(() => late.abort())
    }
    expect(['answered', 'failed']).toContain((await post(hook.url, late.signal)).kind)
  })

  test('nobody there, no such name, no DNS: said in words', async () => {
    const { post, dns } = await open(true)
    dns.fail('broken.example', 'SERVFAIL')
    expect(await post('http://127.0.0.1:1/')).toEqual({ kind: 'failed', why: 'The connection failed (ECONNREFUSED).' })
    expect(await post('http://nowhere.example/')).toEqual({ kind: 'failed', why: 'Its name has no address.' })
    expect(await post('http://broken.example/')).toEqual({ kind: 'failed', why: 'Its name could not be looked up.' })
  })

  test('a certificate that nobody vouches for is refused', async () => {
    const { createServer } = await import('node:https')
    const { selfSigned } = await import('../../support/tls-hop.ts')
    const { cert, key } = await selfSigned(['hook.example'])
    const server = createServer({ cert, key }, (_, response) => response.end())
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { post, dns } = await open(true)
    dns.set('hook.example', 'A', '127.0.0.1')
    expect(await post(`https://hook.example:${(server.address() as { port: number }).port}/`))
      .toEqual({ kind: 'failed', why: 'The connection failed (DEPTH_ZERO_SELF_SIGNED_CERT).' })
    server.close()
  })
})
