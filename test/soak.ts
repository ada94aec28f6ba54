// `npm run soak`: what `npm test` holds in a small form, for longer. First test/chaos with more messages and more kills, then mutated messages,
// then one process under load for the rest of the time: its memory and its open files may not grow from round to round.
//   npm run soak -- --minutes 30          10 without it
//   npm run soak -- --no-chaos            without the first part
//   npm run soak -- --mutations 0         without the second; 100,000 without it
import { spawn } from 'node:child_process'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { root, startBurnbox, type Burnbox } from './bench/burnbox.ts'
import { median } from './bench/many-aliases.ts'
import { openFiles, residentBytes } from './bench/processes.ts'
import { startSink, type Sink } from './bench/smtp-sink.ts'
import { sendLoad } from './bench/smtp-source.ts'
import { printTable } from './bench/table.ts'
import { hasTool } from './support/tools.ts'
import { tryMutations } from './torture/mutations.ts'

type Sample = { readonly minute: number; readonly sent: number; readonly mebibytes: number; readonly files: number }

const email = 'me@inbox.example'
const restMilliseconds = 2_000      // idle connections and timers of the round come to rest
const leastLoadShare = 0.4
/** Between the second and the last quarter. A heap breathes; a leak of 1 KB a message would be over it in a minute. */
const mostGrowth = 1.25
const mostFilesMore = 10

const { values: options } = parseArgs({ options: { minutes: { type: 'string', default: '10' }, 'no-chaos': { type: 'boolean', default: false },
  mutations: { type: 'string', default: '100000' } } })
process.exitCode = await soak(Number(options.minutes))

async function soak(minutes: number): Promise<number> {
  if (!(minutes > 0)) {
    console.error('npm run soak -- --minutes N: N is a number above 0')
    return 64
  }
  if (!hasTool('postfix')) {
    console.error('smtp-source and smtp-sink are missing: install the Debian package postfix.')
    return 69
  }
  const start = performance.now()
  const chaos = options['no-chaos'] || await runChaos(minutes)
  const mutations = options.mutations === '0' || await tryMutations(Number(options.mutations))
  const passed = (performance.now() - start) / 60_000
  const load = await runLoad(Math.max(minutes - passed, minutes * leastLoadShare))
  return chaos && mutations && load ? 0 : 1
}

/** CHAOS_SCALE multiplies messages and kills of test/chaos. */
async function runChaos(minutes: number): Promise<boolean> {
  const scale = Math.max(1, Math.round(minutes / 4))
  const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs')
  const args = [vitest, 'run', '--project', 'chaos', `--testTimeout=${scale * 300_000}`]
  const child = spawn(process.execPath, args, { cwd: root, stdio: 'inherit', env: { ...process.env, CHAOS_SCALE: String(scale) } })
  return (await new Promise<number | null>((resolve) => child.once('exit', resolve))) === 0
}

async function runLoad(minutes: number): Promise<boolean> {
  const sink = await startSink()
  const burnbox = await startBurnbox({ BURNBOX_RELAY: `smtp://127.0.0.1:${sink.port}` }).catch(async (error: unknown) => {
    await sink.stop()
    throw error
  })
  try {
    const ended = burnbox.ended.then(() => { throw new Error(`Burnbox ended: ${burnbox.output().slice(-2_000)}`) })
    return await report(await Promise.race([loadRounds(burnbox, sink, minutes), ended]), burnbox)
  } finally {
    await burnbox.stop()
    await sink.stop()
  }
}

