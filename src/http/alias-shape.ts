// An alias as JSON: whole, brief for tokens that may only create, and with its plot in lists.
import { z } from '@hono/zod-openapi'
import type { Alias } from '../store/aliases.ts'
import { Time } from './shapes.ts'

export const AliasState = z.enum(['active', 'burned', 'closed'])
/** What becomes of a stranger's mail. */
export const StrangerMail = z.enum(['flag', 'hold', 'silent']).openapi({ description: 'Delivered with a mark, held, or delivered like any' })
const Count = z.number().int()

export const BriefAlias = z.object({
  id: z.string(), address: z.string().openapi({ example: 'shop-7kq2m@burn.example' }), state: AliasState,
  site: z.string().nullable(), label: z.string().nullable(),
})
export const FullAlias = BriefAlias.extend({
  note: z.string().nullable(), display_name: z.string().nullable(), pinned: z.boolean(),
  system: z.boolean().openapi({ description: 'postmaster and abuse: they cannot be burned, closed or deleted' }),
  inboxes: z.array(z.object({ id: z.string(), address: z.string(), verified: z.boolean() })),
  created_at: Time, burned_at: Time.nullable().openapi({ description: 'Its latest burn; stays when it is restored' }), last_message_at: Time.nullable(),
  holding: Count.openapi({ description: 'Messages that wait in holding now' }),
  strangers: Count.openapi({ description: 'Correspondents that it was not given to; 1,000 stand for more' }),
  stranger_mail: StrangerMail.nullable().openapi({ description: 'What becomes of their mail; null: as the account says' }),
  quiet: z.boolean().openapi({ description: 'Mail that went to many (List-*, Precedence: bulk, Feedback-ID) is held' }),
  ends_at: Time.nullable().openapi({ description: 'It burns then' }),
  ends_after: Count.nullable().openapi({ description: 'It burns after so many more messages' }),
  ends_idle_days: Count.nullable().openapi({ description: 'It burns after so many days without mail' }),
  made_up: z.object({
    from: z.string().nullable().openapi({ description: 'The domain of the reverse-path; null: the null reverse-path' }),
    host: z.string().openapi({ description: 'As it said in EHLO' }), ip: z.string(),
    suggested_site: z.string().nullable().openapi({ description: 'Who first wrote and could be proven, while it has no site' }),
    flooded: z.boolean().openapi({ description: 'It was made when enough of that day had been: its mail is held until it is restored' }),
  }).nullable().openapi({ description: 'The mail that made it, at created_at; null: its owner made it' }),
  counts: z.object({ delivered: Count, held: Count, replied: Count }),
}).openapi('Alias')
/** The days of a sparkline: one number a day (UTC), oldest first, the last one is today. */
export const Plot = z.object({ delivered: z.array(Count), held: z.array(Count), replied: z.array(Count) }).openapi('Plot')
export const ListedAlias = FullAlias.extend({ plot: Plot.optional().openapi({ description: 'With plot_days' }) }).openapi('ListedAlias')
const brief = { id: true, address: true, state: true, site: true, label: true } as const
export const CreatedAlias = FullAlias.partial().required(brief)
  .openapi('CreatedAlias', { description: 'With a create-only token: id, address, state, site and label alone' })
export const RestoredAlias = FullAlias.extend({
  released: Count.optional().openapi({ description: 'How many held messages were let go, when release_held was asked for' }),
  skipped: Count.optional().openapi({ description: 'How many stay held because they would show an inbox' }),
})

export const fullJson = (alias: Alias): z.input<typeof FullAlias> => ({
  ...briefJson(alias), note: alias.note, display_name: alias.displayName, pinned: alias.pinned, system: alias.system,
  inboxes: alias.inboxes.map(({ id, address, verified }) => ({ id, address, verified })),
  created_at: alias.createdAt.toISOString(), burned_at: alias.burnedAt?.toISOString() ?? null,
  last_message_at: alias.lastMessageAt?.toISOString() ?? null,
  holding: alias.holding, strangers: alias.strangers, stranger_mail: alias.strangerMail,
  quiet: alias.quiet, ends_at: alias.endsAt?.toISOString() ?? null, ends_after: alias.endsLeft, ends_idle_days: alias.endsIdleDays,
  made_up: alias.madeUpBy && { ...alias.madeUpBy, suggested_site: alias.suggestedSite, flooded: alias.flooded },
  counts: { delivered: alias.delivered, held: alias.held, replied: alias.replied },
})
export const briefJson = (alias: Alias): z.input<typeof BriefAlias> =>
  ({ id: alias.uuid, address: alias.address, state: alias.state, site: alias.site, label: alias.label })
