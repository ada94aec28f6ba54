// Debian's smtp-sink: takes mail, throws it away and counts it.
import { spawn } from 'node:child_process'
import { createServer, type AddressInfo } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'
import { findProgram } from '../support/tools.ts'

export type Sink = {
  readonly port: number
  readonly count: () => number
  /** Resolves when it has `count` messages in all; rejects when nothing more came for a while. */
  readonly reached: (count: number) => Promise<void>
  readonly stop: () => Promise<void>
}

const backlog = '1000'
const standstillMilliseconds = 20_000

export async function startSink(at?: number): Promise<Sink> {
  const port = at ?? await freePort()
  // As root it insists on the name of somebody else.
  const user = process.getuid?.() === 0 ? ['-u', 'nobody'] : []
  const child = spawn(findProgram('smtp-sink')!, ['-c', '-m', '1000', ...user, `127.0.0.1:${port}`, backlog], { stdio: ['ignore', 'pipe', 'inherit'] })
  let count = 0
  let waiting: (() => void) | undefined
  child.stdout.on('data', (piece: Buffer) => {
    const text = piece.toString()
    const at = text.lastIndexOf('mesg=')
    const found = at < 0 ? undefined : /^mesg=\s*(\d+)/.exec(text.slice(at))?.[1]
    if (found === undefined) return
    count = Number(found)
    waiting?.()
  })
  await wait(200)
  return {
    port,
    count: () => count,
    reached: (goal) => new Promise((resolve, reject) => {
      let seen = count
      const look = setInterval(() => {
        if (count > seen) seen = count
        else end(() => reject(new Error(`the sink has ${count} messages of ${goal}, and nothing more comes`)))
      }, standstillMilliseconds)
      const end = (settle: () => void): void => {
        clearInterval(look)
        waiting = undefined
        settle()
      }
      waiting = () => { if (count >= goal) end(resolve) }
      waiting()
    }),
    stop: () => new Promise((resolve) => {
      child.once('exit', () => resolve())
      child.kill('SIGTERM')
    }),
  }
}

export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo
      server.close(() => resolve(port))
    })
  })
}
