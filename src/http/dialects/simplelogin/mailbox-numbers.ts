// SimpleLogin's clients know things by 32-bit integers. Inboxes are few: theirs are those of the table.
import { z } from '@hono/zod-openapi'
import { notFound, Problem } from '../../../flow/problem.ts'
import type { Database } from '../../../store/database.ts'
import { inboxesOf, type Inbox } from '../../../store/inboxes.ts'

const mostNumber = 2_147_483_647

/** An id in a path. What is no such number is an id that does not exist. */
export const numberOf = (id: string | undefined, what: string): number => {
  const number = /^\d{1,10}$/.test(id ?? '') ? Number(id) : 0
  if (number < 1 || number > mostNumber) throw notFound(what)
  return number
}

export const MailboxNumber = z.coerce.number().int().min(0).max(mostNumber)
export const Numbers = z.array(MailboxNumber).min(1, 'Choose at least one mailbox.').max(20)

export const inboxIdsOf = async (db: Database, accountId: string, numbers: readonly number[]): Promise<readonly string[]> => {
  const inboxes = await inboxesOf(db, accountId)
  return numbers.map((number) => {
    const inbox = inboxes.find(({ id }) => Number(id) === number)
    if (!inbox) throw new Problem('invalid', 'mailbox_ids: each must be the id of one of your mailboxes.')
    return inbox.uuid
  })
}

export const inboxByNumber = async (db: Database, accountId: string, number: number): Promise<Inbox> => {
  const inbox = (await inboxesOf(db, accountId)).find(({ id }) => Number(id) === number)
  if (!inbox) throw notFound('mailbox')
  return inbox
}