async function loadRounds(burnbox: Burnbox, sink: Sink, minutes: number): Promise<readonly Sample[]> {
  await burnbox.cli('account', 'add', email, '--operator')
  const alias = await burnbox.cli('alias', 'new', email, 'shop.example')
  const burned = await burnbox.cli('alias', 'new', email, 'burned.example')
  await burnbox.cli('alias', 'burn', burned)
  const token = await burnbox.cli('token', 'add', email, '--name', 'soak')
  const samples: Sample[] = []
  const start = performance.now()
  let sent = 0
  while ((performance.now() - start) / 60_000 < minutes) {
    await forward(3_000, true)
    await forward(300, false)
    await sendLoad(burnbox.smtpPort, burned, { messages: 200, sessions: 10, kept: true })
    sent += 200
    await readSome(burnbox, token)
    await wait(restMilliseconds)
    samples.push({ minute: (performance.now() - start) / 60_000, sent, mebibytes: residentBytes(burnbox.pid) / 2 ** 20, files: openFiles(burnbox.pid) })
  }
  return samples

  async function forward(messages: number, kept: boolean): Promise<void> {
    const goal = sink.count() + messages
    await Promise.all([sendLoad(burnbox.smtpPort, alias, { messages, sessions: 20, kept }), sink.reached(goal)])
    sent += messages
  }
}

/** A person looks at the lists and opens some of what is held. */
async function readSome(burnbox: Burnbox, token: string): Promise<void> {
  const get = async (path: string): Promise<{ readonly items?: readonly { readonly id: string }[] }> => {
    const answer = await fetch(`${burnbox.url}${path}`, { headers: { authorization: `Bearer ${token}` } })
    if (!answer.ok) throw new Error(`${path} answered ${answer.status}`)
    return await answer.json() as { items?: { id: string }[] }
  }
  await get('/v1/aliases?q=shop')
  await get('/v1/activity')
  const { items = [] } = await get('/v1/held?limit=5')
  for (const { id } of items) await get(`/v1/held/${id}`)
}

async function report(samples: readonly Sample[], burnbox: Burnbox): Promise<boolean> {
  const quarter = (n: number): readonly Sample[] =>
    samples.slice(Math.floor(samples.length * n / 4), Math.max(Math.floor(samples.length * (n + 1) / 4), 1))
  const [early, late] = [quarter(1), quarter(3)].map((part) => ({
    mebibytes: median(part.map((one) => one.mebibytes)), files: median(part.map((one) => one.files)),
  }))
  const shown = samples.filter((_, n) => n % Math.ceil(samples.length / 20) === 0 || n === samples.length - 1)
  printTable(
    ['minute', 'messages', 'memory, MB', 'open files'],
    shown.map((one) => [one.minute.toFixed(1), String(one.sent), one.mebibytes.toFixed(0), String(one.files)]),
  )
  const output = join(root, 'test', 'output')
  await mkdir(output, { recursive: true })
  await writeFile(join(output, 'soak.json'), `${JSON.stringify(samples, null, 2)}\n`)
  const memory = late!.mebibytes / early!.mebibytes
  const files = late!.files - early!.files
  const good = samples.length >= 4 && memory <= mostGrowth && files <= mostFilesMore
  const slopes = [slope(samples, (one) => one.mebibytes), slope(samples, (one) => one.files)].map((one) => one.toFixed(2))
  console.log(`${samples.at(-1)?.sent} messages, slope ${slopes[0]} MB and ${slopes[1]} files a minute`)
  console.log(`last quarter against the second: ${memory.toFixed(2)} × the memory, ${files} files more: ${good ? 'good' : 'GROWS, or too few rounds to tell'}`)
  if (/"level":(50|60)/.test(burnbox.output())) console.log(`errors in the log:\n${burnbox.output().slice(-2_000)}`)
  return good
}

/** Least squares over the second half, per minute: the first half fills caches. */
function slope(samples: readonly Sample[], pick: (sample: Sample) => number): number {
  const half = samples.slice(Math.floor(samples.length / 2))
  const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length
  const [x, y] = [mean(half.map((one) => one.minute)), mean(half.map(pick))]
  const spread = half.reduce((sum, one) => sum + (one.minute - x) ** 2, 0)
  return spread === 0 ? 0 : half.reduce((sum, one) => sum + (one.minute - x) * (pick(one) - y), 0) / spread
}
