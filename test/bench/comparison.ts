// Burnbox and Postfix with the same loads, in turns, because a machine has moods and only the ratio within one run counts.
import { median, numberedAlias } from './many-aliases.ts'
import type { BenchOptions, Goal } from './part.ts'
import type { Load } from './smtp-source.ts'
import type { Stage } from './stage.ts'
import { printTable } from './table.ts'
import { measureRun, medianRun, type Run } from './throughput.ts'

export type Scenario = {
  readonly name: string
  readonly load: Omit<Load, 'messages'>
  readonly messages: readonly [burnbox: number, postfix: number]
  /** How many times Postfix's throughput. */
  readonly ratio?: { readonly must: number; readonly target: number }
}

export type Compared = {
  readonly name: string
  readonly burnbox: Run
  readonly postfix: Run | undefined
  readonly ratio: number | undefined
  readonly ratios: readonly number[]
}

export async function compareAll(
  title: string, stage: Stage, scenarios: readonly Scenario[], options: BenchOptions,
): Promise<{ readonly rows: readonly Compared[]; readonly goals: readonly Goal[] }> {
  // The first messages pay for compiling, connecting and first sight; on both sides.
  for (const server of [stage.ours, stage.theirs]) {
    if (server) await measureRun(server, stage.sink, stage.alias, { sessions: 20, kept: true, messages: options.quick ? 1_000 : 2_000 })
  }
  if (stage.theirs) console.log(`${title}, beside ${stage.theirs.name}`)
  const rows: Compared[] = []
  for (const scenario of scenarios) rows.push(await compare(scenario, stage, options))
  print(title, rows)
  return { rows, goals: rows.flatMap((row, index) => goalOf(title, row, scenarios[index]!)) }
}

async function compare(scenario: Scenario, { ours, theirs, sink, alias }: Stage, options: BenchOptions): Promise<Compared> {
  const recipient = scenario.load.numbered ? numberedAlias : alias
  const share = options.quick ? 0.5 : 1
  const runs: { burnbox: Run; postfix: Run | undefined }[] = []
  for (let pair = 0; pair < (options.quick ? 1 : 3); pair += 1) {
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

function goalOf(title: string, { name, ratio }: Compared, scenario: Scenario): Goal[] {
  if (ratio === undefined || !scenario.ratio) return []
  const { must, target } = scenario.ratio
  return [{
    what: `${title}: ${name}`, found: `${ratio.toFixed(2)} ×`, goal: `${must} ×`, reached: ratio >= must,
    target: { goal: `${target} ×`, reached: ratio >= target },
  }]
}

function print(title: string, rows: readonly Compared[]): void {
  printTable(
    [title, 'Burnbox /s', 'Postfix /s', 'ratio', 'CPU s per 1,000: Burnbox', '(of it Postgres)', 'Postfix', 'memory: Burnbox', 'Postfix'],
    rows.map((one) => [
      one.name, one.burnbox.perSecond.toFixed(0), one.postfix?.perSecond.toFixed(0) ?? '–',
      one.ratio === undefined ? '–' : `${one.ratio.toFixed(2)} ×`,
      one.burnbox.cpu.toFixed(2), one.burnbox.databaseCpu.toFixed(2), one.postfix?.cpu.toFixed(2) ?? '–', mebibytes(one.burnbox.memory),
      one.postfix ? mebibytes(one.postfix.memory) : '–',
    ]),
  )
}

export function mebibytes(bytes: number): string {
  return bytes === 0 ? '–' : `${(bytes / 2 ** 20).toFixed(0)} MB`
}
