// What each kind of activity is called, and its icon.
import type { Activity } from '../api.ts'

const known: Readonly<Record<string, readonly [icon: string, words: string]>> = {
  created: ['plus', 'Address made'],
  burned: ['burned', 'Burned'],
  restored: ['undo', 'Restored'],
  closed: ['closed', 'Closed'],
  forgotten: ['trash', 'Forgotten'],
  delivered: ['check', 'Delivered'],
  queued: ['clock', 'Queued: your inbox did not take it at once'],
  deferred: ['clock', 'Deferred: your inbox said “try again later”'],
  held: ['holding', 'Held'],
  released: ['release', 'Released'],
  deleted: ['trash', 'Deleted by you'],
  lapsed: ['clock', 'Lapsed: kept for its time, then deleted'],
  'let-go': ['trash', 'Let go: Holding was full'],
  bounced: ['warn', 'Came back from your inbox’s server'],
  refused: ['closed', 'Refused'],
  replied: ['reply', 'You replied'],
  failed: ['warn', 'Not sent'],
}

const reasons: Readonly<Record<string, string>> = {
  burned: 'this address is burned',
  refused: 'your inbox refused it',
  expired: 'your inbox did not answer for 5 days',
  unconfirmed: 'it is unknown whether your inbox took it',
  unauthentic: 'the sender could not be verified',
  spam: 'it looks like spam',
  report: 'it is a report about mail, not mail',
  suspended: 'the account is suspended',
  'no-inbox': 'no verified inbox',
  closed: 'this address is closed',
  unsupported: 'your inbox’s server cannot take this form of mail',
  'would-reveal': 'sending it would show your inbox',
}

const came: Readonly<Record<string, string>> = {
  delayed: 'Your inbox’s server says that it will take longer',
  delivered: 'Your inbox’s server says that it was delivered',
  relayed: 'Your inbox’s server says that it was passed on',
  'auto-reply': 'Your inbox answered by itself; the answer went nowhere',
  complaint: 'Your inbox’s server reports that you called it spam',
}

export const reasonWords = (reason: string) => reasons[reason] ?? reason

export function activityWords(event: Activity): { readonly icon: string; readonly words: string } {
  if (event.kind === 'bounced' && event.reason && came[event.reason]) return { icon: 'info', words: came[event.reason]! }
  const [icon, words] = known[event.kind] ?? ['info', event.kind]
  return { icon, words: event.kind === 'held' && event.reason ? `${words}: ${reasonWords(event.reason)}` : words }
}
