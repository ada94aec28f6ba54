// The mail that Burnbox itself queued, as its reader sees it, oldest first.
import { simpleParser } from 'mailparser'
import type { Database } from '../../src/store/database.ts'

export type OwnMail = { readonly to: string; readonly subject: string; readonly text: string; readonly html: string; readonly link: string | undefined }

export async function ownMails(db: Database): Promise<readonly OwnMail[]> {
  const rows = await db.selectFrom('deliveries as d').innerJoin('message_chunks as c', 'c.message_id', 'd.message_id').select(['d.message_id', 'c.bytes'])
    .where('d.kind', '=', 'own').orderBy('d.message_id').orderBy('c.seq').execute()
  const messages = [...Map.groupBy(rows, (row) => row.message_id).values()].map((chunks) => Buffer.concat(chunks.map((chunk) => chunk.bytes)))
  return Promise.all(messages.map(async (bytes) => {
    const mail = await simpleParser(bytes)
    const to = [mail.to ?? []].flat().map((one) => one.text).join(', ')
    const text = mail.text ?? ''
    return { to, subject: mail.subject ?? '', text, html: mail.html || '', link: /https?:\/\/\S+#\S{20,}/.exec(text)?.[0] }
  }))
}

export async function forgetOwnMails(db: Database): Promise<void> {
  await db.deleteFrom('deliveries').where('kind', '=', 'own').execute()
}

export const tokenOfLink = (link: string | undefined): string => new URL(link!).hash.slice(1)
