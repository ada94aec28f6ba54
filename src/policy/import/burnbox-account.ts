// account.json of another Burnbox's archive: what of it means the same here. What may be had here (quota, limits, role) is not the archive's to say.
import { lowerCased, parseMailbox, type Mailbox } from '../../mail/address.ts'
import type { AddressFormat } from '../local-part.ts'
import { listOf, objectOf, textOf } from './json.ts'
import { oneLine } from './row.ts'

export type AccountFacts = {
  readonly settings: {
    readonly addressFormat?: AddressFormat
    readonly notices?: boolean
    readonly shareAnswers?: boolean
    readonly rewriteInvitations?: boolean
    readonly spamThreshold?: number | null
    readonly realName?: string
    readonly heldDays?: number
    readonly activityDays?: number
    readonly correspondentDays?: number
  }
  readonly defaultInbox: Mailbox | undefined
}

/** The limits are those of PATCH /v1/me. */
export const accountFacts = (text: string): AccountFacts => {
  const all = objectOf(parsed(text))
  const settings = objectOf(all?.['settings']) ?? {}
  const flag = (name: string) => typeof settings[name] === 'boolean' ? settings[name] : undefined
  const days = (name: string, least: number, most: number) => within(settings[name], least, most)
  const [format, threshold] = [textOf(settings['address_format']), settings['spam_threshold']]
  const chosen = (listOf(all?.['inboxes']) ?? []).map(objectOf).find((inbox) => inbox?.['default'] === true)
  const defaultInbox = parseMailbox(textOf(chosen?.['address']) ?? '')
  return {
    settings: present({
      addressFormat: format === 'company' || format === 'words' || format === 'letters' ? format : undefined,
      notices: flag('notices'), shareAnswers: flag('share_answers'), rewriteInvitations: flag('rewrite_invitations'),
      spamThreshold: threshold === null || (typeof threshold === 'number' && threshold >= 0 && threshold <= 1000) ? threshold : undefined,
      realName: oneLine(textOf(settings['real_name']), 100) ?? undefined,
      heldDays: days('held_days', 1, 365), activityDays: days('activity_days', 1, 3650), correspondentDays: days('correspondent_days', 30, 3650),
    }),
    defaultInbox: defaultInbox && lowerCased(defaultInbox),
  }
}

const within = (value: unknown, least: number, most: number): number | undefined =>
  typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most ? value : undefined

type Present<T> = { [K in keyof T]?: Exclude<T[K], undefined> }
const present = <T extends object>(of: T): Present<T> => Object.fromEntries(Object.entries(of).filter(([, value]) => value !== undefined)) as Present<T>

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
