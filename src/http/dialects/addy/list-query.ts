// What a client may say about a list: `filter[deleted]=with`, `sort=-created_at`, `page[number]=2`, `page[size]=10`. An empty value is no filter.
import type { Context } from 'hono'
import type { AliasState } from '../../../policy/alias.ts'
import type { AliasColumn, AliasPageQuery } from '../../../store/alias-pages.ts'
import { isUuid } from '../../../store/uuid.ts'

const mostItems = 100
const mostPages = 1_000_000

const columns: Readonly<Record<string, AliasColumn>> = {
  local_part: 'address', email: 'address', domain: 'domain', active: 'state', created_at: 'created', updated_at: 'created', deleted_at: 'closed',
  emails_forwarded: 'delivered', emails_blocked: 'held', emails_replied: 'replied', emails_sent: 'replied',
  last_forwarded: 'last_message', last_blocked: 'last_message', last_replied: 'last_message', last_sent: 'last_message', last_used: 'last_message',
}

export type Paging = { readonly number: number; readonly size: number }

/** The Android app writes `filter[active]=` with the sign in the name, as PHP forgives. */
export const queryOf = (c: Context): ReadonlyMap<string, string> =>
  new Map([...new URL(c.req.url).searchParams].map(([name, value]) => [name.replace(/(?<=\])=$/, ''), value]))

export const pagingOf = (query: ReadonlyMap<string, string>): Paging => ({
  number: within(query.get('page[number]') ?? query.get('page'), 1, mostPages), size: within(query.get('page[size]'), mostItems, mostItems),
})

const within = (text: string | undefined, otherwise: number, most: number): number => {
  const number = Number.parseInt(text ?? '', 10)
  return number >= 1 ? Math.min(number, most) : otherwise
}

export const aliasQuery = (query: ReadonlyMap<string, string>): Omit<AliasPageQuery, 'accountId' | 'offset' | 'limit'> => {
  const sort = query.get('sort') ?? '-created_at'
  const inbox = query.get('filter[recipient]')
  return {
    q: (query.get('filter[search]') ?? '').replaceAll('\0', ' '), states: statesOf(query.get('filter[deleted]'), query.get('filter[active]')),
    pinned: flag(query.get('filter[pinned]')), inboxUuid: inbox && isUuid(inbox) ? inbox : undefined, domain: query.get('filter[domain]') || undefined,
    sort: columns[sort.replace(/^-/, '')] ?? 'created', descending: sort.startsWith('-'),
  }
}

const flag = (text: string | undefined): boolean | undefined => text === 'true' ? true : text === 'false' ? false : undefined

const statesOf = (deleted: string | undefined, active: string | undefined): readonly AliasState[] => {
  const known: readonly AliasState[] = deleted === 'only' ? ['closed'] : deleted === 'with' ? ['active', 'burned', 'closed'] : ['active', 'burned']
  const wanted = flag(active)
  return wanted === undefined ? known : known.filter((state) => (state === 'active') === wanted)
}
