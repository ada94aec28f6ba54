// The same invariant as in kill.test.ts under other faults: what was answered 250 is at the sink, in the queue or in holding.
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { createAlias } from '../../src/flow/create-alias.ts'
import { createAccount } from '../../src/flow/create-account.ts'
import { openDatabase, type Database } from '../../src/store/database.ts'
import { startEmbeddedPostgres } from '../../src/store/embedded-postgres.ts'
import { makePlace, scale, tell, type Place } from '../support/chaos-place.ts'
import { createDatabase } from '../support/database.ts'
import { mailbox } from '../support/mail-host.ts'
import { openNextHop, type NextHop } from '../support/next-hop.ts'
import { startProgram, type Program } from '../support/program.ts'
import { fateOf, sendTraced, type Fate } from '../support/trace-letters.ts'
import { until } from '../support/until.ts'
import { createTestHost } from '../support/web-host.ts'

const SENDERS = 10

type Sending = { readonly answered: Set<string>; readonly done: Promise<readonly string[]>; readonly stop: () => void }

const sendAll = (port: number, name: string, messages: number, to: readonly (readonly string[])[]): Sending => {
  const stop = new AbortController()
  onTestFinished(() => stop.abort())
  const answered = new Set<string>()
  const done = Promise.all(Array.from({ length: SENDERS }, (_, sender) => {
    const letters = Array.from({ length: messages / SENDERS }, (__, n) => ({ id: `${name}-${sender}-${n}`, to: to[n % to.length]! }))
    return sendTraced(port, letters, answered, stop.signal)
  })).then((refusals) => refusals.flat())
  return { answered, done, stop: () => stop.abort() }
}

const answeredSome = (sending: Sending, count: number): Promise<boolean> =>
  until(() => sending.answered.size >= count, `${count} letters to be answered`, { milliseconds: 60_000 })

const addPeople = (place: Place): readonly (readonly string[])[] => {
  place.burnbox('account', 'add', 'ann@home.example', '--inbox', 'ann@home.example')
  const [one, two, burned] = ['one', 'two', 'burned'].map((name) => place.burnbox('alias', 'new', 'ann@home.example', `${name}.example`))
  place.burnbox('alias', 'burn', burned!)
  return [[one!], [one!, two!], [burned!]]
}

/** What is due is worked off, or leased by a process that is gone. */
const atRest = (db: Database): Promise<boolean> => until(async () => (await db.selectFrom('deliveries').select('id').where('state', '=', 'queued')
  .where('lease_until', 'is', null).where('next_attempt_at', '<=', new Date()).execute()).length === 0, 'the queue to come to rest', { milliseconds: 60_000 })

const nothingUnderWay = (db: Database): Promise<boolean> =>
  until(async () => (await db.selectFrom('deliveries').select('id').where('lease_until', 'is not', null).execute()).length === 0, 'the last attempt to end')

const fateIn = async (place: Place, answered: ReadonlySet<string>, hop: NextHop, rest = atRest): Promise<Fate> => {
  await using postgres = await startEmbeddedPostgres(path.join(place.data, 'data'))
  const db = openDatabase(postgres.url, { max: 1 })
  try {
    await rest(db)
    return await fateOf(answered, hop, db)
  } finally {
    await db.destroy()
  }
}

const expectNothingLost = async (name: string, sending: Sending, messages: number, fate: () => Promise<Fate>): Promise<void> => {
  expect((await sending.done).filter((reply) => reply.startsWith('5'))).toEqual([])
  expect(sending.answered.size).toBe(messages)
  const told = await fate()
  tell(name, messages, told)
  expect(told.lost).toEqual([])
}

test('F06 the database killed with -9 while mail comes and goes: started again, nothing that was answered 250 is lost', async () => {
  await using hop = await openNextHop()
  const place = await makePlace(hop)
  const to = addPeople(place)
  await using program = await startProgram(place.env, { data: place.data })
  const [messages, kills] = [100 * scale, scale]
  const sending = sendAll(program.smtpPort, 'postgres', messages, to)
  for (let kill = 1; kill <= kills; kill++) {
    await answeredSome(sending, Math.floor((kill / (kills + 1)) * messages))
    process.kill(Number(readFileSync(path.join(place.data, 'data', 'postgres', 'cluster', 'postmaster.pid'), 'utf8').split('\n')[0]), 'SIGKILL')
  }
  await expectNothingLost('kill -9 of Postgres', sending, messages, () => fateIn(place, sending.answered, hop))
})

test('F04 SIGTERM under load: out within 10 s with 0, started again, nothing lost', async () => {
  await using hop = await openNextHop()
  const place = await makePlace(hop)
  const to = addPeople(place)
  let program: Program = await startProgram(place.env, { data: place.data })
  const [messages, stops] = [150 * scale, 2 * scale]
  const sending = sendAll(place.port, 'sigterm', messages, to)
  try {
    for (let stop = 1; stop <= stops; stop++) {
      await answeredSome(sending, Math.floor((stop / (stops + 1)) * messages))
      process.kill(program.pid, 'SIGTERM')
      expect(await program.ended).toBe(0)
      program = await startProgram(place.env, { data: place.data })
    }
    await expectNothingLost('SIGTERM', sending, messages, () => fateIn(place, sending.answered, hop))
  } finally {
    await program[Symbol.asyncDispose]()
  }
})

test('G07 a next hop that accepts every fifth message and hangs up before its 250: kept as possibly delivered, never lost', async () => {
  let dots = 0
  await using hop = await openNextHop({ dot: () => (++dots % 5 === 0 ? 'close' : '250 2.0.0 Ok') })
  const place = await makePlace(hop)
  const to = addPeople(place)
  await using program = await startProgram(place.env, { data: place.data })
  const messages = 200 * scale
  const sending = sendAll(program.smtpPort, 'drops', messages, to)
  // It is in trouble at the end, so the queue waits for the next probe.
  await expectNothingLost('drops before the 250', sending, messages, () => fateIn(place, sending.answered, hop, nothingUnderWay))
})

test('two processes on one database, one killed with -9: the other goes on, nothing lost', async () => {
  const { db, url } = await createDatabase()
  const hop = await openNextHop()
  const env = { BURNBOX_DOMAIN: 'burn.example', BURNBOX_SECRET: 'a secret for two processes', DATABASE_URL: url, BURNBOX_RELAY: hop.url, BURNBOX_LOG: 'silent' }
  const [one, other] = [await startProgram(env), await startProgram(env)]
  try {
    const host = createTestHost(db, env)
    const ann = mailbox('ann@home.example')
    const { id: accountId } = await createAccount(host, { email: ann, role: 'operator', inboxes: [ann] })
    const alias = await createAlias(host, { accountId, site: null, label: null, note: null, displayName: null, pinned: false, localPart: 'shop-1' })
    const messages = 200 * scale
    const [doomed, spared] = [sendAll(one.smtpPort, 'doomed', messages, [[alias.address]]), sendAll(other.smtpPort, 'spared', messages, [[alias.address]])]
    await answeredSome(doomed, messages / 2)
    process.kill(one.pid, 'SIGKILL')
    await one.ended
    doomed.stop()
    await doomed.done
    await expectNothingLost('the spared process', spared, messages, async () => {
      await atRest(db)
      return fateOf(new Set([...doomed.answered, ...spared.answered]), hop, db)
    })
  } finally {
    await one[Symbol.asyncDispose]()
    await other[Symbol.asyncDispose]()
    await hop[Symbol.asyncDispose]()
  }
})
