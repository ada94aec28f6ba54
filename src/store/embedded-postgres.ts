// The built-in database: a real Postgres below BURNBOX_DATA, with its durability switched on. It runs in a session of its own,
// outlives a kill -9 of ours and is adopted by the next start; while we run, we watch it and start it again when it dies.
// On disk: postgres/{password, cluster/, server.log}.
import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, readFile, readdir, readlink, realpath, rename, rm, stat, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import pg from 'pg'
import type { Log } from '../log.ts'
import { runnerFor } from './postgres-binaries.ts'
import type { Runner } from './postgres-binaries.ts'

export type EmbeddedPostgres = AsyncDisposable & {
  readonly url: string
  /** True when this start found the database running, or left behind by a killed process, and logged in to it. */
  readonly adopted: boolean
}

export type EmbeddedOptions = {
  readonly log?: Log
  /** Server settings, for tests: `{ fsync: 'off' }`. */
  readonly settings?: Readonly<Record<string, string>>
}

/** The database cannot run here, and the message says what to do about it. */
export class EmbeddedPostgresFailed extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'EmbeddedPostgresFailed'
  }
}

type Place = { readonly folder: string; readonly cluster: string; readonly log: string; readonly password: string; readonly run: Runner }

const user = 'burnbox'
const keeperName = 'burnbox keeper'
const majorVersion = '18'
// After a kill -9 the children of the old postmaster live on for a moment, and Postgres refuses to start beside them.
const startMilliseconds = 30_000
const loginMilliseconds = 5_000
// A restart that is under way when we stop: SIGTERM promises an end within 10 s, and what it started is adopted next time.
const dyingMilliseconds = 3_000
const mostBackOffMilliseconds = 5_000
const mostLogBytes = 5 * 1024 * 1024
const settings: Readonly<Record<string, string>> = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  // Privacy: a DETAIL or a STATEMENT in the log may hold a real inbox.
  log_error_verbosity: 'terse',
  log_min_error_statement: 'panic',
  log_checkpoints: 'off',
}

/**
 * Makes the database on the first start, adopts the one that runs, else starts it (which recovers after a crash).
 * Disposing stops it, unless another client is connected: a command line beside a running service leaves it alone.
 */
export async function startEmbeddedPostgres(dataFolder: string, options: EmbeddedOptions = {}): Promise<EmbeddedPostgres> {
  const place = await prepare(dataFolder)
  const start = { ...settings, ...options.settings }
  const stopped = new AbortController()
  const first = await adoptOrStart(place, start, undefined, stopped.signal)
  let keeper = first.keeper
  let restart: Promise<void> | undefined

  // The connection that we keep is the watch: Postgres cannot die without it ending.
  function watch(): void {
    keeper.once('end', () => {
      if (stopped.signal.aborted) return
      restart = revive().finally(() => { restart = undefined })
    })
  }

  async function revive(): Promise<void> {
    for (let pause = 100; !stopped.signal.aborted; pause = Math.min(pause * 2, mostBackOffMilliseconds)) {
      try {
        const again = await adoptOrStart(place, start, first.port, stopped.signal)
        keeper = again.keeper
        watch()
        if (!again.adopted) options.log?.warn('the embedded database had stopped and was started again')
        return
      } catch (error) {
        if (stopped.signal.aborted) return
        options.log?.error({ err: error }, 'the embedded database has stopped and does not start; trying again')
        await wait(pause, undefined, { signal: stopped.signal }).catch(() => {})
      }
    }
  }

  watch()
  return {
    url: urlOf(first.port, await readPassword(place)),
    adopted: first.adopted,
    async [Symbol.asyncDispose]() {
      if (stopped.signal.aborted) return
      stopped.abort()
      if (restart) await Promise.race([restart, wait(dyingMilliseconds, undefined, { ref: false })])
      if (!await isAlone(keeper)) return void await keeper.end().catch(() => {})
      await keeper.end().catch(() => {})
      await place.run('pg_ctl', ['-D', place.cluster, '-w', '-t', '8', '-m', 'fast', 'stop']).catch((error: unknown) => {
        options.log?.error({ err: error }, 'the embedded database did not stop')
      })
    },
  }
}

async function prepare(dataFolder: string): Promise<Place> {
  const folder = join(dataFolder, 'postgres')
  try {
    await mkdir(dataFolder, { recursive: true, mode: 0o700 })
    if (!existsSync(folder)) await initialise(folder)
    for (const file of await readdir(dataFolder)) {
      // Left by a start that was killed half-way. Now that the real folder stands, nobody can still be using one.
      if (file.startsWith('postgres.new-')) await rm(join(dataFolder, file), { recursive: true, force: true })
    }
    const cluster = join(folder, 'cluster')
    const version = (await readFile(join(cluster, 'PG_VERSION'), 'utf8')).trim()
    if (version !== majorVersion) throw new EmbeddedPostgresFailed(`${cluster} was made by Postgres ${version}; this Burnbox brings ${majorVersion}`)
    const place = { folder, cluster, log: join(folder, 'server.log'), password: join(folder, 'password'), run: await runnerFor(folder) }
    await readPassword(place)
    return place
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code !== 'EACCES' && code !== 'EPERM' && code !== 'EROFS') throw error
    throw new EmbeddedPostgresFailed(`BURNBOX_DATA: ${dataFolder} belongs to another user or cannot be written (${code})`, { cause: error })
  }
}

