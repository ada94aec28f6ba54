// A group as the server would tell it, made from an address and what was read of its mail.
import type { Alias, Held, HeldGroup } from '../api.ts'

export const groupOf = (alias: Alias, messages: readonly Held[]): HeldGroup => ({
  alias_id: alias.id,
  alias: alias.address,
  site: alias.site,
  label: alias.label,
  state: alias.state,
  burned_at: alias.burned_at,
  reasons: [...new Set(messages.map((message) => message.reason))],
  count: alias.holding,
  unread: messages.filter((message) => message.read_at === null).length,
  bytes: messages.reduce((sum, message) => sum + message.size, 0),
  oldest_at: messages.at(-1)?.held_at ?? alias.created_at,
  newest_at: messages[0]?.held_at ?? alias.created_at,
  expires_at: messages.at(-1)?.expires_at ?? alias.created_at,
})
