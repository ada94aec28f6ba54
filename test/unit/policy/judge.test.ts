import { describe, expect, test } from 'vitest'
import { authenticationResults } from '../../../src/policy/authentication-results.ts'
import { isAuthenticated, judge, type Authentication, type CheckResult, type DmarcPolicy } from '../../../src/policy/judge.ts'

type Part = { readonly result: CheckResult; readonly aligned?: boolean }

type More = { readonly spf?: Part; readonly dkim?: Part; readonly arc?: Partial<Authentication['arc']> }

const facts = (dmarc: CheckResult, policy: DmarcPolicy | undefined, more: More = {}): Authentication => ({
  fromDomain: 'bank.example',
  spf: { result: 'none', domain: 'bank.example', identity: 'mailfrom', aligned: true, ...more.spf },
  dkim: more.dkim ? [{ domain: 'bank.example', selector: 's1', aligned: true, ...more.dkim }] : [],
  arc: { result: 'none', sealers: [], saysPass: false, ...more.arc },
  dmarc: { result: dmarc, policy },
})

const trusted = ['list.example']

test('what the domain asks for is done when DMARC fails', () => {
  expect(judge(facts('fail', 'reject'), [])).toEqual({ kind: 'refuse', reason: 'unauthentic' })
  expect(judge(facts('fail', 'quarantine'), [])).toEqual({ kind: 'hold', reason: 'unauthentic' })
  expect(judge(facts('fail', 'none'), [])).toEqual({ kind: 'pass' })
})

test('a pass passes, and so does a domain that asks for nothing', () => {
  expect(judge(facts('pass', 'reject'), [])).toEqual({ kind: 'pass' })
  expect(judge(facts('none', undefined), [])).toEqual({ kind: 'pass' })
})

describe('E09 trouble with the DNS', () => {
  test('the record itself could not be asked for: go on', () => {
    expect(judge(facts('temperror', undefined, { spf: { result: 'temperror' }, dkim: { result: 'temperror' } }), [])).toEqual({ kind: 'pass' })
  })
  test.each([
    { spf: { result: 'temperror' } }, { dkim: { result: 'temperror' } },
  ] as const)('%j could still turn a known reject into a pass: come again', (more) => {
    expect(judge(facts('fail', 'reject', more), [])).toEqual({ kind: 'refuse', reason: 'dns-trouble' })
  })
  test.each([
    { spf: { result: 'temperror', aligned: false } }, { dkim: { result: 'temperror', aligned: false } },
  ] as const)('%j could not: refused', (more) => {
    expect(judge(facts('fail', 'reject', more), [])).toEqual({ kind: 'refuse', reason: 'unauthentic' })
  })
  test('whose alignment is not known: come again', () => {
    expect(judge(facts('temperror', 'reject', { spf: { result: 'pass', aligned: false } }), [])).toEqual({ kind: 'refuse', reason: 'dns-trouble' })
  })
  test('never a pass: what asks for quarantine is held', () => {
    expect(judge(facts('fail', 'quarantine', { spf: { result: 'temperror' } }), [])).toEqual({ kind: 'hold', reason: 'unauthentic' })
    expect(judge(facts('fail', 'none', { spf: { result: 'temperror' } }), [])).toEqual({ kind: 'pass' })
  })
})

describe('ARC', () => {
  const chain = { result: 'pass', sealers: ['list.example'], saysPass: true } as const
  test('a trusted chain that says pass', () => {
    expect(judge(facts('fail', 'reject', { arc: chain }), trusted)).toEqual({ kind: 'pass' })
    expect(judge(facts('fail', 'quarantine', { arc: chain }), trusted)).toEqual({ kind: 'pass' })
  })
  test.each([
    ['nobody is trusted', chain, []],
    ['another is trusted', chain, ['other.example']],
    ['it says fail', { ...chain, saysPass: false }, trusted],
    ['it does not validate', { ...chain, result: 'fail' }, trusted],
    ['sealed by one, signed by another', { ...chain, sealers: ['list.example', 'evil.example'] }, trusted],
    ['no chain', { result: 'pass', sealers: [], saysPass: true }, trusted],
  ] as const)('%s: refused', (_, arc, arcTrusted) => {
    expect(judge(facts('fail', 'reject', { arc }), arcTrusted)).toEqual({ kind: 'refuse', reason: 'unauthentic' })
  })
  test('its key could not be asked for: come again', () => {
    expect(judge(facts('fail', 'reject', { arc: { ...chain, result: 'temperror' } }), trusted)).toEqual({ kind: 'refuse', reason: 'dns-trouble' })
  })
})

test('authenticated: DMARC passed, or what it would count where there is no record', () => {
  expect(isAuthenticated(facts('pass', 'none'))).toBe(true)
  expect(isAuthenticated(facts('none', undefined, { spf: { result: 'pass' } }))).toBe(true)
  expect(isAuthenticated(facts('none', undefined, { dkim: { result: 'pass' } }))).toBe(true)
  expect(isAuthenticated(facts('none', undefined, { dkim: { result: 'pass', aligned: false } }))).toBe(false)
  expect(isAuthenticated(facts('fail', 'none', { spf: { result: 'pass', aligned: false } }))).toBe(false)
  expect(isAuthenticated(facts('temperror', undefined, { spf: { result: 'pass' } }))).toBe(false)
})

describe('E18 the text for others', () => {
  test('names every check', () => {
    expect(authenticationResults('burn.example', facts('pass', 'reject', {
      spf: { result: 'pass' }, dkim: { result: 'pass' }, arc: { result: 'fail', sealers: ['list.example'] },
    }))).toBe('burn.example; spf=pass smtp.mailfrom=bank.example; dkim=pass header.d=bank.example header.s=s1; arc=fail header.d=list.example; '
      + 'dmarc=pass policy.dmarc=reject header.from=bank.example')
    expect(authenticationResults('burn.example', facts('none', undefined))).toBe(
      'burn.example; spf=none smtp.mailfrom=bank.example; dkim=none; dmarc=none header.from=bank.example')
  })
  test.each([
    'a.example; dmarc=pass', 'a.example\r\nX: y', '(a.example', 'a"b.example', 'a b', 'ü.example', 'a'.repeat(254), '',
  ])('%j does not get in', (domain) => {
    const hostile: Authentication = {
      ...facts('fail', 'none'), fromDomain: domain, spf: { result: 'fail', domain, identity: 'helo', aligned: false },
      dkim: [{ result: 'fail', domain, selector: domain, aligned: false }],
    }
    expect(authenticationResults('burn.example', hostile)).toBe('burn.example; spf=fail; dkim=fail; dmarc=fail policy.dmarc=none')
  })
})
