// `npm run bench`: the running program beside Postfix, both from smtp-source into one smtp-sink, in turns, because a machine has moods
// and only the ratio within one run counts. Prints tables, and writes test/output/bench.json.
//   npm run bench -- --quick                  one pair of each, smaller
//   npm run bench -- --only kept              the scenarios with that in their name
//   npm run bench -- --only memory | drain     back-pressure alone, in place of the others
//   npm run bench -- --profile DIR            Burnbox alone, with a CPU profile into DIR at its end
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { availableParallelism, cpus, tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { hasTool } from '../support/tools.ts'
import { root, startBurnbox, type Burnbox } from './burnbox.ts'
import { benchDrain } from './drain.ts'
import { measureLatency, type Latency } from './latency.ts'
import { addManyAliases, manyAliases, measureSearch, median, numberedAlias, type SearchTime } from './many-aliases.ts'
import { postfixMissing, startPostfix, type Postfix } from './postfix.ts'
import { benchMemory } from './memory.ts'
import { peakBytes } from './processes.ts'
import { startSink, type Sink } from './smtp-sink.ts'
import type { Load } from './smtp-source.ts'
import { printTable } from './table.ts'
import { measureRun, medianRun, type Run, type Server } from './throughput.ts'

type Scenario = { readonly name: string; readonly load: Omit<Load, 'messages'>; readonly messages: readonly [burnbox: number, postfix: number] }
type Measured = {
  readonly name: string
  readonly burnbox: Run
  readonly postfix: Run | undefined
  readonly ratio: number | undefined
  readonly ratios: readonly number[]
}

const email = 'me@inbox.example'
const domain = 'burn.example'
const mustRatio = 2.5
const targetRatio = 4
const mostSearchMilliseconds = 50

const scenarios: readonly Scenario[] = [
  { name: '20 sessions, kept connections', load: { sessions: 20, kept: true }, messages: [6_000, 2_000] },
  { name: '100 sessions, kept connections', load: { sessions: 100, kept: true }, messages: [6_000, 2_000] },
  { name: '20 sessions, new connections', load: { sessions: 20, kept: false }, messages: [800, 1_500] },
  { name: '100 sessions, new connections', load: { sessions: 100, kept: false }, messages: [2_500, 1_500] },
  { name: 'kept, each to another alias', load: { sessions: 20, kept: true, numbered: true }, messages: [4_000, 2_000] },
]

const { values: options } = parseArgs({
  options: { quick: { type: 'boolean', default: false }, only: { type: 'string' }, profile: { type: 'string' }, messages: { type: 'string' } },
})
process.exitCode = await bench()

async function bench(): Promise<number> {
  if (!hasTool('postfix')) {
    console.error('smtp-source and smtp-sink are missing: install the Debian package postfix.')
    return 69
  }
  if (options.only === 'drain') return await benchDrain(Number(options.messages ?? 50_000), profiled()) ? 0 : 1
  if (options.only === 'memory') return await benchMemory(profiled()) ? 0 : 1
  const folder = await mkdtemp(join(tmpdir(), 'burnbox-bench-'))
  await chmod(folder, 0o711)      // Postfix's own user passes through
  const ends: (() => Promise<void>)[] = [() => rm(folder, { recursive: true, force: true })]
  try {
    const sink = await startSink()
    ends.push(sink.stop)
    const environment = { BURNBOX_RELAY: `smtp://127.0.0.1:${sink.port}`, BURNBOX_BENCH_BARE: 'true' }
    const burnbox = await startBurnbox({ ...environment, ...profiled() })
    ends.push(burnbox.stop)
    await burnbox.cli('account', 'add', email, '--operator')
    const alias = await burnbox.cli('alias', 'new', email, 'shop.example')
    const token = await burnbox.cli('token', 'add', email, '--name', 'bench', '--scope', 'read')
    await addManyAliases(burnbox, email)
    const postfix = await startRival(join(folder, 'postfix'), sink, alias)
    if (postfix) ends.push(postfix.stop)
    await report(burnbox, postfix, sink, alias, token)
    return 0
  } finally {
    for (const end of ends.reverse()) await end().catch((error: unknown) => console.error((error as Error).message))
  }
}

async function startRival(folder: string, sink: Sink, alias: string): Promise<Postfix | undefined> {
  if (options.profile !== undefined) return undefined
  const missing = postfixMissing()
  if (missing !== undefined) {
    console.log(`No comparison: ${missing}.`)
    return undefined
  }
  await mkdir(folder)
  const aliases = [alias, ...Array.from({ length: manyAliases }, (_, n) => `${n + 1}${numberedAlias}`)]
  return startPostfix(folder, { relayPort: sink.port, domain, inbox: email, aliases })
}

async function report(burnbox: Burnbox, postfix: Postfix | undefined, sink: Sink, alias: string, token: string): Promise<void> {
  const ours: Server = { name: 'Burnbox', port: burnbox.smtpPort, pid: burnbox.pid, databasePid: burnbox.postgresPid }
  const theirs: Server | undefined = postfix && { name: 'Postfix', port: postfix.port, pid: postfix.pid }
  console.log(`${new Date().toISOString().slice(0, 10)}, ${availableParallelism()} × ${cpus()[0]?.model ?? 'CPU'}, Node ${process.version}, `
    + `${postfix ? `Postfix ${postfix.version}` : 'no Postfix'}; `
    + `8 KB messages, ${manyAliases} aliases, delivered to smtp-sink; median of ${pairs()} in turns\n`)
  // The first messages pay for compiling, connecting and first sight; on both sides.
  for (const server of [ours, theirs]) if (server) await measureRun(server, sink, alias, { sessions: 20, kept: true, messages: 1_000 })

  const search = options.profile === undefined ? await measureSearch(burnbox, token) : []
  const latency = await measureLatencies([ours, theirs], alias)
  const throughput: Measured[] = []
  for (const scenario of scenarios) {
    if (options.only === undefined || scenario.name.includes(options.only)) throughput.push(await compare(scenario, ours, theirs, sink, alias))
  }
  const peak = peakBytes(burnbox.pid)
  printThroughput(throughput)
  printLatency(latency)
  console.log(`Peak memory: Burnbox's own process ${mebibytes(peak)}; whole trees, shared pages once, in the table above.\n`)
  printSearch(search)
  const output = join(root, 'test', 'output')
  await mkdir(output, { recursive: true })
  const told = { at: new Date(), cores: availableParallelism(), throughput, latency, search, peak }
  await writeFile(join(output, 'bench.json'), `${JSON.stringify(told, null, 2)}\n`)
}

function profiled(): Readonly<Record<string, string>> {
  return options.profile === undefined ? {} : { NODE_OPTIONS: `--cpu-prof --cpu-prof-dir=${resolve(options.profile)}` }
}

function pairs(): number {
  return options.quick ? 1 : 3
}

async function compare(scenario: Scenario, ours: Server, theirs: Server | undefined, sink: Sink, alias: string): Promise<Measured> {
  const recipient = scenario.load.numbered ? numberedAlias : alias
  const share = options.quick ? 0.5 : 1
  const runs: { burnbox: Run; postfix: Run | undefined }[] = []
  for (let pair = 0; pair < pairs(); pair += 1) {
    const load = (messages: number): Load => ({ ...scenario.load, messages: messages * share })
    const burnbox = await measureRun(ours, sink, recipient, load(scenario.messages[0]))
    const postfix = theirs && await measureRun(theirs, sink, recipient, load(scenario.messages[1]))
    runs.push({ burnbox, postfix })
  }
  const postfixRuns = runs.flatMap((run) => run.postfix ?? [])
  const ratios = runs.flatMap((run) => (run.postfix ? [run.burnbox.perSecond / run.postfix.perSecond] : []))
  return {
    name: scenario.name, burnbox: medianRun(runs.map((run) => run.burnbox)), postfix: postfixRuns.length > 0 ? medianRun(postfixRuns) : undefined,
    ratio: ratios.length > 0 ? median(ratios) : undefined, ratios,
  }
}

async function measureLatencies(servers: readonly (Server | undefined)[], alias: string): Promise<Record<string, Latency>> {
  const found: Record<string, Latency> = {}
  if (options.profile !== undefined) return found
  for (const server of servers) {
    if (server) found[server.name] = await measureLatency(server.port, alias, { messages: options.quick ? 150 : 500, perSecond: 50 })
  }
  return found
}

function printThroughput(measured: readonly Measured[]): void {
  const goal = (one: Measured): string => {
    if (one.ratio === undefined || !one.name.includes('sessions, kept')) return ''
    if (one.ratio >= targetRatio) return `target ${targetRatio} × reached`
    return one.ratio >= mustRatio ? `${mustRatio} × reached, target ${targetRatio} ×` : `BELOW ${mustRatio} ×`
  }
  printTable(
    ['delivered', 'Burnbox /s', 'Postfix /s', 'ratio', 'goal', 'CPU s per 1,000: Burnbox', '(of it Postgres)', 'Postfix', 'memory: Burnbox', 'Postfix'],
    measured.map((one) => [
      one.name, one.burnbox.perSecond.toFixed(0), one.postfix?.perSecond.toFixed(0) ?? '–',
      one.ratio === undefined ? '–' : `${one.ratio.toFixed(2)} ×`, goal(one),
      one.burnbox.cpu.toFixed(2), one.burnbox.databaseCpu.toFixed(2), one.postfix?.cpu.toFixed(2) ?? '–', mebibytes(one.burnbox.memory),
      one.postfix ? mebibytes(one.postfix.memory) : '–',
    ]),
  )
  console.log('New connections: smtp-server waits 100 ms before its greeting to catch early talkers, so 20 sessions make at most 200/s.\n')
}

function printLatency(latency: Readonly<Record<string, Latency>>): void {
  const entries = Object.entries(latency)
  if (entries.length === 0) return
  printTable(
    ['final dot to 250, 50/s, in ms', 'p50', 'p95', 'p99'],
    entries.map(([name, { p50, p95, p99 }]) => [name, p50.toFixed(2), p95.toFixed(2), p99.toFixed(2)]),
  )
  console.log('Burnbox says 250 when the sink has said it; Postfix when the message is in its queue.\n')
}

function printSearch(search: readonly SearchTime[]): void {
  if (search.length === 0) return
  printTable(
    [`search over ${manyAliases} aliases, HTTP, in ms`, 'median', 'found'],
    search.map((one) => [one.query, one.milliseconds.toFixed(1), String(one.found)]),
  )
  const times = search.map((one) => one.milliseconds)
  const worst = Math.max(...times)
  const goal = `goal ${mostSearchMilliseconds} ms: ${worst <= mostSearchMilliseconds ? 'reached' : 'NOT REACHED'}`
  console.log(`Typical ${median(times).toFixed(1)} ms, worst ${worst.toFixed(1)} ms; ${goal}`)
}

function mebibytes(bytes: number): string {
  return bytes === 0 ? '–' : `${(bytes / 2 ** 20).toFixed(0)} MB`
}
