// A place for chaos: a data folder with an embedded database that outlives each kill, a port that every start takes again, senders that
// send until they are answered 250, and what is asked of all of it at the end.
import { spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished } from 'vitest'
import { burnAlias } from '../../src/flow/burn-alias.ts'
import { createAccount } from '../../src/flow/create-account.ts'
import { createAlias } from '../../src/flow/create-alias.ts'
import { openDatabase, type Database } from '../../src/store/database.ts'
import { startEmbeddedPostgres } from '../../src/store/embedded-postgres.ts'
import { mailbox } from './mail-host.ts'
import type { NextHop } from './next-hop.ts'
import { startProgram, type Program } from './program.ts'
import { fateOf, sendTraced, type Answered, type Fate, type Traced } from './trace-letters.ts'
import { until } from './until.ts'
import { createTestHost } from './web-host.ts'

const main = fileURLToPath(new URL('../../src/main.ts', import.meta.url))

/** `npm run soak` makes it larger: messages and faults are multiplied by it. */
export const scale = Number(process.env['CHAOS_SCALE'] ?? 1)
const patience = { milliseconds: 60_000 * Math.max(1, scale) }

export type Place = {
  readonly data: string
  readonly env: Readonly<Record<string, string>>
  readonly port: number
  burnbox(...args: readonly string[]): string
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  server.close()
  await once(server, 'close')
  return port
}

/** `data`: a folder of the test's own, else one that goes with it. */
export async function makePlace(hop: NextHop, options: { readonly data?: string; readonly env?: Readonly<Record<string, string>> } = {}): Promise<Place> {
  const data = options.data ?? mkdtempSync(path.join(tmpdir(), 'burnbox-chaos-'))
  if (!options.data) onTestFinished(() => rmSync(data, { recursive: true, force: true }))
  const port = await freePort()
  const env = { BURNBOX_DOMAIN: 'burn.example', BURNBOX_RELAY: hop.url, BURNBOX_SMTP: `127.0.0.1:${port}`, BURNBOX_LOG: 'silent', ...options.env }
  return {
    data, env, port,
    burnbox: (...args) => {
      const { PATH = '', HOME = '' } = process.env
      const own = { PATH, HOME, BURNBOX_DATA: path.join(data, 'data'), ...env }
      const { status, stdout, stderr } = spawnSync(process.execPath, [main, ...args], { cwd: data, encoding: 'utf8', env: own })
      if (status !== 0) throw new Error(`burnbox ${args.join(' ')}: ${status} ${stderr}`)
      return stdout.trim()
    },
  }
}

/** One that forwards, both that do, one that is burned, and a mix: the recipients of letters, in turn. */
export function addPeople(place: Place): readonly (readonly string[])[] {
  place.burnbox('account', 'add', 'ann@home.example', '--inbox', 'ann@home.example')
  const [one, two, burned] = ['one', 'two', 'burned'].map((name) => place.burnbox('alias', 'new', 'ann@home.example', `${name}.example`))
  place.burnbox('alias', 'burn', burned!)
  return recipientsOf(one!, two!, burned!)
}

const SECRET = 'a secret for several processes'

/** A process on a database that others may use too. Ended at the end of the test. */
export async function programOn(hop: NextHop, url: string, env: Readonly<Record<string, string>> = {}): Promise<Program> {
  const program = await startProgram({
    BURNBOX_DOMAIN: 'burn.example', BURNBOX_SECRET: SECRET, DATABASE_URL: url, BURNBOX_RELAY: hop.url, BURNBOX_LOG: 'silent', ...env,
  })
  onTestFinished(() => program[Symbol.asyncDispose]())
  return program
}

