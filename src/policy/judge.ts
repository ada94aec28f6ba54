// From what SPF, DKIM, DMARC and ARC found to what becomes of the message: RFC 9989 §5.3 (DMARC), RFC 8617 §7.2 (ARC); RELIABILITY choices 3 and 13.

/** RFC 8601 §2.7; `policy` is a DKIM signature that verifies but is not accepted: it leaves part of the body open, or is too weak. */
export type CheckResult = 'pass' | 'fail' | 'softfail' | 'neutral' | 'none' | 'policy' | 'temperror' | 'permerror'

export type DmarcPolicy = 'none' | 'quarantine' | 'reject'

/** `aligned`: were it a pass, DMARC would count it for this From. */
export type Authentication = {
  readonly fromDomain: string
  readonly spf: { readonly result: CheckResult; readonly domain: string; readonly identity: 'mailfrom' | 'helo'; readonly aligned: boolean }
  readonly dkim: readonly { readonly result: CheckResult; readonly domain: string; readonly selector: string; readonly aligned: boolean }[]
  /** `sealers`: the domains of the last set. `saysPass`: it says that DMARC passed when the message came to them. */
  readonly arc: { readonly result: 'none' | 'pass' | 'fail' | 'temperror'; readonly sealers: readonly string[]; readonly saysPass: boolean }
  /** `policy` undefined: there is none, or it could not be asked for. */
  readonly dmarc: { readonly result: CheckResult; readonly policy: DmarcPolicy | undefined }
}

export type Judgement =
  | { readonly kind: 'pass' }
  | { readonly kind: 'hold'; readonly reason: 'unauthentic' }
  | { readonly kind: 'refuse'; readonly reason: 'unauthentic' | 'dns-trouble' }

/** @param arcTrusted domains whose word about the message counts when its own signatures were broken on the way */
export const judge = (facts: Authentication, arcTrusted: readonly string[]): Judgement => {
  const { dmarc, arc } = facts
  if (dmarc.result === 'pass' || dmarc.policy === undefined || dmarc.policy === 'none') return { kind: 'pass' }
  const isTrusted = arc.sealers.length > 0 && arc.sealers.every((sealer) => arcTrusted.includes(sealer)) && arc.saysPass
  if (isTrusted && arc.result === 'pass') return { kind: 'pass' }
  // Holding loses nothing, so nobody needs to come again for it.
  if (dmarc.policy === 'quarantine') return { kind: 'hold', reason: 'unauthentic' }
  const couldStillPass = mayStillPass(facts) || (isTrusted && arc.result === 'temperror')
  return { kind: 'refuse', reason: couldStillPass ? 'dns-trouble' : 'unauthentic' }
}

const mayStillPass = ({ spf, dkim, dmarc }: Authentication): boolean =>
  dmarc.result === 'temperror' || [spf, ...dkim].some((check) => check.result === 'temperror' && check.aligned)

/** Its From is proven: by DMARC, or, where the domain publishes none, by what DMARC would have counted. */
export const isAuthenticated = ({ spf, dkim, dmarc }: Authentication): boolean =>
  dmarc.result === 'pass' || (dmarc.result === 'none' && [spf, ...dkim].some((check) => check.result === 'pass' && check.aligned))
