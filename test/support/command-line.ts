// The `burnbox` command in this process: what it prints, where, and its exit code.
import { expect } from 'vitest'
import { runCli } from '../../src/cli/run.ts'
import type { Host } from '../../src/flow/host.ts'
import { createAuth } from '../../src/http/auth.ts'

export type CommandLine = {
  readonly burnbox: (...argv: string[]) => Promise<{ readonly code: number; readonly out: string; readonly err: string }>
  /** What it says with --json. */
  readonly json: (...argv: string[]) => Promise<any>
}

export const createCommandLine = (host: Host): CommandLine => {
  const identities = createAuth(host)
  let opened = 0
  const burnbox: CommandLine['burnbox'] = async (...argv) => {
    const out: (string | Uint8Array)[] = []
    const err: string[] = []
    const code = await runCli(argv, {
      serve: async () => {},
      open: async () => {
        opened++
        return { host, identities, close: async () => { opened-- } }
      },
    }, { out: (text) => out.push(text), err: (text) => err.push(String(text)) })
    expect(opened).toBe(0)
    return { code, out: out.map((text) => Buffer.from(text as string).toString()).join(''), err: err.join('') }
  }
  return { burnbox, json: async (...argv) => JSON.parse((await burnbox(...argv, '--json')).out) }
}
