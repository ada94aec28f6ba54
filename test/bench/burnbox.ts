// The real program with temporary data and its own embedded Postgres, and the command line beside it. For the bench, the torture and the soak.
import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { startProgram, type Program } from '../support/program.ts'

export const root = join(import.meta.dirname, '..', '..')

export type Burnbox = Pick<Program, 'pid' | 'smtpPort' | 'output' | 'ended'> & {
  readonly data: string
  /** The postmaster of its embedded database. */
  readonly postgresPid: number
  readonly url: string
  /** Runs `burnbox …` on the same data and returns what it said on stdout. */
  readonly cli: (...args: readonly string[]) => Promise<string>
  readonly stop: () => Promise<void>
}

const run = promisify(execFile)

export async function startBurnbox(environment: Readonly<Record<string, string>>): Promise<Burnbox> {
  const settings = { BURNBOX_DOMAIN: 'burn.example', ...environment }
  const program = await startProgram(settings)
  const data = join(program.data, 'data')
  const { NODE_OPTIONS: _, ...cliSettings } = { NODE_OPTIONS: '', ...settings }
  const { PATH = '', HOME = '' } = process.env
  const env = { PATH, HOME, BURNBOX_DATA: data, BURNBOX_LOG: 'warn', ...cliSettings }
  return {
    pid: program.pid, smtpPort: program.smtpPort, output: program.output, ended: program.ended, data,
    postgresPid: Number(readFileSync(join(data, 'postgres', 'cluster', 'postmaster.pid'), 'utf8').split('\n')[0]),
    url: program.url.replace('//localhost:', '//127.0.0.1:'),
    cli: async (...args) => {
      const options = { cwd: program.data, env, maxBuffer: 64 * 1024 * 1024 }
      const { stdout } = await run(process.execPath, [join(root, 'bin', 'burnbox.mjs'), ...args], options)
      return stdout.trim()
    },
    stop: async () => program[Symbol.asyncDispose](),
  }
}
