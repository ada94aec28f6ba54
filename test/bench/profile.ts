// What a CPU profile of Burnbox says, for people. The time of Node's own functions is told of the room of src/ or the package that called them.
// The clock of a profile goes on while others have the CPU: a busy machine shows in what wakes others, such as `writev`.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { printTable } from './table.ts'

type Frame = { readonly functionName: string; readonly url: string; readonly lineNumber: number }
type Profile = {
  readonly nodes: readonly { readonly id: number; readonly callFrame: Frame; readonly children?: readonly number[] }[]
  readonly samples: readonly number[]
  readonly timeDeltas: readonly number[]
}

const mostRows = 25

/** Of every profile in the folder: one for each thread and process that ended there. */
export function printProfiles(folder: string): void {
  for (const file of readdirSync(folder).filter((name) => name.endsWith('.cpuprofile'))) {
    const { nodes, samples, timeDeltas } = JSON.parse(readFileSync(join(folder, file), 'utf8')) as Profile
    const byId = new Map(nodes.map((node) => [node.id, node]))
    const owners = new Map<number, string>()
    // A parent stands before its children.
    for (const { id, callFrame, children } of nodes) {
      owners.set(id, ownerOf(callFrame) ?? owners.get(id) ?? 'start and event loop')
      for (const child of children ?? []) owners.set(child, owners.get(id)!)
    }
    const [places, functions] = [new Map<string, number>(), new Map<string, number>()]
    for (const [index, id] of samples.entries()) {
      const { functionName, url, lineNumber } = byId.get(id)!.callFrame
      if (functionName === '(idle)') continue
      add(places, owners.get(id)!, timeDeltas[index]!)
      add(functions, `${owners.get(id)}: ${functionName || '(anonymous)'} ${url.split('/').at(-1)}:${lineNumber + 1}`, timeDeltas[index]!)
    }
    console.log(file)
    print('by room or package', places)
    print('by function', functions)
  }
}

function ownerOf({ functionName, url }: Frame): string | undefined {
  if (functionName === '(garbage collector)' || functionName === '(program)') return functionName
  return /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(url)?.[1] ?? /\/(src\/[^/]+)/.exec(url)?.[1]
}

function add(times: Map<string, number>, key: string, microseconds: number): void {
  times.set(key, (times.get(key) ?? 0) + microseconds)
}

function print(title: string, times: ReadonlyMap<string, number>): void {
  const all = [...times.values()].reduce((sum, one) => sum + one, 0)
  const most = [...times].sort(([, a], [, b]) => b - a).slice(0, mostRows)
  printTable([title, 'ms', '%'], most.map(([name, time]) => [name, (time / 1_000).toFixed(0), (time / all * 100).toFixed(1)]))
}
