// All that an account's aliases ever got, and how many of them there are.
import { sql } from 'kysely'
import type { Database } from './database.ts'

export type AccountTotals = { readonly aliases: number; readonly delivered: number; readonly held: number; readonly replied: number }

export const accountTotals = async (db: Database, accountId: string): Promise<AccountTotals> => {
  const { rows: [row] } = await sql<Record<keyof AccountTotals, string>>`
    select count(*) as aliases, coalesce(sum(delivered), 0) as delivered, coalesce(sum(held), 0) as held, coalesce(sum(replied), 0) as replied
    from alias_counts where account_id = ${accountId}`.execute(db)
  return { aliases: Number(row!.aliases), delivered: Number(row!.delivered), held: Number(row!.held), replied: Number(row!.replied) }
}
