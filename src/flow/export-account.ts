// Everything of an account as one archive, written while it is read: docs/export.md has the format, policy/export-readme its words for people.
import { Readable } from 'node:stream'
import { ZipFile } from 'yazl'
import { mboxMessage } from '../mail/mbox.ts'
import { csv } from '../policy/csv.ts'
import { exportReadme } from '../policy/export-readme.ts'
import { accountById, type Account } from '../store/accounts.ts'
import { rulesOf } from '../store/rules.ts'
import { listActivity } from '../store/activity-list.ts'
import { blocksOf } from '../store/blocks.ts'
import { domainsOf } from '../store/domains.ts'
import {
  aliasesAfter, correspondentsAfter, expectedSendersAfter, heldForExport, ownDomainKeys, type ExportedAlias, type ExportedHeld,
} from '../store/export-pages.ts'
import { inboxesOf } from '../store/inboxes.ts'
import { readMessage } from '../store/messages.ts'
import { webhooksOf } from '../store/webhooks.ts'
import type { Host } from './host.ts'
import { Problem } from './problem.ts'

export const EXPORT_VERSION = 1
const pageSize = 500

/** `withKeys`: with the private keys of the account's own domains; whoever calls has asked who it is. */
export const exportAccount = async (host: Host, accountId: string, options: { readonly withKeys: boolean }): Promise<Readable> => {
  const account = await accountById(host.db, accountId)
  if (!account) throw new Problem('not-found', 'This account is gone.')
  const at = host.clock.now()
  const held = await heldForExport(host.db, accountId)
  const files: readonly (readonly [name: string, content: AsyncIterable<string | Uint8Array>])[] = [
    ['README.txt', once(exportReadme({ host: host.domain, email: account.email, at, withKeys: options.withKeys }))],
    ['account.json', accountFile(host, account, at)],
    ['aliases.jsonl', lines(aliases(host, accountId), aliasJson)],
    ['aliases.csv', aliasesCsv(host, accountId)],
    ['correspondents.jsonl', correspondents(host, accountId)],
    ['expected-senders.jsonl', expectedSenders(host, accountId)],
    ['blocks.jsonl', blocks(host, accountId)],
    ['webhooks.jsonl', webhooks(host, accountId)],
    ['activity.jsonl', activity(host, accountId)],
    ['held.jsonl', lines(Readable.from(held), heldJson)],
    ['held.mbox', mbox(host, held)],
    ...options.withKeys ? [['dkim-keys.json', keyFile(host, accountId)] as const] : [],
  ]
  const zip = new ZipFile()
  // Each is opened when the one before is written: nothing is read that nobody takes.
  for (const [name, content] of files) {
    zip.addReadStreamLazy(name, { mtime: at, mode: 0o100600 }, (give) => give(null, Readable.from(content, { objectMode: false })))
  }
  zip.end()
  const output = zip.outputStream as Readable
  zip.on('error', (error: Error) => output.destroy(error))
  return output
}

async function* once(text: string): AsyncGenerator<string> {
  yield text
}

async function* lines<T>(all: AsyncIterable<T>, toJson: (one: T) => unknown): AsyncGenerator<string> {
  for await (const one of all) yield `${JSON.stringify(toJson(one))}\n`
}

async function* aliases(host: Host, accountId: string): AsyncGenerator<ExportedAlias> {
  for (let after = 0; ;) {
    const page = await aliasesAfter(host.db, host.keys, accountId, after, pageSize)
    yield* page
    if (page.length < pageSize) return
    after = page.at(-1)!.id
  }
}

const aliasJson = (alias: ExportedAlias) => ({
  address: alias.address, state: alias.state, site: alias.site, label: alias.label, note: alias.note, display_name: alias.displayName, pinned: alias.pinned,
  origin: alias.origin,
  created_at: alias.createdAt, burned_at: alias.burnedAt, closed_at: alias.closedAt, last_message_at: alias.lastMessageAt,
  counts: { delivered: alias.delivered, held: alias.held, replied: alias.replied }, inboxes: alias.inboxes.map(({ address }) => address),
  strangers: alias.strangerMail, quiet: alias.quiet,
  ends: { at: alias.endsAt, messages_left: alias.endsLeft, idle_days: alias.endsIdleDays }, thread_key: alias.threadSecret,
})

/** For spreadsheets: what begins like a formula gets an apostrophe. */
export async function* aliasesCsv(host: Host, accountId: string): AsyncGenerator<string> {
  yield csv([['address', 'state', 'site', 'label', 'note', 'inboxes', 'created_at', 'last_message_at', 'delivered', 'held', 'replied']])
  for await (const alias of aliases(host, accountId)) {
    yield csv([[
      alias.address, alias.state, alias.site, alias.label, alias.note, alias.inboxes.map(({ address }) => address).join(' '), alias.createdAt.toISOString(),
      alias.lastMessageAt?.toISOString() ?? null, alias.delivered, alias.held, alias.replied,
    ]])
  }
}

