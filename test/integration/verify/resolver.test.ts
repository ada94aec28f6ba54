// H: the resolver against a DNS server on loopback.
import { describe, expect, onTestFinished, test } from 'vitest'
import { contentInMemory } from '../../../src/mail/content.ts'
import { endOfFields } from '../../../src/mail/header.ts'
import { createVerifier } from '../../../src/verify/authenticate.ts'
import { createResolver, type Resolve } from '../../../src/verify/resolver.ts'
import { openDnsServer } from '../../support/dns-server.ts'
import { createFakeClock } from '../../support/fake-clock.ts'
import { until } from '../../support/until.ts'

const open = async () => {
  const dns = await openDnsServer()
  const clock = createFakeClock()
  return { dns, clock, resolve: createResolver([dns.address], clock) }
}

describe('what it gives is what node:dns would', () => {
  test('records of each type', async () => {
    const { dns, resolve } = await open()
    dns.set('shop.example', 'A', '192.0.2.1', '192.0.2.2')
    dns.set('shop.example', 'AAAA', '2001:db8::1')
    dns.set('shop.example', 'TXT', 'v=spf1 -all', ['two ', 'strings'])
    dns.set('shop.example', 'MX', '10 mx.shop.example', '20 mx2.shop.example')
    expect(await resolve('Shop.Example.', 'A')).toEqual(['192.0.2.1', '192.0.2.2'])
    expect(await resolve('shop.example', 'AAAA')).toEqual(['2001:db8::1'])
    expect(await resolve('shop.example', 'TXT')).toEqual([['v=spf1 -all'], ['two ', 'strings']])
    expect(await resolve('shop.example', 'MX')).toEqual([{ exchange: 'mx.shop.example', priority: 10 }, { exchange: 'mx2.shop.example', priority: 20 }])
  })

  test('H03 a null MX has an empty name', async () => {
    const { dns, resolve } = await open()
    dns.set('null.example', 'MX', '0 .')
    expect(await resolve('null.example', 'MX')).toEqual([{ exchange: '', priority: 0 }])
  })

  test('H05 a CNAME is followed', async () => {
    const { dns, resolve } = await open()
    dns.set('www.shop.example', 'CNAME', 'shop.example')
    dns.set('shop.example', 'A', '192.0.2.1')
    expect(await resolve('www.shop.example', 'A')).toEqual(['192.0.2.1'])
  })

  test('H05 a CNAME loop, and a name that is none', async () => {
    const { dns, resolve } = await open()
    dns.set('a.example', 'CNAME', 'a.example')
    await expect(resolve('a.example', 'A')).rejects.toMatchObject({ code: 'ENODATA' })
    for (const name of ['', '..', `${'a'.repeat(64)}.example`, `${'abc.'.repeat(70)}example`, 'a\u0000.example', 'a\\.b.example']) {
      await expect(resolve(name, 'A')).rejects.toMatchObject({ code: 'EBADNAME' })
    }
    expect(dns.asked).toEqual(['A a.example'])
    await expect(resolve('a b.example', 'A')).rejects.toMatchObject({ code: 'ENOTFOUND' })
  })

  test('no such name, no such record', async () => {
    const { dns, resolve } = await open()
    dns.set('shop.example', 'A', '192.0.2.1')
    await expect(resolve('nothing.example', 'TXT')).rejects.toMatchObject({ code: 'ENOTFOUND' })
    await expect(resolve('shop.example', 'TXT')).rejects.toMatchObject({ code: 'ENODATA' })
  })
})

