// One process's worth of the mail path inside this one: ingress, worker and relay on real sockets and a real database, its time in the
// test's hand. Several of them on one database are several processes' worth of Burnbox.
//   const { url } = await createDatabase()
//   const mail = await openMailProcess(url, { relay: hop.url, clock: createFakeClock() })
//   const alias = await mail.alias(await mail.account('ann'))
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, onTestFinished } from 'vitest'
import { systemClock, type Clock } from '../../src/clock.ts'
import { readConfig, type Config, type Environment } from '../../src/config.ts'
import { insertWholeAccount } from '../../src/flow/create-account.ts'
import { createAlias } from '../../src/flow/create-alias.ts'
import type { Host } from '../../src/flow/host.ts'
import { createLog } from '../../src/log.ts'
import { parseMailbox, type Mailbox } from '../../src/mail/address.ts'
import { openHost, type OpenHost } from '../../src/open-host.ts'
import { certificateFiles, readCertificate, type CertificateFiles } from '../../src/smtp/certificate.ts'
import { openIngress, type Ingress } from '../../src/smtp/server.ts'
import type { Alias } from '../../src/store/aliases.ts'
import { startWorker, type Worker } from '../../src/worker/loop.ts'
import { listActivityRows, type ActivityRow } from './mail-rows.ts'
import { noDns } from './program.ts'
import { send, type Letter, type Sent } from './sender.ts'

export type Account = { readonly id: string; readonly inboxes: readonly string[] }

export type MailProcess = {
  readonly host: Host
  readonly opened: OpenHost
  readonly ingress: Ingress
  readonly port: number
  /** With these inboxes, verified: `name@home.example` unless told. */
  account(name: string, inboxes?: readonly string[]): Promise<Account>
  /** Leads to the account's first inbox, or to all of them. */
  alias(account: Account, options?: { readonly toAll?: boolean }): Promise<Alias>
  send(letter: Omit<Letter, 'message'> & { readonly message?: string | Buffer }): Promise<Sent>
  /** Of all accounts, oldest first. */
  activity(): Promise<readonly ActivityRow[]>
  /** Starts the worker of one that was opened without. */
  work(): void
  /** As SIGTERM does it; resolves when nothing of it is left. */
  stop(): Promise<void>
}

type Options = { readonly relay: string; readonly clock?: Clock; readonly env?: Environment; readonly worker?: boolean
  /** For all tests of the file: call it at its top. */
  readonly shared?: boolean
}

export const letter = (text = 'Hello', header = ''): string =>
  ['From: Shop <orders@shop.example>', 'To: you', `Subject: ${text}`, 'Date: Thu, 01 Jan 2026 00:00:00 +0000', 'Message-ID: <1@shop.example>',
    `${header}\r\n${text}\r\n`].join('\r\n')

/** Stopped when the test is finished (or the file), if the test did not. */
export async function openMailProcess(databaseUrl: string, options: Options): Promise<MailProcess> {
  const data = mkdtempSync(path.join(tmpdir(), 'burnbox-mail-'))
  const config = readConfig({
    BURNBOX_DOMAIN: 'burn.example', BURNBOX_SMTP: '127.0.0.1:0', BURNBOX_DATA: data, DATABASE_URL: databaseUrl, BURNBOX_RELAY: options.relay,
    BURNBOX_SECRET: 'a secret for tests only', BURNBOX_LOG: process.env['TEST_LOG'] ?? 'silent',
    BURNBOX_DNS: noDns, ...options.env,
  }, '/nonexistent')
  const opened = await openHost(config, createLog(config.logLevel), { clock: options.clock ?? systemClock })
  const { host } = opened
  const ingress = await openIngress(host, readCertificate(await (tls ??= makeCertificate(config))))
  let worker: Worker | undefined
  const work = (): void => {
    worker ??= startWorker(host)
    opened.onWake(worker.wake)
  }
  if (options.worker !== false) work()

  let stopped: Promise<void> | undefined
  const stop = (): Promise<void> => stopped ??= (async () => {
    opened.stop.stopping.abort()
    const finished = Promise.all([ingress.close(1_000), worker?.stopped])
    // Nobody moves the clock now, so what awaits a reply is stored at once.
    opened.stop.stopWaiting.abort()
    await finished
    await opened.close()
    rmSync(data, { recursive: true, force: true })
  })()
  if (options.shared) afterAll(stop)
  else onTestFinished(stop)

  return {
    host, opened, ingress, port: ingress.port, work, stop,
    account: async (name, inboxes = [`${name}@home.example`]) => {
      const id = await host.db.transaction().execute((tx) => insertWholeAccount(host, tx, {
        email: mailbox(`${name}@account.example`), role: 'member', inboxes: inboxes.map(mailbox),
      }))
      const rows = await host.db.selectFrom('inboxes').select('uuid').where('account_id', '=', id).orderBy('id').execute()
      return { id, inboxes: rows.map((row) => row.uuid) }
    },
    alias: (account, { toAll = false } = {}) => createAlias(host, {
      accountId: account.id, site: 'shop.example', label: null, note: null, displayName: null, pinned: false, inboxIds: toAll ? account.inboxes : undefined,
    }),
    send: (one) => send(ingress.port, { message: letter(), ...one }),
    activity: async () => {
      await host.recorder.flush()
      return listActivityRows(host.db)
    },
  }
}

const mailbox = (text: string): Mailbox => parseMailbox(text)!

/** One for all hosts of a file: making a key takes longer than a test. */
let tls: Promise<CertificateFiles> | undefined

/** Outside the data folder, which goes with its test. */
function makeCertificate(config: Config): Promise<CertificateFiles> {
  const data = mkdtempSync(path.join(tmpdir(), 'burnbox-tls-'))
  process.once('exit', () => rmSync(data, { recursive: true, force: true }))
  return certificateFiles({ ...config, data })
}
