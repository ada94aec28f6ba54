// The real program in a process of its own, with temporary data and its own embedded Postgres; and the command line beside it.
// For the bench, the torture and the soak.
import { execFile, spawn, type ChildProcess } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as wait } from 'node:timers/promises'
import { promisify } from 'node:util'

export const root = join(import.meta.dirname, '..', '..')

export type Burnbox = {
  readonly pid: number
  /** The postmaster of its embedded database. */
  readonly postgresPid: number
  readonly data: string
  readonly smtpPort: number
  readonly url: string
  /** Runs `burnbox …` on the same data and returns what it said on stdout. */
  readonly cli: (...args: readonly string[]) => Promise<string>
  /** How the process ended, once it has. */
  readonly ended: () => string | undefined
  /** What it said on stderr. */
  readonly said: () => string
  readonly stop: () => Promise<void>
}

const readyMilliseconds = 60_000
const stopMilliseconds = 12_000

export async function startBurnbox(
  folder: string, environment: Readonly<Record<string, string>>, options: { readonly nodeFlags?: readonly string[] } = {},
): Promise<Burnbox> {
  const data = join(folder, 'data')
  await mkdir(folder, { recursive: true })
  // No variable of the caller's may reach it, and no .env: the working directory is the temporary one.
  const inherited = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(BURNBOX_|DATABASE_URL$|PORT$|npm_)/.test(name)))
  const env = {
    ...inherited, BURNBOX_DATA: data, BURNBOX_DOMAIN: 'burn.example', BURNBOX_SMTP: '127.0.0.1:0', BURNBOX_HTTP: '127.0.0.1:0', BURNBOX_LOG: 'warn',
    ...environment,
  }
  const child = spawn(process.execPath, [...options.nodeFlags ?? [], join(root, 'src', 'main.ts'), 'serve'], { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'] })
  let said = ''
  child.stderr.on('data', (piece: Buffer) => { said = (said + piece.toString()).slice(-20_000) })
  const { SMTP, Web } = await ready(child, () => said)
  const postmaster = join(data, 'postgres', 'cluster', 'postmaster.pid')

  async function cli(...args: readonly string[]): Promise<string> {
    const { stdout } = await promisify(execFile)(process.execPath, [join(root, 'bin', 'burnbox.mjs'), ...args], { cwd: folder, env, maxBuffer: 64 * 1024 * 1024 })
    return stdout.trim()
  }

  const ended = (): string | undefined => (child.exitCode === null && child.signalCode === null ? undefined : `${child.exitCode ?? child.signalCode}`)

  return {
    pid: child.pid!,
    postgresPid: existsSync(postmaster) ? Number(readFileSync(postmaster, 'utf8').split('\n')[0]) : 0,
    data, smtpPort: Number(SMTP!.split(':').at(-1)), url: Web!.replace(/\/$/, '').replace('//localhost:', '//127.0.0.1:'), cli, ended,
    said: () => said,
    async stop() {
      if (ended() !== undefined) return
      const gone = new Promise((resolve) => child.once('exit', resolve))
      child.kill('SIGTERM')
      await Promise.race([gone, wait(stopMilliseconds, undefined, { ref: false }).then(() => child.kill('SIGKILL'))])
      await gone
    },
  }
}

/** Reads the lines `SMTP  host:port` and `Web   url`. */
async function ready(child: ChildProcess, said: () => string): Promise<Partial<Record<'SMTP' | 'Web', string>>> {
  const timer = setTimeout(() => child.kill('SIGKILL'), readyMilliseconds)
  const found: Record<string, string> = {}
  for await (const line of createInterface(child.stdout!)) {
    const [, name, value] = /^(SMTP|Web)\s+(\S+)$/.exec(line) ?? []
    if (name !== undefined && value !== undefined) found[name] = value
    if (found['SMTP'] !== undefined && found['Web'] !== undefined) {
      clearTimeout(timer)
      child.stdout!.resume()
      return found
    }
  }
  throw new Error(`Burnbox did not start: ${said().trim() || 'it said nothing'}`)
}
