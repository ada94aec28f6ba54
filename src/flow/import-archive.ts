// The rest of another Burnbox's archive, once its addresses are here: correspondents keep their reverse aliases, so that old mail in an inbox is
// still answered through them; held mail is held on. What was brought along before is not brought along twice.
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { fromFdPromise, type Entry, type ZipFile } from 'yauzl'
import { contentInMemory } from '../mail/content.ts'
import { endOfFields } from '../mail/header.ts'
import { readMbox } from '../mail/mbox.ts'
import type { Mailbox } from '../mail/address.ts'
import type { HoldReason } from '../policy/decide.ts'
import { blockLine, correspondentLine, heldLine, ruleLine, senderLine, type HeldFacts } from '../policy/import/burnbox.ts'
import { blockForAccount } from '../store/blocks.ts'
import type { Tx } from '../store/database.ts'
import { holdingUse, insertHeld } from '../store/holding.ts'
import { insertCorrespondents, insertExpectedSenders, isHeldAlready, ownAliases, setRules, type Own } from '../store/import-archive.ts'
import { insertMessage, type Protocol } from '../store/messages.ts'
import type { Host } from './host.ts'
import type { Run } from './import-batch.ts'
import type { ImportFile } from './import-file.ts'

const batchSize = 500
const mostLineLength = 100_000
const mostLines = 1_000_000
const mostHeld = 200_000
/** What holding holds of its own accord; a reply (direction 'out') knows its recipients by ids of the host that it comes from. */
const reasons: ReadonlySet<string> = new Set(['burned', 'refused', 'expired', 'unconfirmed', 'unauthentic', 'spam', 'stranger', 'blocked', 'report',
  'suspended',
  'no-inbox', 'closed', 'quiet', 'flood', 'unsupported'])
const protocols: ReadonlySet<string> = new Set(['SMTP', 'ESMTP', 'ESMTPS', 'UTF8SMTP', 'UTF8SMTPS'])

export const importArchive = async (host: Host, run: Run, file: ImportFile): Promise<void> => {
  const zip = await fromFdPromise(file.fd, { autoClose: false, lazyEntries: true })
  const entries = new Map<string, Entry>()
  for await (const entry of zip.eachEntry()) entries.set(entry.fileName, entry)
  const accountId = run.account.id
  const now = host.clock.now()

  await inBatches(zip, entries.get('aliases.jsonl'), ruleLine, (tx, lines) =>
    withOwn(tx, accountId, lines, (owned) => setRules(tx, owned, now)), host)
  await inBatches(zip, entries.get('correspondents.jsonl'), correspondentLine, (tx, lines) =>
    withOwn(tx, accountId, lines, (owned) => insertCorrespondents(tx, host.keys, accountId, owned, now)), host)
  await inBatches(zip, entries.get('expected-senders.jsonl'), senderLine, (tx, lines) =>
    withOwn(tx, accountId, lines, (owned) => insertExpectedSenders(tx, owned, now)), host)
  await inBatches(zip, entries.get('blocks.jsonl'), blockLine, async (tx, addresses) => {
    for (const address of addresses) await blockForAccount(tx, host.keys, accountId, address, now)
  }, host)
  await importHeld(host, accountId, zip, entries.get('held.jsonl'), entries.get('held.mbox'))
}

async function* linesOf<T>(zip: ZipFile, entry: Entry | undefined, read: (line: string) => T | undefined): AsyncGenerator<T> {
  if (!entry) return
  let looked = 0
  const stream: Readable = await zip.openReadStreamPromise(entry)
  for await (const line of createInterface({ input: stream, crlfDelay: Infinity })) {
    if (looked++ >= mostLines) return
    const one = line.length <= mostLineLength ? read(line) : undefined
    if (one !== undefined) yield one
  }
}

const inBatches = async <T>(
  zip: ZipFile, entry: Entry | undefined, read: (line: string) => T | undefined, insert: (tx: Tx, lines: readonly T[]) => Promise<void>, host: Host,
): Promise<void> => {
  let batch: T[] = []
  const flush = async (): Promise<void> => {
    const lines = batch
    batch = []
    if (lines.length > 0) await host.db.transaction().execute((tx) => insert(tx, lines))
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

const importHeld = async (host: Host, accountId: string, zip: ZipFile, facts: Entry | undefined, mbox: Entry | undefined): Promise<void> => {
  if (!mbox) return
  const known = new Map<string, HeldFacts>()
  for await (const one of linesOf(zip, facts, heldLine)) if (known.size < mostHeld) known.set(one.id, one)
  for await (const message of readMbox(await zip.openReadStreamPromise(mbox), host.config.maxMessageBytes)) {
    const [, id = ''] = /^X-Burnbox-Held: ([\w-]{1,64})\r\n/.exec(message?.subarray(0, 200).toString('latin1') ?? '') ?? []
    const one = known.get(id)
    if (!message || !one || one.direction !== 'in' || !reasons.has(one.reason)) continue
    await holdOn(host, accountId, one, message.subarray(message.indexOf('\n') + 1))
  }
}

const holdOn = (host: Host, accountId: string, one: HeldFacts, bytes: Buffer): Promise<void> => host.db.transaction().execute(async (tx) => {
  const alias = (await ownAliases(tx, accountId, [one.alias])).get(one.alias)
  if (!alias || await isHeldAlready(tx, alias.id, one.receivedAt, bytes.length)) return
  const use = await holdingUse(tx, accountId)
  if (use.total + bytes.length > use.quota) return
  const now = host.clock.now()
  const messageId = await insertMessage(tx, {
    receivedAt: one.receivedAt, reversePath: one.reversePath, helo: one.helo, clientIp: one.clientIp,
    protocol: (protocols.has(one.protocol) ? one.protocol : 'ESMTP') as Protocol, smtpUtf8: one.smtpUtf8, authenticated: one.authenticated,
    authentication: one.authentication, ...(one.spamScore !== null && { spamScore: one.spamScore }), from: one.from, subject: one.subject,
  }, contentInMemory(bytes, endOfFields(bytes), bytes.some((octet) => octet > 127)))
  await insertHeld(tx, {
    accountId, aliasId: alias.id, messageId, inboxId: null, reason: one.reason as HoldReason, reasonText: one.reasonText,
      at: one.heldAt < now ? one.heldAt : now,
    burnedAt: one.reason === 'burned' ? one.burnedAt ?? alias.burnedAt ?? one.heldAt : null, size: bytes.length, authenticated: one.authenticated,
  })
})
