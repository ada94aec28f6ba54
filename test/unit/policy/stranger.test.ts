import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseMailbox, type Mailbox } from '../../../src/mail/address.ts'
import { organisationOf } from '../../../src/policy/organisation.ts'
import { authorOf, isExpected, learnedFrom, type Author, type Expectation, type ExpectedSender } from '../../../src/policy/stranger.ts'

const START = new Date('2026-05-03T00:00:00Z')
const mailbox = (text: string): Mailbox => parseMailbox(text)!
const alias = (site: string | null, expected: readonly ExpectedSender[] = [], learned = 0): Expectation =>
  ({ site, expected, learningSince: START, learned })

/** Proven by a signature of its own. */
const proven = (from: string): Author => {
  const domain = from.slice(from.lastIndexOf('@') + 1)
  return authorOf(mailbox(from), true, `burn.example; spf=none; dkim=pass header.d=${mailbox(`x@${domain}`).slice(2)} header.s=s1; dmarc=pass`)
}

type Arrival = { readonly from: string; readonly signers: readonly string[]; readonly path: string; readonly authenticated: boolean; readonly afterMs: number }

/** As the mail path does it: judge, then learn. */
const receive = (before: Expectation, one: Arrival): { readonly after: Expectation; readonly author: Author } => {
  const author = authorOf(mailbox(one.from), one.authenticated,
    ['burn.example', `spf=pass smtp.mailfrom=${one.path}`, ...one.signers.map((d) => `dkim=pass header.d=${d} header.s=s1`)].join('; '))
  const learned = learnedFrom(author, before, new Date(START.getTime() + one.afterMs))
  const known = (sender: { kind: string; name: string }): boolean => before.expected.some((e) => e.kind === sender.kind && e.name === sender.name)
  return {
    author,
    after: learned.length === 0 ? before : {
      ...before, learned: before.learned + 1, expected: [...before.expected, ...learned.filter((l) => !known(l)).map((l) => ({ ...l, unproven: false }))],
    },
  }
}

test('what an alias learns of an address of its own host is that address, not everybody there', () => {
  const author = { ...proven('ann-1@burn.example'), shared: true }
  const [sender] = learnedFrom(author, alias(null), START)
  expect(sender).toEqual({ kind: 'address', name: 'ann-1@burn.example', origin: 'first' })
  const knows = alias(null, [{ ...sender!, unproven: false }], 1)
  expect(isExpected(author, knows)).toBe(true)
  expect(isExpected({ ...proven('carl-2@burn.example'), shared: true }, knows)).toBe(false)
})

describe('a lookalike is a stranger', () => {
  test.each([
    ['shop.example', 'news@sh0p.example'], ['shop.example', 'news@shop.example.evil.example'], ['shop.example', 'news@evil-shop.example'],
    ['shop.example', 'news@shop.example.com'], ['shop.example', 'shop.example@evil.example'], ['shop.example', '"shop.example"@evil.example'],
    ['apple.com', 'news@аpple.com'], ['apple.com', 'news@xn--pple-43d.com'], ['straße.example', 'news@strasse.example'],
    ['shop.co.uk', 'news@other.co.uk'], ['shop.co.uk', 'news@co.uk'], ['shop.github.io', 'news@evil.github.io'], ['shop.github.io', 'news@github.io'],
    ['shop.com', 'news@shop.co'], ['shop.com', 'news@shop.com.au'], ['shop.com', 'news@shopp.com'], ['shop.example', 'news@[192.0.2.1]'],
  ])('of %s: %s', (site, from) => {
    expect(isExpected(proven(from), alias(site))).toBe(false)
  })

  test.each([
    ['shop.example', 'news@shop.example'], ['shop.example', 'NEWS@Mail.SHOP.example'], ['shop.co.uk', 'a@b.c.shop.co.uk'],
    ['shop.github.io', 'x@shop.github.io'], ['xn--strae-oqa.example', 'x@straße.example'],
  ])('not one: of %s %s', (site, from) => {
    expect(isExpected(proven(from), alias(site))).toBe(true)
  })

  test('a neighbour below a private suffix proves nothing, although DMARC takes both for one', () => {
    const author = authorOf(mailbox('x@shop.github.io'), true, 'burn.example; dkim=pass header.d=evil.github.io header.s=s1; dmarc=pass')
    expect(author.proven).toBe(false)
    expect(isExpected(author, alias('shop.github.io'))).toBe(false)
  })

  test('a rule for a suffix is for that name alone', () => {
    const rule: ExpectedSender = { kind: 'domain', name: 'github.io', origin: 'owner', unproven: false }
    expect(isExpected(proven('x@github.io'), alias(null, [rule]))).toBe(true)
    expect(isExpected(proven('x@evil.github.io'), alias(null, [rule]))).toBe(false)
  })

  test('another tenant of Google Workspace is not the company', () => {
    const by = (d: string) => authorOf(mailbox('x@shop.example'), false, `burn.example; dkim=pass header.d=${d} header.s=s1; dmarc=none`)
    expect(isExpected(by('shop-example.20230601.gappssmtp.com'), alias('shop.example'))).toBe(true)
    expect(isExpected(by('evil-example.20230601.gappssmtp.com'), alias('shop.example'))).toBe(false)
  })
})

