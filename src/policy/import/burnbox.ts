// The archive of another Burnbox (docs/export.md): its addresses, and lines of the other lists, of which each is checked as anybody's file is.
import { lowerCased, parseMailbox, type Mailbox } from '../../mail/address.ts'
import type { AliasState } from '../alias.ts'
import { registrableDomain } from '../site.ts'
import { webhookEvents, type WebhookEvent } from '../webhook.ts'
import { listOf, objectOf, textOf } from './json.ts'
import { count, mailboxes, oneLine, row, time, unreadable, type ImportLine } from './row.ts'

export const burnboxAliases = (text: string): readonly ImportLine[] => text.split('\n').flatMap((line, place): ImportLine[] => {
  if (line.trim() === '') return []
  const alias = objectOf(parsed(line))
  const address = textOf(alias?.['address'])
  if (!alias || address === undefined) return [unreadable(place + 1, line, 'This line has no "address".')]
  const counts = objectOf(alias['counts']) ?? {}
  return [row(place + 1, address, {
    state: stateOf(alias['state']), site: registrableDomain(textOf(alias['site']) ?? '') ?? null, label: textOf(alias['label']) ?? null,
    note: textOf(alias['note']) ?? null, displayName: textOf(alias['display_name']) ?? null, pinned: alias['pinned'] === true,
    createdAt: time(alias['created_at']), burnedAt: time(alias['burned_at']), lastMessageAt: time(alias['last_message_at']),
    delivered: count(counts['delivered']), held: count(counts['held']), replied: count(counts['replied']),
    inboxes: mailboxes((listOf(alias['inboxes']) ?? []).flatMap((one) => textOf(one) ?? [])), threadKey: threadKeyIn(textOf(alias['thread_key'])),
  })]
})

/** 32 octets in base64url. */
const threadKeyIn = (text: string | undefined): string | null => text !== undefined && /^[\w-]{43}$/.test(text) ? text : null

const stateOf = (value: unknown): AliasState => value === 'burned' || value === 'closed' ? value : 'active'

export type RuleLine = {
  readonly alias: Mailbox
  readonly strangers: string | null
  readonly quiet: boolean
  readonly endsAt: Date | null
  readonly endsLeft: number | null
  readonly endsIdleDays: number | null
}

/** What an address asks of its mail; undefined where it asks nothing. */
export const ruleLine = (line: string): RuleLine | undefined => {
  const one = objectOf(parsed(line))
  const alias = mailbox(one?.['address'])
  const ends = objectOf(one?.['ends']) ?? {}
  const whole = (value: unknown, least: number, most: number): number | null =>
    typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most ? value : null
  const mode = textOf(one?.['strangers'])
  const rule = {
    strangers: mode === 'flag' || mode === 'hold' || mode === 'silent' ? mode : null, quiet: one?.['quiet'] === true, endsAt: time(ends['at']),
    endsLeft: whole(ends['messages_left'], 0, 1_000_000), endsIdleDays: whole(ends['idle_days'], 1, 3_650),
  }
  return alias && Object.values(rule).some((value) => value !== null && value !== false) ? { alias, ...rule } : undefined
}

export type CorrespondentLine = {
  readonly alias: Mailbox
  readonly address: Mailbox
  readonly name: string | null
  readonly reverseLocalPart: string
  readonly createdAt: Date | null
  readonly lastUsedAt: Date | null
  readonly writtenAt: Date | null
  readonly blockedAt: Date | null
}

/** Undefined: the line is nothing that could be taken. */
export const correspondentLine = (line: string): CorrespondentLine | undefined => {
  const one = objectOf(parsed(line))
  const [alias, address] = [mailbox(one?.['alias']), mailbox(one?.['address'])]
  const reverseLocalPart = textOf(one?.['reverse_local_part'])
  // As mail/reverse-alias makes them: nobody brings along a name that means something else here.
  if (!one || !alias || !address || reverseLocalPart === undefined || !/^r\.[a-z2-7]{26}$/.test(reverseLocalPart)) return undefined
  return {
    alias, address, reverseLocalPart, name: oneLine(textOf(one['name']), 100), createdAt: time(one['created_at']), lastUsedAt: time(one['last_used_at']),
    writtenAt: time(one['written_at']), blockedAt: time(one['blocked_at']),
  }
}

export type SenderLine = { readonly alias: Mailbox; readonly kind: string; readonly name: string; readonly origin: string; readonly unproven: boolean }

export const senderLine = (line: string): SenderLine | undefined => {
  const one = objectOf(parsed(line))
  const [alias, kind, origin, name] = [mailbox(one?.['alias']), textOf(one?.['kind']), textOf(one?.['origin']), oneLine(textOf(one?.['name']), 320)]
  if (!alias || !name || !['domain', 'address', 'signer'].includes(kind ?? '') || !['first', 'learned', 'owner'].includes(origin ?? '')) return undefined
  return { alias, kind: kind!, name: name.toLowerCase(), origin: origin!, unproven: one!['unproven'] === true }
}

