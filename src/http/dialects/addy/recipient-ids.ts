// Which inboxes an alias leads to, as addy.io's clients say it: none named is the default one.
import { z } from '@hono/zod-openapi'
import { accountById } from '../../../store/accounts.ts'
import type { Database } from '../../../store/database.ts'
import { inboxesOf } from '../../../store/inboxes.ts'

export const RecipientIds = z.array(z.string().max(64)).max(20)

export const chosenInboxIds = async (db: Database, accountId: string, ids: readonly string[]): Promise<readonly string[]> => {
  if (ids.length > 0) return ids
  const [inboxes, account] = await Promise.all([inboxesOf(db, accountId), accountById(db, accountId)])
  return inboxes.filter(({ id }) => id === account?.defaultInboxId).map(({ uuid }) => uuid)
}