describe('H02, H11 trouble is never an answer', () => {
  test.each(['SERVFAIL', 'REFUSED'] as const)('%s', async (how) => {
    const { dns, resolve } = await open()
    dns.fail('shop.example', how)
    await expect(resolve('shop.example', 'TXT')).rejects.toMatchObject({ code: 'ESERVFAIL' })
  })

  test('no server there', async () => {
    await expect(createResolver(['127.0.0.1:1'], createFakeClock())('shop.example', 'A')).rejects.toMatchObject({ code: 'ESERVFAIL' })
  })

  test('silence ends after 2 s', async () => {
    const { dns, resolve } = await open()
    dns.fail('shop.example', 'silence')
    await expect(resolve('shop.example', 'A')).rejects.toMatchObject({ code: 'ETIMEOUT' })
    expect(dns.asked).toEqual(['A shop.example', 'A shop.example'])
  })

  test('a server that is away is passed over', async () => {
    const { dns } = await open()
    dns.set('shop.example', 'A', '192.0.2.1')
    expect(await createResolver(['127.0.0.1:1', dns.address], createFakeClock())('shop.example', 'A')).toEqual(['192.0.2.1'])
  })

  test('of three servers two are away', async () => {
    const { dns } = await open()
    dns.set('shop.example', 'A', '192.0.2.1')
    expect(await createResolver(['127.0.0.1:1', '127.0.0.1:2', dns.address], createFakeClock())('shop.example', 'A')).toEqual(['192.0.2.1'])
  })

  test('trouble is not taken for a want of EDNS', async () => {
    const { dns, resolve } = await open()
    dns.fail('shop.example', 'SERVFAIL')
    dns.set('www.shop.example', 'A', '192.0.2.1')
    await expect(resolve('shop.example', 'A')).rejects.toMatchObject({ code: 'ESERVFAIL' })
    dns.edns = 'FORMERR'
    await resolve('www.shop.example', 'A')
    expect(dns.asked).toEqual(['A shop.example', 'A shop.example', 'A www.shop.example', 'A www.shop.example'])
  })

  test('what does not fit is asked for again over TCP', async () => {
    const { dns, resolve } = await open()
    dns.set('shop.example', 'TXT', 'x'.repeat(250))
    dns.truncates = true
    expect(await resolve('shop.example', 'TXT')).toEqual([['x'.repeat(250)]])
    expect(dns.asked).toEqual(['TXT shop.example', 'TXT shop.example'])
  })
})

describe('EDNS that is not taken', () => {
  test.each(['FORMERR', 'bare FORMERR', 'NOTIMP'] as const)('%s: asked again without, and not tried again for 5 minutes', async (how) => {
    const { dns, clock, resolve } = await open()
    dns.edns = how
    dns.set('shop.example', 'A', '192.0.2.1')
    dns.set('www.shop.example', 'A', '192.0.2.2')
    dns.ttl = 0
    expect(await resolve('shop.example', 'A')).toEqual(['192.0.2.1'])
    expect(await resolve('www.shop.example', 'A')).toEqual(['192.0.2.2'])
    expect(dns.asked).toEqual(['A shop.example', 'A shop.example', 'A www.shop.example'])
    await clock.advance(300_000)
    dns.edns = 'taken'
    dns.asked.length = 0
    await resolve('shop.example', 'A')
    dns.edns = how
    await resolve('shop.example', 'A')
    expect(dns.asked).toHaveLength(3)
  })

  test('dropped on the way: the second question goes without', async () => {
    const { dns, resolve } = await open()
    dns.edns = 'silence'
    dns.set('shop.example', 'A', '192.0.2.1')
    expect(await resolve('shop.example', 'A')).toEqual(['192.0.2.1'])
    expect(await resolve('no.shop.example', 'A').catch((error: unknown) => (error as { code: string }).code)).toBe('ENOTFOUND')
    expect(dns.asked).toEqual(['A shop.example', 'A shop.example', 'A no.shop.example'])
  })

  test('without EDNS an answer that is too long still comes over TCP', async () => {
    const { dns, resolve } = await open()
    dns.edns = 'FORMERR'
    dns.truncates = true
    dns.set('shop.example', 'TXT', 'x'.repeat(250))
    expect(await resolve('shop.example', 'TXT')).toEqual([['x'.repeat(250)]])
  })

  test('a server that understands no question at all is trouble', async () => {
    const { dns, resolve } = await open()
    dns.fail('shop.example', 'REFUSED')
    dns.edns = 'NOTIMP'
    await expect(resolve('shop.example', 'A')).rejects.toMatchObject({ code: 'ESERVFAIL' })
  })
})

