// The connection to Postgres: a pool of which no query, lock or dead peer can hold its caller for more than 10 seconds,
// and the checks without which "answered 250" would promise nothing (RELIABILITY.md G1, F07, I01–I06).
import { AsyncLocalStorage } from 'node:async_hooks'
import { Kysely, PostgresDialect, sql } from 'kysely'
import type { Transaction } from 'kysely'
import pg from 'pg'
import type { DB } from './tables.ts'

export type Database = Kysely<DB>
export type Tx = Transaction<DB>

/** The database works, but must not be used: too old, not durable, or of a newer Burnbox. The message says which and what to do. */
export class DatabaseRefused extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'DatabaseRefused'
  }
}

const leastServerVersion = 15
// The server gives up first and keeps the connection healthy; the client's own limit is for a peer that answers nothing at all.
const acquireMilliseconds = 5_000
const statementMilliseconds = 8_000
const answerMilliseconds = 9_500
// A process that stops in the middle of a transaction must not keep its locks: longer than any transaction of ours.
const idleInTransactionMilliseconds = 60_000

const hurry = new AsyncLocalStorage<boolean>()

/** Queries inside `work` have no deadline on our side. For migrations, which may build an index for minutes. */
export function unhurried<T>(work: () => Promise<T>): Promise<T> {
  return hurry.run(false, work)
}

export function openDatabase(url: string, options: { readonly max: number; readonly applicationName?: string }): Database {
  // Not as start-up parameters: poolers such as pgbouncer refuse those.
  const limits = `set statement_timeout = ${statementMilliseconds}; set idle_in_transaction_session_timeout = ${idleInTransactionMilliseconds}`
  const pool = new pg.Pool({
    connectionString: url,
    Client: DeadlineClient,
    max: options.max,
    application_name: options.applicationName ?? 'burnbox',
    connectionTimeoutMillis: acquireMilliseconds,
    idleTimeoutMillis: 30_000,
    keepAlive: true,
    keepAliveInitialDelayMillis: 2_000,
    // Not Kysely's onCreateConnection: a connection that breaks in it is never given back, and after a few of them the pool is empty.
    onConnect: async (client) => void await client.query(limits),
  })
  // Without listeners a connection that the server closes is an uncaught 'error' and ends the process: idle ones report to the
  // pool, those in use to nobody (pg-pool takes its listener away while a client is out). The next query tells its caller anyway.
  pool.on('error', ignore)
  pool.on('connect', (client) => client.on('error', ignore))
  return new Kysely<DB>({ dialect: new PostgresDialect({ pool }) })
}

/** F07: throws DatabaseRefused unless what this database says it has committed survives a power cut. */
export async function checkDatabase(db: Database, options: { readonly unsafe: boolean }): Promise<void> {
  const { rows: [row] } = await sql<{ version: number; fsync: string; synchronous_commit: string; full_page_writes: string }>`
    select current_setting('server_version_num')::int as version, current_setting('fsync') as fsync,
      current_setting('synchronous_commit') as synchronous_commit, current_setting('full_page_writes') as full_page_writes`.execute(db)
  if (!row) throw new Error('the database answered nothing about itself')
  const version = Math.floor(row.version / 10_000)
  if (version < leastServerVersion) throw new DatabaseRefused(`DATABASE_URL: this is Postgres ${version}; Burnbox needs ${leastServerVersion} or newer`)
  const off = (['fsync', 'synchronous_commit', 'full_page_writes'] as const).filter((name) => row[name] === 'off')
  if (off.length > 0 && !options.unsafe) {
    throw new DatabaseRefused(`The database runs with ${off.map((name) => `${name}=off`).join(', ')}: mail that was accepted could be lost. `
      + 'Switch it on, or set BURNBOX_UNSAFE_DATABASE=true where losing mail does not matter (tests)')
  }
}

export class NotWritable extends Error {}

/** Throws NotWritable on a standby, or while the database is set to read-only (I05); anything else when it is away. */
export async function checkWritable(db: Database): Promise<void> {
  const { rows: [row] } = await sql<{ readOnly: boolean }>`
    select current_setting('transaction_read_only') = 'on' as "readOnly"
    from (select 1 from "user" limit 1) u right join (select 1) one on true`.execute(db)
  if (row?.readOnly !== false) throw new NotWritable('the database is read-only')
}

/** Texts that are asked again and again; a few dozen in all. */
const askedOften = new Set<string>()
const asked = new Map<string, number>()
const oftenTimes = 50
const mostKept = 100
const mostCounted = 1_000

/**
 * The server plans a statement that it keeps once and not at every question (routes with 20 sessions: planning was half of its CPU).
 * Only what is asked often: each kept plan costs memory in each connection, and texts of varying length would never end.
 */
function isKept(text: string): boolean {
  if (askedOften.has(text)) return true
  if (askedOften.size >= mostKept) return false
  const times = (asked.get(text) ?? 0) + 1
  if (times < oftenTimes) {
    if (asked.size >= mostCounted) asked.clear()
    asked.set(text, times)
    return false
  }
  asked.delete(text)
  askedOften.add(text)
  return true
}

/** Its plan no longer fits the tables, or it is on another connection of a pooler: SQLSTATE feature_not_supported, invalid_sql_statement_name. */
const isStale = (error: unknown): boolean => ['0A000', '26000'].includes(String((error as { code?: unknown }).code))

class DeadlineClient extends pg.Client {
  // One signature for pg's many: Kysely and this file use (text, values) with a promise, pg itself a trailing callback.
  override query(...args: unknown[]): any {
    const [text, values] = args
    const kept = args.length === 2 && typeof text === 'string' && Array.isArray(values) && values.length > 0 && isKept(text)
    const answer: unknown = (super.query as (...args: unknown[]) => unknown).apply(this, kept ? [{ name: nameOf(text), text, values }] : args)
    if (!(answer instanceof Promise) || hurry.getStore() === false) return answer
    const drop = (why: string): void => {
      const { stream } = (this as unknown as { connection: { stream: { destroy(error: Error): void } } }).connection
      stream.destroy(new Error(why))
    }
    // A late answer would be taken for the next query's: the connection has to go, and the pool drops it when it comes back.
    const timer = setTimeout(() => drop(`the database did not answer within ${answerMilliseconds} ms`), answerMilliseconds)
    return answer.catch((error: unknown) => {
      if (kept && isStale(error)) drop('a kept statement no longer fits')
      throw error
    }).finally(() => clearTimeout(timer))
  }
}

const names = new Map<string, string>()

function nameOf(text: string): string {
  const known = names.get(text)
  if (known !== undefined) return known
  const name = `kept_${names.size}`
  names.set(text, name)
  return name
}

function ignore(): void {}
