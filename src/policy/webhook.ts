// Webhooks: what there is to tell, in which words, and how long a program that does not answer is called. A body names no inbox, no person who
// wrote and nothing of a message (case N11).

import { EXPIRES_AFTER_MS } from './backoff.ts'

export const webhookEvents = ['alias.created', 'alias.burned', 'stranger.seen', 'message.held'] as const
export type WebhookEvent = (typeof webhookEvents)[number]

export type WebhookCall = {
  readonly id: string
  readonly event: WebhookEvent | 'test'
  readonly at: Date
  readonly alias: { readonly id: string | null; readonly address: string | null } | null
  /** Why it was burned or held; whose domain a stranger has. */
  readonly detail: string | null
  /** Null also of a call from before ids were told. */
  readonly heldId: string | null
}

/** The same for each attempt, so that a receiver may compare bodies. */
export const webhookBody = ({ id, event, at, alias, detail, heldId }: WebhookCall): string => {
  const about = { id, event, at: at.toISOString(), ...alias && { alias } }
  switch (event) {
    case 'test': case 'alias.created': return JSON.stringify(about)
    case 'alias.burned': return JSON.stringify({ ...about, reason: detail })
    case 'message.held': return JSON.stringify({ ...about, reason: detail, held_id: heldId })
    case 'stranger.seen': return JSON.stringify({ ...about, organisation: detail })
  }
}

/** Steps between the tries are those of mail (policy/backoff). */
export const GIVE_CALLS_UP_AFTER_MS = 2 * 86_400_000
/** As mail expires: who was away for so long is told, and no longer called. */
export const SWITCH_OFF_AFTER_MS = EXPIRES_AFTER_MS

/** 'retrying' calls fail and are tried again · 'failing' some were given up · 'switched-off' by us, after days of that. */
export type WebhookState = 'on' | 'retrying' | 'failing' | 'off' | 'switched-off'

export const webhookState = (
  hook: { readonly enabled: boolean; readonly failingSince: Date | null; readonly givenUp: number; readonly switchedOffAt: Date | null },
): WebhookState => {
  if (!hook.enabled) return hook.switchedOffAt ? 'switched-off' : 'off'
  if (!hook.failingSince) return 'on'
  return hook.givenUp > 0 ? 'failing' : 'retrying'
}

export type CheckedUrl = { readonly kind: 'good'; readonly url: string } | { readonly kind: 'refused'; readonly why: string }

/** Where a name leads to is seen at each call; here is only what the text says. A number in any of its forms is an address by now (WHATWG URL). */
export const checkWebhookUrl = (text: string, allowPrivate: boolean, isPublic: (address: string) => boolean): CheckedUrl => {
  const url = URL.parse(text.trim())
  if (!url || !(url.protocol === 'https:' || (allowPrivate && url.protocol === 'http:'))) {
    return { kind: 'refused', why: allowPrivate ? 'Write an address that begins with https:// or http://.' : 'Write an address that begins with https://.' }
  }
  if (url.username !== '' || url.password !== '') return { kind: 'refused', why: 'Leave name and password out: each call is signed.' }
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1')
  const isAddress = host.includes(':') || /^[\d.]+$/.test(host)
  if (!allowPrivate && ((isAddress && !isPublic(host)) || /(^|\.)localhost\.?$/.test(host))) {
    return { kind: 'refused', why: 'This address is inside a private network, which this host does not call.' }
  }
  url.hash = ''
  return { kind: 'good', url: url.href }
}