describe('the cache', () => {
  test('H08 keeps an answer for its TTL', async () => {
    const { dns, clock, resolve } = await open()
    dns.set('shop.example', 'A', '192.0.2.1')
    await resolve('shop.example', 'A')
    dns.set('shop.example', 'A', '192.0.2.2')
    await clock.advance(59_000)
    expect(await resolve('shop.example', 'A')).toEqual(['192.0.2.1'])
    await clock.advance(1_000)
    expect(await resolve('shop.example', 'A')).toEqual(['192.0.2.2'])
  })

  test('H08 a week is 5 minutes, and 0 is never kept', async () => {
    const { dns, clock, resolve } = await open()
    dns.set('shop.example', 'A', '192.0.2.1')
    dns.ttl = 604_800
    await resolve('shop.example', 'A')
    await clock.advance(299_000)
    await resolve('shop.example', 'A')
    expect(dns.asked).toHaveLength(1)
    await clock.advance(1_000)
    dns.ttl = 0
    await resolve('shop.example', 'A')
    await resolve('shop.example', 'A')
    expect(dns.asked).toHaveLength(3)
  })

  test('that there is none is kept as long as the SOA says', async () => {
    const { dns, clock, resolve } = await open()
    await expect(resolve('new.example', 'A')).rejects.toMatchObject({ code: 'ENOTFOUND' })
    dns.set('new.example', 'A', '192.0.2.1')
    await clock.advance(59_000)
    await expect(resolve('new.example', 'A')).rejects.toMatchObject({ code: 'ENOTFOUND' })
    await clock.advance(1_000)
    expect(await resolve('new.example', 'A')).toEqual(['192.0.2.1'])
  })

  test('that there is none is kept for 5 minutes at most, whatever the SOA says', async () => {
    const { dns, clock, resolve } = await open()
    dns.negativeTtl = 604_800
    await expect(resolve('new.example', 'TXT')).rejects.toMatchObject({ code: 'ENOTFOUND' })
    dns.set('new.example', 'TXT', 'v=spf1 -all')
    await clock.advance(299_000)
    await expect(resolve('new.example', 'TXT')).rejects.toMatchObject({ code: 'ENOTFOUND' })
    await clock.advance(1_000)
    expect(await resolve('new.example', 'TXT')).toEqual([['v=spf1 -all']])
  })

  test('trouble is kept for a second', async () => {
    const { dns, clock, resolve } = await open()
    dns.set('shop.example', 'A', '192.0.2.1')
    dns.fail('shop.example', 'SERVFAIL')
    await expect(resolve('shop.example', 'A')).rejects.toMatchObject({ code: 'ESERVFAIL' })
    const asked = dns.asked.length
    dns.answerNow()
    await expect(resolve('shop.example', 'A')).rejects.toMatchObject({ code: 'ESERVFAIL' })
    expect(dns.asked).toHaveLength(asked)
    await clock.advance(1_000)
    expect(await resolve('shop.example', 'A')).toEqual(['192.0.2.1'])
  })

  test('10,000 names, then the oldest gives way', async () => {
    const { dns, resolve } = await open()
    for (let start = 0; start < 10_000; start += 100) {
      await Promise.all(Array.from({ length: 100 }, (_, n) => resolve(`n${start + n}.example`, 'A').catch(() => {})))
    }
    dns.asked.length = 0
    await resolve('n9999.example', 'A').catch(() => {})
    expect(dns.asked).toEqual([])
    await resolve('one-more.example', 'A').catch(() => {})
    await resolve('n0.example', 'A').catch(() => {})
    expect(dns.asked).toEqual(['A one-more.example', 'A n0.example'])
  })

  test('H12 identical questions at the same time are one', async () => {
    const { dns, resolve } = await open()
    dns.set('shop.example', 'TXT', 'x')
    dns.fail('shop.example', 'silence')
    const answers = Promise.all(Array.from({ length: 200 }, () => resolve('shop.example', 'TXT')))
    await until(() => dns.asked.length === 1, 'the question')
    dns.answerNow()
    const all = await answers
    expect(all).toHaveLength(200)
    expect(dns.asked).toEqual(['TXT shop.example', 'TXT shop.example'])
    all[0]![0]![0] = 'spoilt'
    expect(await resolve('shop.example', 'TXT')).toEqual([['x']])
  })
})

test('a message whose names are never answered for is judged after 5 s, by what is known', async () => {
  const verifier = createVerifier((() => new Promise(() => {})) as Resolve)
  onTestFinished(verifier.close)
  const signature = 'DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d=shop.example; s=s; h=from; bh=AAAA; b=AAAA\r\n'
  const bytes = Buffer.from(`${signature}From: a@shop.example\r\n\r\nHello\r\n`)
  const envelope = { clientIp: '192.0.2.1', helo: 'mail.shop.example', reversePath: 'a@shop.example', from: 'a@shop.example', now: new Date() }
  const facts = await verifier.authenticate(envelope, contentInMemory(bytes, endOfFields(bytes), false))
  expect(facts).toMatchObject({ spf: { result: 'temperror' }, dmarc: { policy: undefined } })
  expect(facts.dkim.every(({ result }) => result !== 'pass')).toBe(true)
})
