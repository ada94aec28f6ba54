// From what rspamd recommends to what becomes of the message (rspamd.com, "Rspamd protocol": action). Its words are advice: nothing is
// dropped, and nobody is told to come again, because we do no greylisting.

/** An action that is none of these is the operator's own name for one, and means nothing to us. */
export const spamActions = ['no action', 'greylist', 'soft reject', 'add header', 'rewrite subject', 'quarantine', 'discard', 'reject'] as const

export type SpamFact = { readonly action: (typeof spamActions)[number]; readonly score: number }

export type SpamVerdict =
  | { readonly kind: 'pass' }
  /** `always`: held whatever the threshold of an account. */
  | { readonly kind: 'tag'; readonly score: number; readonly always: boolean }
  | { readonly kind: 'refuse'; readonly reason: 'spam' }

const PASS: SpamVerdict = { kind: 'pass' }

/** @param fact undefined: it was not asked, or gave no answer */
export const judgeSpam = (fact: SpamFact | undefined): SpamVerdict => {
  switch (fact?.action) {
    case undefined: case 'no action': case 'greylist': case 'soft reject': return PASS
    case 'add header': case 'rewrite subject': return { kind: 'tag', score: fact.score, always: false }
    case 'quarantine': case 'discard': return { kind: 'tag', score: fact.score, always: true }
    case 'reject': return { kind: 'refuse', reason: 'spam' }
  }
}

/** @param threshold of the account; null: it holds no spam. Reached is enough, as with rspamd's own. */
export const isHeldAsSpam = (verdict: SpamVerdict, threshold: number | null): boolean =>
  verdict.kind === 'tag' && (verdict.always || (threshold !== null && verdict.score >= threshold))

/** The value of our X-Burnbox-Spam field, for the filters of a mail program. */
export const spamResult = (score: number): string => `yes; score=${Number(score.toFixed(2))}`