// Made under another name and put in place whole: a start that is killed here, or a second one at the same time, does no harm.
async function initialise(folder: string): Promise<void> {
  const fresh = `${folder}.new-${randomBytes(6).toString('hex')}`
  await mkdir(fresh, { mode: 0o700 })
  const password = join(fresh, 'password')
  await writeFile(password, `${randomBytes(32).toString('base64url')}\n`, { mode: 0o600, flag: 'wx' })
  await writeFile(join(fresh, 'server.log'), '', { mode: 0o600 })
  try {
    const run = await runnerFor(fresh)
    // C.UTF-8: with the locale of the environment the database could become SQL_ASCII, or initdb fail on a locale that is not there.
    await run('initdb', ['-D', join(fresh, 'cluster'), '-U', user, `--pwfile=${password}`, '-A', 'scram-sha-256', '-E', 'UTF8', '--locale=C.UTF-8'])
    await rename(fresh, folder)
  } catch (error) {
    await rm(fresh, { recursive: true, force: true })
    if (!existsSync(folder)) throw error
  }
}

type Running = { readonly port: number; readonly keeper: pg.Client; readonly adopted: boolean }

async function adoptOrStart(place: Place, start: Readonly<Record<string, string>>, keptPort: number | undefined, signal: AbortSignal): Promise<Running> {
  const deadline = performance.now() + startMilliseconds
  for (let pause = 50; ; pause = Math.min(pause * 2, 1_000)) {
    signal.throwIfAborted()
    // Only a login proves that what runs there is ours and alive: after a kill -9 the pid may linger, or be another program's.
    const running = await readPort(place)
    if (running) {
      const keeper = await logIn(place, running).catch(() => undefined)
      if (keeper) return { port: running, keeper, adopted: true }
    }
    const port = keptPort ?? await freePort()
    try {
      await dropStalePid(place)
      await rotateLog(place)
      const flags = Object.entries({ ...start, port: String(port) }).map(([name, value]) => `-c ${name}='${value}'`).join(' ')
      await place.run('pg_ctl', ['-D', place.cluster, '-w', '-t', '20', '-l', place.log, '-o', flags, 'start'])
      return { port, keeper: await logIn(place, port), adopted: false }
    } catch (error) {
      if (performance.now() > deadline) {
        throw new EmbeddedPostgresFailed(`the embedded database does not start; ${await lastLine(place.log)} (more in ${place.log})`, { cause: error })
      }
      await wait(pause, undefined, { signal })
    }
  }
}

async function logIn(place: Place, port: number): Promise<pg.Client> {
  const client = new pg.Client({
    connectionString: urlOf(port, await readPassword(place)),
    application_name: keeperName,
    connectionTimeoutMillis: loginMilliseconds,
    keepAlive: true,
  })
  client.on('error', () => {})       // 'end' follows, and that is what the watch listens to
  await client.connect()
  return client
}

async function isAlone(keeper: pg.Client): Promise<boolean> {
  // Our own pool has just closed its connections, which the server notices a moment later.
  for (let attempt = 0; attempt < 40; attempt++) {
    if (attempt > 0) await wait(50)
    try {
      const { rows } = await keeper.query<{ application_name: string }>(
        `select application_name from pg_stat_activity where backend_type = 'client backend' and pid <> pg_backend_pid()`)
      if (rows.length === 0) return true
      if (rows.some((row) => row.application_name === keeperName)) return false
    } catch {
      return true                    // it is gone, or going: stopping it again does no harm
    }
  }
  return false
}

async function readPort(place: Place): Promise<number | undefined> {
  const lines = await pidFile(place)
  return Number(lines[3]) || undefined          // line 4 of postmaster.pid
}

async function pidFile(place: Place): Promise<readonly string[]> {
  return (await readFile(join(place.cluster, 'postmaster.pid'), 'utf8').catch(() => '')).split('\n')
}

// Postgres refuses to start while the pid in its file is alive, whosever it is by now. In a container, where pids are few and
// nobody reaps zombies, that would need a person. A postmaster works in its data folder, so one that doesn't is not one;
// the shared memory, which is found by the folder's inode, still keeps us from starting beside living children of it.
async function dropStalePid(place: Place): Promise<void> {
  const pid = Number((await pidFile(place))[0])
  if (process.platform !== 'linux' || !pid || !existsSync(`/proc/${pid}`)) return
  const folder = await readlink(`/proc/${pid}/cwd`).catch((error: NodeJS.ErrnoException) => error.code === 'ENOENT' ? 'none' : undefined)
  if (folder !== undefined && folder !== await realpath(place.cluster)) await rm(join(place.cluster, 'postmaster.pid'), { force: true })
}

async function rotateLog(place: Place): Promise<void> {
  const size = await stat(place.log).then((file) => file.size, () => 0)
  if (size > mostLogBytes) await rename(place.log, `${place.log}.1`)
}

async function lastLine(path: string): Promise<string> {
  const lines = (await readFile(path, 'utf8').catch(() => '')).trim().split('\n')
  return lines.findLast((line) => /FATAL|PANIC|ERROR/.test(line)) ?? lines.at(-1) ?? 'its log is empty'
}

async function readPassword(place: Pick<Place, 'password'>): Promise<string> {
  return (await readFile(place.password, 'utf8')).trim()
}

// sslmode is said, so that PGSSLMODE in the environment does not ask it of a server on loopback.
function urlOf(port: number, password: string): string {
  return `postgres://${user}:${password}@127.0.0.1:${port}/postgres?sslmode=disable`
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}