async function* correspondents(host: Host, accountId: string): AsyncGenerator<string> {
  for (let after = '0'; ;) {
    const page = await correspondentsAfter(host.db, host.keys, accountId, after, pageSize)
    yield* lines(Readable.from(page), (one) => ({
      alias: one.alias, address: one.address, name: one.name, reverse_local_part: one.reverseLocalPart, created_at: one.createdAt,
      last_used_at: one.lastUsedAt, written_at: one.writtenAt, blocked_at: one.blockedAt,
    }))
    if (page.length < pageSize) return
    after = page.at(-1)!.id
  }
}

async function* expectedSenders(host: Host, accountId: string): AsyncGenerator<string> {
  for (let after = '0'; ;) {
    const page = await expectedSendersAfter(host.db, accountId, after, pageSize)
    yield* lines(Readable.from(page), (one) => ({
      alias: one.alias, kind: one.kind, name: one.name, origin: one.origin, unproven: one.unproven, created_at: one.createdAt,
    }))
    if (page.length < pageSize) return
    after = page.at(-1)!.id
  }
}

async function* blocks(host: Host, accountId: string): AsyncGenerator<string> {
  for (let before: string | undefined; ;) {
    const page = await blocksOf(host.db, host.keys, { accountId, limit: pageSize, before })
    yield* lines(Readable.from(page), ({ address, at }) => ({ address, created_at: at }))
    if (page.length < pageSize) return
    before = page.at(-1)!.cursor
  }
}

/** Without their secrets: who has an archive cannot speak in the name of this host. */
async function* webhooks(host: Host, accountId: string): AsyncGenerator<string> {
  yield* lines(Readable.from((await webhooksOf(host.db, host.keys, accountId)).toReversed()), ({ url, events, enabled, createdAt }) => (
    { url, events, enabled, created_at: createdAt }))
}

async function* activity(host: Host, accountId: string): AsyncGenerator<string> {
  for (let before: string | undefined; ;) {
    const page = await listActivity(host.db, { accountId, limit: pageSize, ...(before !== undefined && { before }) })
    yield* lines(Readable.from(page.items), (one) => ({
      at: one.at, kind: one.kind, alias: one.aliasAddress, delivery: one.deliveryId, reason: one.reason, from: one.sender, reply: one.reply, size: one.size,
      checks: one.checks, thread: one.thread,
    }))
    if (page.next === null) return
    before = page.next
  }
}

const heldJson = (one: ExportedHeld) => ({
  id: one.id, alias: one.alias, direction: one.direction, reason: one.reason, reason_text: one.reasonText, held_at: one.heldAt, burned_at: one.burnedAt,
  read_at: one.readAt, received_at: one.receivedAt, reverse_path: one.reversePath, helo: one.helo, client_ip: one.clientIp, protocol: one.protocol,
  smtp_utf8: one.smtpUtf8, authenticated: one.authenticated, authentication: one.authentication, spam_score: one.spamScore, from: one.from,
  subject: one.subject, size: one.size,
})

/** A message that was released meanwhile has no bytes any more, and is left out. */
async function* mbox(host: Host, held: readonly ExportedHeld[]): AsyncGenerator<Buffer> {
  for (const one of held) {
    const bytes = readMessage(host.db, one.messageId)
    const { value: first, done } = await bytes.next()
    if (done) continue
    const message = (async function* () {
      yield first
      yield* bytes
    })()
    yield* mboxMessage({ reversePath: one.reversePath, at: one.receivedAt }, [`X-Burnbox-Held: ${one.id}`], message)
  }
}

async function* accountFile(host: Host, account: Account, at: Date): AsyncGenerator<string> {
  const [inboxes, domains, rules] = await Promise.all([inboxesOf(host.db, account.id), domainsOf(host.db, account.id), rulesOf(host.db, account.id)])
  const { id: _, defaultInboxId, suspendedAt: __, deleteAt: ___, leftAt: ____, createdAt, email, name, role, ...settings } = account
  yield JSON.stringify({
    format: 'burnbox-export', version: EXPORT_VERSION, exported_at: at, host: host.domain,
    account: { email, name, role, created_at: createdAt },
    settings: Object.fromEntries(Object.entries({ ...settings, ...rules }).map(([key, value]) => (
      [key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`), value]))),
    inboxes: inboxes.map((inbox) => ({
      address: inbox.address, verified: inbox.verifiedAt !== null, default: inbox.id === defaultInboxId, created_at: inbox.createdAt,
    })),
    domains: domains.filter(({ own }) => own).map((domain) => domain.name),
  }, null, 2)
}

async function* keyFile(host: Host, accountId: string): AsyncGenerator<string> {
  const keys = await ownDomainKeys(host.db, host.keys, accountId)
  yield JSON.stringify(keys.map(({ pkcs8, ...key }) => ({
    ...key, private_key: `-----BEGIN PRIVATE KEY-----\n${pkcs8.replace(/.{64}(?=.)/g, '$&\n')}\n-----END PRIVATE KEY-----\n`,
  })), null, 2)
}
