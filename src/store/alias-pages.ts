// Aliases by the page, as other products' clients ask for them: pinned ones first, by any column, with the number of all.
import type { AliasState } from '../policy/alias.ts'
import { pattern } from './alias-search.ts'
import { aliasOf, selectAliases, type Alias } from './aliases.ts'
import type { Database } from './database.ts'

const columns = {
  created: 'aliases.id', address: 'aliases.address', state: 'aliases.state', domain: 'aliases.domain_id', closed: 'aliases.closed_at',
  delivered: 'c.delivered', held: 'c.held', replied: 'c.replied', last_message: 'c.last_message_at',
} as const
export type AliasColumn = keyof typeof columns

export type AliasPageQuery = {
  readonly accountId: string
  readonly q?: string | undefined
  readonly states?: readonly AliasState[] | undefined
  readonly site?: string | undefined
  readonly pinned?: boolean | undefined
  readonly inboxUuid?: string | undefined
  readonly domain?: string | undefined
  readonly sort: AliasColumn
  readonly descending: boolean
  readonly offset: number
  readonly limit: number
}

export const aliasPage = async (db: Database, query: AliasPageQuery): Promise<{ readonly items: readonly Alias[]; readonly total: number }> => {
  const direction = query.descending ? 'desc' : 'asc'
  const [{ n }, ids] = await Promise.all([
    filtered(db, query).select((eb) => eb.fn.countAll<string>().as('n')).executeTakeFirstOrThrow(),
    filtered(db, query).select('aliases.id').orderBy('aliases.pinned', 'desc').orderBy(columns[query.sort], (o) => o[direction]().nullsLast())
      .orderBy('aliases.id', direction).offset(query.offset).limit(query.limit).execute(),
  ])
  const rows = ids.length === 0 ? [] : await selectAliases(db).where('aliases.id', 'in', ids.map(({ id }) => id)).execute()
  const byId = new Map(rows.map((row) => [row.id, aliasOf(row)]))
  return { items: ids.flatMap(({ id }) => byId.get(id) ?? []), total: Number(n) }
}

const filtered = (db: Database, query: AliasPageQuery) => {
  let select = db.selectFrom('aliases').innerJoin('alias_counts as c', 'c.alias_id', 'aliases.id').where('aliases.account_id', '=', query.accountId)
  for (const word of (query.q ?? '').toLowerCase().split(/\s+/).filter(Boolean)) select = select.where('aliases.search', 'like', pattern(word))
  if (query.states !== undefined) select = select.where('aliases.state', 'in', query.states)
  if (query.site !== undefined) select = select.where('aliases.site', '=', query.site)
  if (query.pinned !== undefined) select = select.where('aliases.pinned', '=', query.pinned)
  const { inboxUuid, domain } = query
  if (inboxUuid !== undefined) {
    select = select.where((eb) => eb.exists(eb.selectFrom('alias_inboxes as l').innerJoin('inboxes as i', 'i.id', 'l.inbox_id').select('l.alias_id')
      .whereRef('l.alias_id', '=', 'aliases.id').where('i.uuid', '=', inboxUuid)))
  }
  if (domain !== undefined) {
    select = select.where((eb) => eb.exists(eb.selectFrom('domains as d').select('d.id')
      .whereRef('d.id', '=', 'aliases.domain_id').where('d.name', '=', domain)))
  }
  return select
}