/** As `addPeople`, in a database that is not ours alone. */
export async function peopleIn(db: Database): Promise<readonly (readonly string[])[]> {
  const host = createTestHost(db, { BURNBOX_DOMAIN: 'burn.example', BURNBOX_SECRET: SECRET })
  const ann = mailbox('ann@home.example')
  const { id: accountId } = await createAccount(host, { email: ann, role: 'operator', inboxes: [ann] })
  // They come with the minute, between the letters that are counted.
  await db.updateTable('account_settings').set({ notices: false }).execute()
  const make = (localPart: string) => createAlias(host, { accountId, site: null, label: null, note: null, displayName: null, pinned: false, localPart })
  const [one, two, burned] = [await make('one'), await make('two'), await make('burned')]
  await burnAlias(host, { accountId, uuid: burned.uuid })
  return recipientsOf(one.address, two.address, burned.address)
}

export const recipientsOf = (one: string, two: string, burned: string): readonly (readonly string[])[] =>
  [[one], [one, two], [two], [burned], [one, burned]]

export type Sending = {
  readonly answered: Answered
  /** Every reply that was neither 250 nor 354. */
  readonly done: Promise<readonly string[]>
  stop(): void
}

/** Every eleventh letter of those that forward is larger than what is kept in memory. */
export function sendAll(
  port: number, name: string, to: readonly (readonly string[])[], run: { readonly messages: number; readonly senders?: number },
): Sending {
  const { messages, senders = 10 } = run
  const stop = new AbortController()
  onTestFinished(() => stop.abort())
  const answered: Answered = new Map()
  const done = Promise.all(Array.from({ length: senders }, (_, sender) => {
    const letters = Array.from({ length: messages / senders }, (__, n): Traced => (
      { id: `${name.replaceAll(' ', '-')}-${sender}-${n}`, to: to[n % to.length]!, ...n % 11 === 10 && { kilobytes: 300 } }))
    return sendTraced(port, letters, answered, stop.signal)
  })).then((refusals) => refusals.flat())
  return { answered, done, stop: () => stop.abort() }
}

export const answeredSome = (sending: Sending, count: number): Promise<boolean> =>
  until(() => sending.answered.size >= count, `${count} letters to be answered`, patience)

/** What is due is worked off, or leased by a process that is gone. */
export const atRest = (db: Database): Promise<boolean> => until(async () => (await db.selectFrom('deliveries').select('id').where('state', '=', 'queued')
  .where('lease_until', 'is', null).where('next_attempt_at', '<=', new Date()).limit(1).execute()).length === 0, 'the queue to come to rest', patience)

/** What was deferred once comes again after a minute and a fifth; a fault may have deferred some. */
const afterFirstPause = { milliseconds: 150_000 * Math.max(1, scale) }
export const queueIsEmpty = (db: Database): Promise<boolean> =>
  until(async () => (await db.selectFrom('deliveries').select('id').limit(1).execute()).length === 0, 'the queue to be worked off', afterFirstPause)

export async function fateIn(place: Place, answered: Answered, hop: NextHop, rest = atRest): Promise<Fate> {
  await using postgres = await startEmbeddedPostgres(path.join(place.data, 'data'))
  const db = openDatabase(postgres.url, { max: 1 })
  try {
    await rest(db)
    return await fateOf(answered, hop, db)
  } finally {
    await db.destroy()
  }
}

/** `mostDuplicates`: two processes or a lost reply may leave some, nothing else may. */
export function expectNothingLost(name: string, fate: Fate, mostDuplicates = Infinity): void {
  console.log(`${name}: ${fate.expected} deliveries answered 250: ${fate.atSink} at the sink, ${fate.queued} queued, ${fate.held} held; `
    + `${fate.lost.length} lost, ${fate.duplicates} duplicates`)
  expect(fate.lost).toEqual([])
  expect(fate.damaged).toEqual([])
  expect(fate.twiceAtOnce).toEqual([])
  expect(fate.duplicates).toBeLessThanOrEqual(mostDuplicates)
}

/** Every letter was answered 250 in the end, and no sender was ever told that it is of no use. */
export async function expectAllAnswered(sending: Sending, messages: number): Promise<void> {
  expect((await sending.done).filter((reply) => reply.startsWith('5'))).toEqual([])
  expect(sending.answered.size).toBe(messages)
}
