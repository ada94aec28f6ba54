// SPF (RFC 7208), DKIM (RFC 6376), ARC (RFC 8617) and DMARC (RFC 9989) of one message, by mailauth. Its types stay here: facts come out.
// Composed of its parts, so that SPF and DKIM ask at the same time and a signature that leaves the body open does not count.
import type { Readable } from 'node:stream'
import { arc as verifyArc } from 'mailauth/lib/arc/index.js'
import { dkimVerify } from 'mailauth/lib/dkim/verify.js'
import { dmarc as verifyDmarc } from 'mailauth/lib/dmarc/index.js'
import { spf as verifySpf } from 'mailauth/lib/spf/index.js'
import { getDomain } from 'tldts'
import type { Authentication, CheckResult, DmarcPolicy } from '../policy/judge.ts'
import { DnsError, type Resolve } from './resolver.ts'

export type Envelope = {
  readonly clientIp: string
  readonly helo: string
  /** Empty: the null reverse-path; then SPF asks for the HELO name (RFC 7208 §2.4). */
  readonly reversePath: string
  /** The one mailbox of the From. */
  readonly from: string
  readonly now: Date
}

/** Clocks differ; a signature made later than this is none (RFC 6376 §3.5, t=). */
const FUTURE_MS = 3_600_000

type Verified = Awaited<ReturnType<typeof dkimVerify>>

/** @param message undefined: it has no signature and no seal, so that there is nothing to read in it */
export const evaluate = async (message: Readable | Buffer | undefined, envelope: Envelope, resolve: Resolve): Promise<Authentication> => {
  const troubled = new Set<string>()
  const resolver = async (name: string, type: string): Promise<string[] | string[][]> => {
    try {
      return await resolve(name, type) as string[] | string[][]
    } catch (error) {
      if (!(error instanceof DnsError) || isTrouble(error)) troubled.add(name.toLowerCase())
      throw error
    }
  }
  const fromDomain = domainAfterAt(envelope.from)
  const sender = envelope.reversePath || `postmaster@${envelope.helo}`
  const [signatures, spf] = await Promise.all([
    message ? dkimVerify(message, { resolver, curTime: envelope.now, rejectRsaSha1: true, sender }) : unsigned,
    verifySpf({ resolver, ip: envelope.clientIp, helo: envelope.helo, sender: envelope.reversePath, mta: 'localhost', strict: true }),
  ])
  const dkim = signatures.results.filter((row) => row.signingDomain).map((row) => ({
    result: acceptable(row, envelope.now), domain: lower(row.signingDomain), selector: lower(row.selector),
  }))
  const chain = signatures.arc ? await verifyArc(signatures.arc as Parameters<typeof verifyArc>[0], { resolver }) : undefined
  const spfDomain = lower(spf.domain)
  const dmarc = await verifyDmarc({
    resolver, headerFrom: [envelope.from], fromFields: 1,
    spfDomains: spf.status.result === 'pass' ? [spfDomain] : [],
    dkimDomains: dkim.filter((one) => one.result === 'pass').map(({ domain }) => ({ domain })),
  })
  const strict = (dmarc && dmarc.alignment) || undefined
  return {
    fromDomain,
    spf: {
      result: check(spf.status.result), domain: spfDomain, identity: envelope.reversePath === '' ? 'helo' : 'mailfrom',
      aligned: aligns(spfDomain, fromDomain, strict?.spf?.strict),
    },
    dkim: dkim.map((one) => ({ ...one, aligned: aligns(one.domain, fromDomain, strict?.dkim?.strict) })),
    arc: arcFacts(chain, troubled),
    dmarc: { result: dmarc ? check(dmarc.status.result) : 'none', policy: dmarc ? policyOf(dmarc.policy) : undefined },
  }
}

export const isTrouble = (error: DnsError): boolean => error.code === 'ESERVFAIL' || error.code === 'ETIMEOUT'

const unsigned: { readonly results: Verified['results']; readonly arc?: Verified['arc'] } = { results: [] }

type Signature = Verified['results'][number]

/** E13, E14: what it does not cover anybody may have added. */
const acceptable = (row: Signature, now: Date): CheckResult => {
  if (row.status.result !== 'pass') return check(row.status.result)
  const isOpen = row.status.underSized !== undefined && row.status.underSized > 0
  const isFromTheFuture = Boolean(row.signTime) && Date.parse(row.signTime as string) > now.getTime() + FUTURE_MS
  return isOpen || isFromTheFuture ? 'policy' : 'pass'
}

type ArcField = { readonly parsed?: Readonly<Record<string, { readonly value?: unknown }>> }

/** mailauth calls every failure of a chain permanent; a key that could not be asked for is not. */
const arcFacts = (chain: Awaited<ReturnType<typeof verifyArc>> | undefined, troubled: ReadonlySet<string>): Authentication['arc'] => {
  const sets = (chain?.chain || []) as unknown as readonly Readonly<Record<string, ArcField>>[]
  const signed = sets.flatMap((set) => [set['arc-seal'], set['arc-message-signature']])
  const domainOf = (field: (typeof signed)[number]): string => lower(field?.parsed?.['d']?.value)
  const last = sets.at(-1)
  const sealers = last ? [...new Set([domainOf(last['arc-seal']), domainOf(last['arc-message-signature'])])] : []
  const found = chain?.status.result
  const hadTrouble = signed.some((field) => troubled.has(`${lower(field?.parsed?.['s']?.value)}._domainkey.${domainOf(field)}`))
  // E02: mailauth lets odd sets pass with a warning; other verifiers do not, and no set of ours may follow them.
  const isOdd = ((chain as { readonly warnings?: readonly string[] } | undefined)?.warnings ?? []).some((warning) => /^(arc|ams|tag)-/.test(warning))
  return {
    result: isOdd ? 'fail' : found === 'pass' ? 'pass' : found !== 'fail' ? 'none' : hadTrouble ? 'temperror' : 'fail',
    sealers,
    saysPass: saysDmarcPass(chain?.authenticationResults ?? last?.['arc-authentication-results']?.parsed),
  }
}

const saysDmarcPass = (results: Readonly<Record<string, unknown>> | undefined): boolean => {
  const dmarc = results?.['dmarc'] as { readonly result?: unknown; readonly value?: unknown } | undefined
  return lower(dmarc?.result ?? dmarc?.value) === 'pass'
}

const known: readonly string[] = ['pass', 'fail', 'softfail', 'neutral', 'none', 'policy', 'temperror', 'permerror'] satisfies CheckResult[]

const check = (result: unknown): CheckResult => (known.includes(String(result)) ? (result as CheckResult) : 'neutral')

const policyOf = (policy: unknown): DmarcPolicy | undefined =>
  (policy === 'none' || policy === 'quarantine' || policy === 'reject' ? policy : undefined)

/** Only for what could not be proven: what was, DMARC's own walk has judged. */
const aligns = (domain: string, fromDomain: string, strict: boolean | undefined): boolean =>
  domain === fromDomain || (strict !== true && domain !== '' && organizational(domain) === organizational(fromDomain))

const organizational = (domain: string): string => getDomain(domain) ?? domain

const lower = (value: unknown): string => (typeof value === 'string' ? value.toLowerCase().trim().replace(/\.$/, '') : '')

const domainAfterAt = (mailbox: string): string => lower(mailbox.slice(mailbox.lastIndexOf('@') + 1))
