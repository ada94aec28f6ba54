// The real program, as `npm start` runs it: its own process on free ports, its data in a folder of its own, its database embedded.
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

const main = fileURLToPath(new URL('../../src/main.ts', import.meta.url))
const startMs = 30_000
/** As the launcher sets it. */
const allocator = { MALLOC_ARENA_MAX: '2', MALLOC_MMAP_THRESHOLD_: '131072' }

/** Nothing listens there, and the system says so at once: what asks the DNS goes on without it, and no test waits for the world's. */
export const noDns = '127.0.0.1:1'

export type Program = AsyncDisposable & {
  /** Base URL of the web UI and API, without a slash at the end. */
  readonly url: string
  readonly smtpPort: number
  /** The one-time set-up link, on a host without accounts. */
  readonly setup: string | undefined
  readonly data: string
  readonly pid: number
  /** How it ended: its exit code, or the signal that killed it. */
  readonly ended: Promise<number | NodeJS.Signals>
  /** Everything that it wrote, for the message of a failing test. */
  output(): string
}

/** `data`: the folder of one that ran before; it is the caller's to remove. */
export async function startProgram(env: Readonly<Record<string, string>> = {}, options: { readonly data?: string } = {}): Promise<Program> {
  const data = options.data ?? await mkdtemp(path.join(tmpdir(), 'burnbox-program-'))
  const { PATH = '', HOME = '' } = process.env
  const child = spawn(process.execPath, [main, 'serve'], {
    // A folder without a .env file; and nothing of this shell's environment.
    cwd: data,
    env: {
      PATH,
      HOME,
      ...allocator,
      BURNBOX_DATA: path.join(data, 'data'),
      BURNBOX_HTTP: '127.0.0.1:0',
      BURNBOX_SMTP: '127.0.0.1:0',
      BURNBOX_LOG: 'warn',
      BURNBOX_DNS: noDns,
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const ended = once(child, 'exit').then(([code, signal]) => (signal ?? code) as number | NodeJS.Signals)
  let output = ''
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (bytes: Buffer) => {
      output += bytes.toString()
    })
  const stop = async () => {
    await end(child)
    if (options.data === undefined) await rm(data, { recursive: true, force: true })
  }
  try {
    await ready(child, () => output)
  } catch (error) {
    await stop()
    throw error
  }
  const line = (name: string) => new RegExp(`^${name} +(\\S+)$`, 'm').exec(output)?.[1]
  return {
    url: line('Web')!.replace(/\/$/, ''),
    smtpPort: Number(line('SMTP')!.split(':').at(-1)),
    setup: line('Setup'),
    data,
    pid: child.pid!,
    ended,
    output: () => output,
    [Symbol.asyncDispose]: stop,
  }
}

/** The last line is complete when the next one would come: on a host without accounts that is Setup, and it is written in one piece. */
function ready(child: ChildProcess, output: () => string): Promise<void> {
  return new Promise((resolve, reject) => {
    const give = (why: string) => reject(new Error(`the program ${why}:\n${output()}`))
    const timer = setTimeout(() => give(`was not ready within ${startMs} ms`), startMs)
    const look = () => {
      if (!/^Web .*\n/m.test(output())) return
      clearTimeout(timer)
      resolve()
    }
    child.stdout?.on('data', look)
    child.once('exit', (code) => {
      clearTimeout(timer)
      give(`ended with ${code}`)
    })
  })
}

async function end(child: ChildProcess) {
  if (child.exitCode !== null || child.signalCode !== null) return
  const gone = once(child, 'exit')
  child.kill('SIGTERM')
  const timer = setTimeout(() => child.kill('SIGKILL'), 15_000)
  await gone
  clearTimeout(timer)
}
