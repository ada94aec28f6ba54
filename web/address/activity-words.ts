// What each kind of activity is called, and its icon.
import type { Activity } from '../api.ts'

const known: Readonly<Record<string, readonly [icon: string, words: string]>> = {
  created: ['plus', 'Address made'],
  burned: ['burned', 'Burned'],
  restored: ['undo', 'Restored'],
  closed: ['closed', 'Closed'],
  forgotten: ['trash', 'Forgotten'],
  delivered: ['check', 'Delivered'],
  queued: ['clock', 'Queued: the other server did not take it at once'],
  deferred: ['clock', 'Deferred: the other server said “try again later”'],
  held: ['holding', 'Held'],
  released: ['release', 'Released'],
  deleted: ['trash', 'Deleted by you'],
  lapsed: ['clock', 'Lapsed: kept for its time, then deleted'],
  'let-go': ['trash', 'Let go: Holding was full'],
  bounced: ['warn', 'Came back from the other server'],
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
  'would-reveal': 'sending it would tell who you are',
  blocked: 'you blocked the sender',
}

/** Of a reply, or of somebody's try to send one. */
const refusals: Readonly<Record<string, string>> = {
  'reverse-alias': 'tried to send as this address. Nothing was sent',
  'reply-automatic': 'An automatic reply of your inbox was not sent on',
  'reply-burned': 'Your reply was not sent: this address is burned',
  'reply-closed': 'Your reply was not sent: this address is closed',
  'reply-suspended': 'Your reply was not sent: the account is suspended',
  correspondent: 'Their server refused your reply',
  unauthentic: 'Refused: the sender could not be verified',
  spam: 'Refused: it looks like spam',
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
  if (event.kind === 'refused' && event.reason && refusals[event.reason]) {
    return { icon: event.reason === 'reverse-alias' ? 'warn' : 'closed', words: refusals[event.reason]! }
  }
  const [icon, words] = known[event.kind] ?? ['info', event.kind]
  return { icon, words: event.kind === 'held' && event.reason ? `${words}: ${reasonWords(event.reason)}` : words }
}
