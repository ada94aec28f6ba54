// Throughput, latency and search on one stage: bare (nothing judged, nothing signed), or equal work on both sides.
import { compareAll, mebibytes, type Scenario } from './comparison.ts'
import { measureLatency, type Latency } from './latency.ts'
import { manyAliases, measureSearch, median, type SearchTime } from './many-aliases.ts'
import type { BenchOptions, Goal, Part } from './part.ts'
import { peakBytes } from './processes.ts'
import { email, onStage, type Stage } from './stage.ts'
import { printTable } from './table.ts'

const bareRatio = { must: 3, target: 4 }
const bareScenarios: readonly Scenario[] = [
  { name: '20 sessions, kept connections', load: { sessions: 20, kept: true }, messages: [6_000, 2_000], ratio: bareRatio },
  { name: '50 sessions, kept connections', load: { sessions: 50, kept: true }, messages: [6_000, 2_000], ratio: bareRatio },
  { name: '100 sessions, kept connections', load: { sessions: 100, kept: true }, messages: [6_000, 2_000], ratio: bareRatio },
  { name: '20 sessions, new connections', load: { sessions: 20, kept: false }, messages: [800, 1_500] },
  { name: '100 sessions, new connections', load: { sessions: 100, kept: false }, messages: [2_500, 1_500] },
  { name: 'kept, each to another alias', load: { sessions: 20, kept: true, numbered: true }, messages: [4_000, 2_000] },
]
const equalRatio = { must: 3, target: 5 }
const equalScenarios: readonly Scenario[] = [
  { name: '20 sessions, kept connections', load: { sessions: 20, kept: true }, messages: [4_000, 1_500], ratio: equalRatio },
  { name: '50 sessions, kept connections', load: { sessions: 50, kept: true }, messages: [4_000, 1_500], ratio: equalRatio },
  { name: '100 sessions, kept connections', load: { sessions: 100, kept: true }, messages: [4_000, 1_500], ratio: equalRatio },
]
const mostSearchMilliseconds = 50
const latencyGoal = { p50: 5, p99: 25 }

export function bareForwarding(options: BenchOptions): Promise<Part> {
  return onStage('bare', options, async (stage) => {
    const { rows, goals } = await compareAll('bare', stage, chosen(bareScenarios, options, 'bare'), options)
    if (rows.some((row) => row.name.includes('new'))) {
      console.log('New connections: smtp-server waits 100 ms before its greeting to catch early talkers, so 20 sessions make at most 200/s.\n')
    }
    const search = options.profiled || !everything(options, 'bare') ? [] : await searchTimes(stage)
    console.log(`Peak memory of Burnbox's own process: ${mebibytes(peakBytes(stage.burnbox.pid))}.\n`)
    return { name: 'bare', goals: [...goals, ...search.length > 0 ? [printSearch(search)] : []], data: { rows, search } }
  })
}

export function equalForwarding(options: BenchOptions): Promise<Part> {
  return onStage('equal', options, async (stage) => {
    const { rows, goals } = await compareAll('equal work', stage, chosen(equalScenarios, options, 'equal'), options)
    const latency = options.profiled || !everything(options, 'equal') ? {} : await latencies(stage, options)
    const ours = latency['Burnbox']
    if (ours) printLatency(latency)
    return { name: 'equal', goals: [...goals, ...ours ? goalsOf(ours) : []], data: { rows, latency } }
  })
}

function goalsOf(latency: Latency): Goal[] {
  return (['p50', 'p99'] as const).map((at) => ({
    what: `latency at 50/s, judged and signed: ${at}`, found: `${latency[at].toFixed(1)} ms`, goal: `< ${latencyGoal[at]} ms`,
    reached: latency[at] < latencyGoal[at],
  }))
}

/** Whether the part is asked for as a whole. */
function everything({ only }: BenchOptions, part: string): boolean {
  return only === undefined || only === part
}

function chosen(scenarios: readonly Scenario[], options: BenchOptions, part: string): readonly Scenario[] {
  return everything(options, part) ? scenarios : scenarios.filter(({ name }) => name.includes(options.only!))
}

async function latencies({ ours, theirs, alias }: Stage, options: BenchOptions): Promise<Record<string, Latency>> {
  const found: Record<string, Latency> = {}
  for (const server of [ours, theirs]) {
    if (server) found[server.name] = await measureLatency(server.port, alias, { messages: options.quick ? 150 : 1_000, perSecond: 50 })
  }
  return found
}

function printLatency(latency: Readonly<Record<string, Latency>>): void {
  printTable(
    ['final dot to 250, 50/s, in ms', 'p50', 'p95', 'p99'],
    Object.entries(latency).map(([name, { p50, p95, p99 }]) => [name, p50.toFixed(2), p95.toFixed(2), p99.toFixed(2)]),
  )
  console.log('Burnbox says 250 when the sink has said it; Postfix when the message is in its queue.\n')
}

async function searchTimes({ burnbox }: Stage): Promise<readonly SearchTime[]> {
  return measureSearch(burnbox, await burnbox.cli('token', 'add', email, '--name', 'bench', '--scope', 'read'))
}

function printSearch(search: readonly SearchTime[]): Goal {
  printTable(
    [`search over ${manyAliases} aliases, HTTP, in ms`, 'median', 'found'],
    search.map((one) => [one.query, one.milliseconds.toFixed(1), String(one.found)]),
  )
  const times = search.map((one) => one.milliseconds)
  const worst = Math.max(...times)
  console.log(`Typical ${median(times).toFixed(1)} ms, worst ${worst.toFixed(1)} ms.\n`)
  return { what: 'search, worst', found: `${worst.toFixed(1)} ms`, goal: `<= ${mostSearchMilliseconds} ms`, reached: worst <= mostSearchMilliseconds }
}
