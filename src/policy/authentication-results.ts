// What we found, for the inbox and its owner: the value of our Authentication-Results field (RFC 8601 §2.2). Domains and selectors come from
// strangers and from the DNS: only what is a plain dot-atom gets in, so there is nothing to quote and no comment to close. No mailbox gets in.
import type { Authentication, CheckResult } from './judge.ts'

const MOST_SIGNATURES = 10

export const authenticationResults = (authservId: string, facts: Authentication): string => {
  const { spf, dkim, arc, dmarc } = facts
  return [
    authservId,
    result('spf', spf.result, [`smtp.${spf.identity}`, spf.domain]),
    ...(dkim.length === 0 ? ['dkim=none'] : []),
    ...dkim.slice(0, MOST_SIGNATURES).map((one) => result('dkim', one.result, ['header.d', one.domain], ['header.s', one.selector])),
    ...(arc.result === 'none' ? [] : [result('arc', arc.result, ['header.d', arc.sealers[0] ?? ''])]),
    result('dmarc', dmarc.result, ['policy.dmarc', dmarc.policy ?? ''], ['header.from', facts.fromDomain]),
  ].join('; ')
}

const result = (method: string, value: CheckResult, ...properties: readonly (readonly [name: string, value: string])[]): string =>
  [`${method}=${value}`, ...properties.filter(([, text]) => isPlain(text)).map(([name, text]) => `${name}=${text}`)].join(' ')

const isPlain = (text: string): boolean => text.length <= 253 && /^[a-z0-9_-]+(\.[a-z0-9_-]+)*$/i.test(text)
