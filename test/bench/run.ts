// `npm run bench`: the running program beside Postfix, both from smtp-source into one smtp-sink; then what the mail path must bear.
// Prints tables and which goals are reached, and writes test/output/bench.json. Exit code 1 when one is not.
//   npm run bench -- --quick                  one pair of each, smaller; without drain, memory and growth
//   npm run bench -- --only equal             one part: bare, equal, drain (or backpressure), memory, growth, replies, strangers, web, import, sign-in
//   npm run bench -- --only "50 sessions"     the scenarios with that in their name
//   npm run bench -- --profile DIR            Burnbox alone, with CPU profiles into DIR at its end
import { mkdir, writeFile } from 'node:fs/promises'
import { availableParallelism, cpus } from 'node:os'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { installTools } from '../support/install-tools.ts'
import { hasTool } from '../support/tools.ts'
import { root } from './burnbox.ts'
import { drain } from './drain.ts'
import { endOnSignals } from './ends.ts'
import { bareForwarding, equalForwarding } from './forwarding.ts'
import { growth } from './growth.ts'
import { importRows } from './import.ts'
import { manyAliases } from './many-aliases.ts'
import { largeMessages } from './memory.ts'
import { printGoals, type BenchOptions, type Part } from './part.ts'
import { printProfiles } from './profile.ts'
import { replies } from './replies.ts'
import { signInTimes } from './sign-in.ts'
import { strangers } from './strangers.ts'
import { webPages } from './web.ts'

type Entry = { readonly name: string; readonly run: (options: BenchOptions) => Promise<Part>; readonly quick: boolean; readonly scenarios: boolean }

const parts: readonly Entry[] = [
  { name: 'bare', run: bareForwarding, quick: true, scenarios: true },
  { name: 'equal', run: equalForwarding, quick: true, scenarios: true },
  { name: 'drain', run: drain, quick: false, scenarios: false },
  { name: 'memory', run: largeMessages, quick: false, scenarios: false },
  { name: 'growth', run: growth, quick: false, scenarios: false },
  { name: 'replies', run: replies, quick: false, scenarios: false },
  { name: 'strangers', run: strangers, quick: false, scenarios: false },
  { name: 'import', run: importRows, quick: false, scenarios: false },
  { name: 'web', run: webPages, quick: false, scenarios: false },
  { name: 'sign-in', run: signInTimes, quick: false, scenarios: false },
]

const { values } = parseArgs({
  options: { quick: { type: 'boolean', default: false }, only: { type: 'string' }, profile: { type: 'string' }, messages: { type: 'string' } },
})
endOnSignals()
process.exitCode = await bench()

async function bench(): Promise<number> {
  for (const [tool, reason] of installTools(['postfix', 'opendkim', 'opendmarc', 'postsrsd'])) console.log(`Not there: ${tool} (${reason}).`)
  if (!hasTool('postfix')) {
    console.error('smtp-source and smtp-sink are missing: install the Debian package postfix.')
    return 69
  }
  const options: BenchOptions = {
    quick: values.quick, only: values.only, profiled: values.profile !== undefined,
    environment: values.profile === undefined ? {} : { NODE_OPTIONS: `--cpu-prof --cpu-prof-dir=${resolve(values.profile)}` },
    messages: values.messages === undefined ? undefined : Number(values.messages),
  }
  console.log(`${new Date().toISOString().slice(0, 16)}Z, ${availableParallelism()} × ${cpus()[0]?.model ?? 'CPU'}, Node ${process.version}; `
    + `8 KB messages, ${manyAliases} aliases, delivered to smtp-sink; median of ${options.quick ? 1 : 3} in turns\n`)
  const done: Part[] = []
  for (const part of chosen(options)) {
    done.push(await part.run(options))
    await save(done)
  }
  if (values.profile !== undefined) printProfiles(resolve(values.profile))
  const goals = done.flatMap((part) => part.goals)
  printGoals(goals)
  return goals.every((goal) => goal.reached) ? 0 : 1
}

function chosen({ only, quick }: BenchOptions): readonly Entry[] {
  if (only === undefined) return parts.filter((part) => part.quick || !quick)
  const named = parts.filter((part) => part.name === (only === 'backpressure' ? 'drain' : only))
  return named.length > 0 ? named : parts.filter((part) => part.scenarios)
}

async function save(done: readonly Part[]): Promise<void> {
  const output = join(root, 'test', 'output')
  await mkdir(output, { recursive: true })
  const told = { at: new Date(), cores: availableParallelism(), node: process.version, parts: done }
  await writeFile(join(output, 'bench.json'), `${JSON.stringify(told, null, 2)}\n`)
}