describe('the owner', () => {
  test('writing from an inbox of the alias is no stranger, when proven', () => {
    expect(isExpected(proven('me@home.example'), alias('shop.example'), [mailbox('me@home.example')])).toBe(true)
    const forged = authorOf(mailbox('me@home.example'), false, 'burn.example; spf=fail; dmarc=fail')
    expect(isExpected(forged, alias('shop.example'), [mailbox('me@home.example')])).toBe(false)
  })

  test('expects who cannot prove it, when that was said', () => {
    const unproven = authorOf(mailbox('x@old.example'), false, 'burn.example; spf=none; dkim=none; dmarc=none')
    const rule = (says: boolean): ExpectedSender => ({ kind: 'domain', name: 'old.example', origin: 'owner', unproven: says })
    expect(isExpected(unproven, alias('shop.example', [rule(false)]))).toBe(false)
    expect(isExpected(unproven, alias('shop.example', [rule(true)]))).toBe(true)
  })
})

const domains = [
  'shop.example', 'mail.shop.example', 'evil.example', 'bulk.example', 'a.github.io', 'b.github.io', 'other.co.uk', 'gmail.com', 'amazonses.com',
] as const
const arrival: fc.Arbitrary<Arrival> = fc.record({
  from: fc.tuple(fc.constantFrom('ann', 'ben'), fc.constantFrom(...domains)).map(([name, domain]) => `${name}@${domain}`),
  signers: fc.array(fc.constantFrom(...domains), { maxLength: 3 }), path: fc.constantFrom(...domains), authenticated: fc.boolean(),
  afterMs: fc.integer({ min: 0, max: 20 * 86_400_000 }),
})

describe('no sequence of mails', () => {
  const rounds = { numRuns: 1_000 * Number(process.env['CHAOS_SCALE'] ?? 1) }

  test('makes an author expected who was never proven', () => {
    fc.assert(fc.property(fc.array(arrival, { maxLength: 12 }), fc.option(fc.constantFrom(...domains)), (arrivals, site) => {
      let state = alias(site)
      const shown = new Set<string>()
      for (const one of arrivals) {
        const { after, author } = receive(state, one)
        if (one.authenticated) shown.add(author.organisation)
        state = after
      }
      for (const sender of state.expected) {
        const name = sender.kind === 'address' ? organisationOf(sender.name.slice(sender.name.lastIndexOf('@') + 1)) : sender.name
        if (sender.kind !== 'signer') expect(shown).toContain(name)
      }
    }), rounds)
  })

  test('gives an alias more than one company, or more than three lessons, or one after 14 days', () => {
    fc.assert(fc.property(fc.array(arrival, { maxLength: 12 }), fc.option(fc.constantFrom(...domains)), (arrivals, site) => {
      let state = alias(site)
      for (const one of arrivals) {
        const { after } = receive(state, one)
        if (one.afterMs >= 14 * 86_400_000) expect(after).toBe(state)
        state = after
      }
      const given = state.expected.filter(({ kind }) => kind !== 'signer')
      expect(state.learned).toBeLessThanOrEqual(3)
      expect(given.length).toBeLessThanOrEqual(1)
      if (site !== null && given[0]) expect(given[0].name).toBe(organisationOf(site))
    }), rounds)
  })

  test('that nobody proves is expected, whatever came before, without a service that vouches for it', () => {
    fc.assert(fc.property(fc.array(arrival, { maxLength: 12 }), fc.option(fc.constantFrom(...domains)), fc.constantFrom(...domains),
      (arrivals, site, domain) => {
      let state = alias(site)
      for (const one of arrivals) state = receive(state, one).after
      const forged = authorOf(mailbox(`ann@${domain}`), false, 'burn.example; spf=fail smtp.mailfrom=evil.example; dkim=none; dmarc=none')
      expect(isExpected(forged, state)).toBe(false)
    }), rounds)
  })
})
