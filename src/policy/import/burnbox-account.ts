// account.json of another Burnbox's archive: what of it means the same here. What may be had here (quota, limits, role) is not the archive's to say.
import { lowerCased, parseMailbox, type Mailbox } from '../../mail/address.ts'
import type { BurnLinkMode } from '../burn-fields.ts'
import type { DigestEvery } from '../digest.ts'
import type { AddressFormat } from '../local-part.ts'
import type { StrangerMode } from '../stranger.ts'
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
  readonly rules: {
    readonly strangerMail?: StrangerMode
    readonly strangerSubject?: string
    readonly evidenceDays?: number
    readonly burnLink?: BurnLinkMode
    readonly banner?: boolean
    readonly digest?: DigestEvery
  }
  readonly defaultInbox: Mailbox | undefined
}

/** The limits are those of PATCH /v1/me and /v1/rules. */
export const accountFacts = (text: string): AccountFacts => {
  const all = objectOf(parsed(text))
  const settings = objectOf(all?.['settings']) ?? {}
  const flag = (name: string) => typeof settings[name] === 'boolean' ? settings[name] : undefined
  const days = (name: string, least: number, most: number) => within(settings[name], least, most)
  const threshold = settings['spam_threshold']
  const chosen = (listOf(all?.['inboxes']) ?? []).map(objectOf).find((inbox) => inbox?.['default'] === true)
  const defaultInbox = parseMailbox(textOf(chosen?.['address']) ?? '')
  return {
    settings: present({
      addressFormat: oneOf(settings['address_format'], ['company', 'words', 'letters']),
      notices: flag('notices'), shareAnswers: flag('share_answers'), rewriteInvitations: flag('rewrite_invitations'),
      spamThreshold: threshold === null || (typeof threshold === 'number' && threshold >= 0 && threshold <= 1000) ? threshold : undefined,
      realName: oneLine(textOf(settings['real_name']), 100) ?? undefined,
      heldDays: days('held_days', 1, 365), activityDays: days('activity_days', 1, 3650), correspondentDays: days('correspondent_days', 30, 3650),
    }),
    rules: present({
      strangerMail: oneOf(settings['stranger_mail'], ['flag', 'hold', 'silent']), burnLink: oneOf(settings['burn_link'], ['ours', 'theirs', 'off']),
      digest: oneOf(settings['digest'], ['weekly', 'daily', 'off']), banner: flag('banner'), evidenceDays: days('evidence_days', 0, 3650),
      strangerSubject: /^[!-~]{1,20}(?: [!-~]{1,20})?$/.exec(textOf(settings['stranger_subject']) ?? '')?.[0],
    }),
    defaultInbox: defaultInbox && lowerCased(defaultInbox),
  }
}

const oneOf = <T extends string>(value: unknown, choices: readonly T[]): T | undefined => choices.find((choice) => choice === value)

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
