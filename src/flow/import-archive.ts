// The rest of another Burnbox's archive, once its addresses are here: correspondents keep their reverse aliases, so that old mail in an inbox is
// still answered through them; held mail is held on. What was brought along before is not brought along twice.
import { fromFdPromise, type Entry, type ZipFile } from 'yauzl'
import type { Mailbox } from '../mail/address.ts'
import { blockLine, correspondentLine, historyLine, ruleLine, senderLine, webhookLine } from '../policy/import/burnbox.ts'
import { blockForAccount } from '../store/blocks.ts'
import type { Tx } from '../store/database.ts'
import { insertCorrespondents, insertExpectedSenders, insertHistory, ownAliases, setRules, type Own } from '../store/import-archive.ts'
import { noteProgress } from '../store/imports.ts'
import { linesOf, textOf } from './archive-files.ts'
import type { Host } from './host.ts'
import type { Run } from './import-batch.ts'
import type { ImportFile } from './import-file.ts'
import { importHeld } from './import-held.ts'
import { importSettings } from './import-settings.ts'
import { bringWebhooks } from './webhooks.ts'

const batchSize = 500

export const importArchive = async (host: Host, run: Run, file: ImportFile): Promise<void> => {
  const zip = await fromFdPromise(file.fd, { autoClose: false, lazyEntries: true })
  const entries = new Map<string, Entry>()
  for await (const entry of zip.eachEntry()) entries.set(entry.fileName, entry)
  const accountId = run.account.id
  const now = host.clock.now()

  const account = await textOf(zip, entries.get('account.json'))
  if (account !== '') await importSettings(host, run, account)
  await inBatches(host, run, zip, entries.get('aliases.jsonl'), ruleLine, (tx, lines) =>
    withOwn(tx, accountId, lines, (owned) => setRules(tx, owned, now)))
  await inBatches(host, run, zip, entries.get('correspondents.jsonl'), correspondentLine, (tx, lines) =>
    withOwn(tx, accountId, lines, (owned) => insertCorrespondents(tx, host.keys, accountId, owned, now)))
  await inBatches(host, run, zip, entries.get('expected-senders.jsonl'), senderLine, (tx, lines) =>
    withOwn(tx, accountId, lines, (owned) => insertExpectedSenders(tx, owned, now)))
  await inBatches(host, run, zip, entries.get('blocks.jsonl'), blockLine, async (tx, addresses) => {
    for (const address of addresses) await blockForAccount(tx, host.keys, accountId, address, now)
  })
  await inBatches(host, run, zip, entries.get('webhooks.jsonl'), webhookLine, (tx, lines) => bringWebhooks(host, tx, accountId, lines))
  await inBatches(host, run, zip, entries.get('activity.jsonl'), historyLine, (tx, lines) =>
    withOwn(tx, accountId, lines, (owned) => insertHistory(tx, accountId, owned, now)))
  await importHeld(host, run, zip, entries.get('held.jsonl'), entries.get('held.mbox'))
}

const inBatches = async <T>(
  host: Host, run: Run, zip: ZipFile, entry: Entry | undefined, read: (line: string) => T | undefined,
  insert: (tx: Tx, lines: readonly T[]) => Promise<void>,
): Promise<void> => {
  let batch: T[] = []
  const flush = async (): Promise<void> => {
    const lines = batch
    batch = []
    if (lines.length === 0) return
    await host.db.transaction().execute(async (tx) => {
      await insert(tx, lines)
      // It lives: nobody begins another one meanwhile.
      await noteProgress(tx, run.importId, { looked: 0, taken: 0, same: 0, notTaken: 0 }, host.clock.now())
    })
  }
  for await (const line of linesOf(zip, entry, read)) if (batch.push(line) >= batchSize) await flush()
  await flush()
}

/** Only of addresses that are the account's: what the archive says of others is nobody's business. */
const withOwn = async <T extends { readonly alias: Mailbox }>(
  tx: Tx, accountId: string, lines: readonly T[], insert: (owned: readonly (T & { readonly of: Own })[]) => Promise<void>,
): Promise<void> => {
  const own = await ownAliases(tx, accountId, lines.map(({ alias }) => alias))
  const owned = lines.flatMap((line) => {
    const of = own.get(line.alias)
    return of ? [{ ...line, of }] : []
  })
  if (owned.length > 0) await insert(owned)
}