export type WebhookLine = { readonly url: string; readonly events: readonly WebhookEvent[] }

/** What it may lead to is for this host to say (policy/webhook). */
export const webhookLine = (line: string): WebhookLine | undefined => {
  const one = objectOf(parsed(line))
  const [url, told] = [textOf(one?.['url']), listOf(one?.['events']) ?? []]
  const events = webhookEvents.filter((event) => told.includes(event))
  return url !== undefined && url.length <= 2_000 && events.length > 0 ? { url, events } : undefined
}

export const blockLine = (line: string): Mailbox | undefined => mailbox(objectOf(parsed(line))?.['address'])

export type HistoryLine = {
  readonly alias: Mailbox
  readonly at: Date
  readonly kind: string
  readonly deliveryId: string | null
  readonly reason: string | null
  readonly sender: string | null
  readonly reply: string | null
  readonly size: number | null
  readonly checks: string | null
  readonly thread: string | null
}
const historyKinds: ReadonlySet<string> = new Set(['created', 'burned', 'restored', 'closed', 'delivered', 'queued', 'deferred', 'held', 'released',
  'deleted', 'lapsed', 'let-go', 'bounced', 'refused', 'replied', 'failed'])

/** Of what happened to an address; what happened to the account stays where it did. */
export const historyLine = (line: string): HistoryLine | undefined => {
  const one = objectOf(parsed(line))
  const [alias, at, kind] = [mailbox(one?.['alias']), time(one?.['at']), textOf(one?.['kind'])]
  if (!one || !alias || !at || kind === undefined || !historyKinds.has(kind)) return undefined
  // Each import has a line of its own that says so.
  if (kind === 'created' && one['reason'] === 'import') return undefined
  const text = (name: string, most: number): string | null => oneLine(textOf(one[name]), most)
  const bigint = (name: string): string | null => {
    const digits = textOf(one[name])
    return digits !== undefined && /^\d{1,19}$/.test(digits) && BigInt(digits) < 2n ** 63n ? digits : null
  }
  const size = one['size']
  const checks = Object.entries(objectOf(one['checks']) ?? {}).flatMap(([method, result]) =>
    /^(?:spf|dkim|dmarc)$/.test(method) && /^[a-z]{1,16}$/.test(String(result)) ? [`${method}=${String(result)}`] : [])
  return {
    alias, at, kind, deliveryId: bigint('delivery'), reason: text('reason', 64), sender: text('from', 500), reply: text('reply', 1_000),
    size: typeof size === 'number' && Number.isSafeInteger(size) && size >= 0 ? size : null, checks: checks.join(' ') || null, thread: bigint('thread'),
  }
}

export type HeldFacts = {
  readonly id: string
  readonly alias: Mailbox
  readonly direction: string
  readonly reason: string
  readonly reasonText: string
  readonly heldAt: Date
  readonly burnedAt: Date | null
  readonly receivedAt: Date
  readonly reversePath: string
  readonly helo: string
  readonly clientIp: string
  readonly protocol: string
  readonly smtpUtf8: boolean
  readonly authenticated: boolean
  readonly authentication: string
  readonly spamScore: number | null
  readonly from: string
  readonly subject: string
}

export const heldLine = (line: string): HeldFacts | undefined => {
  const one = objectOf(parsed(line))
  const alias = mailbox(one?.['alias'])
  const [heldAt, receivedAt] = [time(one?.['held_at']), time(one?.['received_at'])]
  if (!one || !alias || !heldAt || !receivedAt) return undefined
  const text = (name: string, most: number): string => oneLine(textOf(one[name]), most) ?? ''
  const path = textOf(one['reverse_path']) ?? ''
  const score = one['spam_score']
  return {
    id: text('id', 64), alias, direction: text('direction', 8), reason: text('reason', 32), reasonText: text('reason_text', 1_000), heldAt, receivedAt,
    burnedAt: time(one['burned_at']), reversePath: path === '' ? '' : parseMailbox(path) ?? '', helo: text('helo', 255), clientIp: text('client_ip', 64),
    protocol: text('protocol', 16), smtpUtf8: one['smtp_utf8'] === true, authenticated: one['authenticated'] === true,
    authentication: text('authentication', 4_000), spamScore: typeof score === 'number' && Number.isFinite(score) ? score : null,
    from: text('from', 320), subject: text('subject', 1_000),
  }
}

const mailbox = (value: unknown): Mailbox | undefined => {
  const found = parseMailbox(textOf(value) ?? '')
  return found && lowerCased(found)
}

const parsed = (line: string): unknown => {
  try {
    return JSON.parse(line)
  } catch {
    return undefined
  }
}
