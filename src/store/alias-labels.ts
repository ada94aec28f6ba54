// The labels that an account uses: what the filter of the list offers.
import type { Database } from './database.ts'

const mostLabels = 200

export const labelsOf = async (db: Database, accountId: string): Promise<readonly { readonly label: string; readonly aliases: number }[]> => {
  const rows = await db.selectFrom('aliases').select((eb) => ['label', eb.fn.countAll<string>().as('n')])
    .where('account_id', '=', accountId).where('label', 'is not', null)
    .groupBy('label').orderBy('n', 'desc').orderBy('label').limit(mostLabels).execute()
  return rows.map((row) => ({ label: row.label!, aliases: Number(row.n) }))
}
