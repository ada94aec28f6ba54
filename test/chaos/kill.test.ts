// F01 and F02, scaled: the program is killed with -9 while senders send and its worker delivers. What was answered 250 is at the sink,
// in the queue or in holding. Duplicates are possible for what was under way at a kill: counted and told, never asserted.
import path from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { openDatabase } from '../../src/store/database.ts'
import { startEmbeddedPostgres } from '../../src/store/embedded-postgres.ts'
import { makePlace, scale, tell, type Place } from '../support/chaos-place.ts'
import { openNextHop, type NextHop } from '../support/next-hop.ts'
import { startProgram, type Program } from '../support/program.ts'
import { fateOf, sendTraced } from '../support/trace-letters.ts'
import { until } from '../support/until.ts'

type Run = { readonly messages: number; readonly senders: number; readonly kills: number; readonly everyMs?: number }

/** Sends, kills and starts again; then lets the queue come to rest. Returns what is to be told of it. */
async function killWhileSending(hop: NextHop, place: Place, aliases: readonly (readonly string[])[], run: Run) {
  let program: Program = await startProgram(place.env, { data: place.data })
  const start = async (): Promise<void> => { program = await startProgram(place.env, { data: place.data }) }
  const stop = new AbortController()
  const answered = new Set<string>()
  const sending = Promise.all(Array.from({ length: run.senders }, (_, sender) => {
    const letters = Array.from({ length: run.messages / run.senders }, (__, n) => ({ id: `${sender}-${n}`, to: aliases[n % aliases.length]! }))
    return sendTraced(place.port, letters, answered, stop.signal)
  }))
  try {
    for (let kill = 1; kill <= run.kills; kill++) {
      const due = Math.floor((kill / (run.kills + 1)) * run.messages)
      await until(() => answered.size >= due, `${due} letters to be answered`, { milliseconds: 60_000 })
      process.kill(program.pid, 'SIGKILL')
      await program.ended
      await start()
    }
    const refusals = (await sending).flat()
    expect(refusals.filter((reply) => reply.startsWith('5'))).toEqual([])
    expect(answered.size).toBe(run.messages)
    // What was under way at the last kill is leased for up to 60 s more: in the queue it is, and there it counts.
    await using postgres = await startEmbeddedPostgres(path.join(place.data, 'data'))
    const db = openDatabase(postgres.url, { max: 1 })
    try {
      const due = async (): Promise<number> => (await db.selectFrom('deliveries').select('id').where('state', '=', 'queued').where('lease_until', 'is', null)
        .where('next_attempt_at', '<=', new Date()).execute()).length
      await until(async () => await due() === 0, 'the queue to come to rest', { milliseconds: 60_000 })
      return await fateOf(answered, hop, db)
    } finally {
      await db.destroy()
    }
  } finally {
    stop.abort()
    await program[Symbol.asyncDispose]()
  }
}

test('F01 500 messages from 10 senders, killed with -9 ten times: nothing that was answered 250 is lost', async () => {
  await using hop = await openNextHop()
  const place = await makePlace(hop)
  place.burnbox('account', 'add', 'ann@home.example', '--inbox', 'ann@home.example')
  const [one, two, burned] = ['one', 'two', 'burned'].map((name) => place.burnbox('alias', 'new', 'ann@home.example', `${name}.example`))
  place.burnbox('alias', 'burn', burned!)
  const to = [[one!], [one!, two!], [two!], [burned!], [one!, burned!]]
  const fate = await killWhileSending(hop, place, to, { messages: 500 * scale, senders: 10, kills: 10 * scale })
  tell('F01', 500 * scale, fate)
  expect(fate.lost).toEqual([])
})

test('F02 the same with a worker that delivers to a slow sink', async () => {
  await using hop = await openNextHop({ dot: async () => {
    await wait(50)      // the sink's own slowness, nothing waits for it by guess
    return '250 2.0.0 Ok'
  } })
  const place = await makePlace(hop)
  place.burnbox('account', 'add', 'ann@home.example', '--inbox', 'ann@home.example')
  const [one, two] = ['one', 'two'].map((name) => place.burnbox('alias', 'new', 'ann@home.example', `${name}.example`))
  const fate = await killWhileSending(hop, place, [[one!, two!]], { messages: 100 * scale, senders: 5, kills: 3 * scale })
  tell('F02', 100 * scale, fate)
  expect(fate.lost).toEqual([])
})
