// What rspamd says, as JSON, to a fact (rspamd.com, "Rspamd HTTP reply"). Throws for what is no answer of it.
import { spamActions, type SpamFact } from '../policy/spam.ts'

export const readRspamdAnswer = (text: string): SpamFact => {
  const answer: unknown = JSON.parse(text)
  const { action, score } = (answer ?? {}) as { readonly action?: unknown; readonly score?: unknown }
  if (typeof action !== 'string' || typeof score !== 'number' || !Number.isFinite(score)) throw new Error('an answer without action and score')
  // Actions can be named by the operator; such a one means no more than that the message was looked at.
  return { action: spamActions.find((known) => known === action) ?? 'no action', score }
}
