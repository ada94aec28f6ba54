// What a tree of processes has used so far, from Linux's /proc (proc(5)): CPU time, and memory with shared pages counted once.
import { readFileSync, readdirSync } from 'node:fs'

const ticksPerSecond = 100      // USER_HZ of every Linux that Node runs on

type Process = { readonly pid: number; readonly parent: number; readonly seconds: number }

function processes(): Process[] {
  return readdirSync('/proc').filter((name) => /^\d+$/.test(name)).flatMap((name) => {
    const stat = read(`/proc/${name}/stat`)
    if (stat === undefined) return []
    // The name, in parentheses, may hold anything.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    // utime, stime, and those of children that ended and were waited for: a tree loses nothing when a member ends.
    const ticks = fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0)
    return [{ pid: Number(name), parent: Number(fields[1]), seconds: ticks / ticksPerSecond }]
  })
}

function tree(root: number): Process[] {
  const all = processes()
  const found = all.filter((one) => one.pid === root)
  for (const member of found) found.push(...all.filter((one) => one.parent === member.pid))
  return found
}

export function cpuSeconds(root: number): number {
  return tree(root).reduce((sum, one) => sum + one.seconds, 0)
}

/** Proportional set size: a page that several processes share counts once for all of them. */
export function memoryBytes(root: number): number {
  return tree(root).reduce((sum, one) => sum + kibOf(read(`/proc/${one.pid}/smaps_rollup`), 'Pss') * 1024, 0)
}

/** Of each process of the tree its own peak: what they had together was at most that. */
export function peakBytes(root: number): number {
  return tree(root).reduce((sum, one) => sum + kibOf(read(`/proc/${one.pid}/status`), 'VmHWM') * 1024, 0)
}

export function residentBytes(pid: number): number {
  return kibOf(read(`/proc/${pid}/status`), 'VmRSS') * 1024
}

export function openFiles(pid: number): number {
  return readdirSync(`/proc/${pid}/fd`).length
}

function kibOf(text: string | undefined, name: string): number {
  return Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(text ?? '')?.[1] ?? 0)
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return undefined      // it has ended
  }
}
