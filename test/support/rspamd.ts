// Debian's rspamd with a configuration of its own: its own rules, no network, 4 points for a tag and 15 for a refusal.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { freePort } from './chaos-place.ts'
import { findProgram } from './tools.ts'
import { until } from './until.ts'

export type Rspamd = AsyncDisposable & {
  /** For BURNBOX_RSPAMD. */
  readonly url: string
  kill(): Promise<void>
  /** What it wrote into its log. */
  output(): string
}

/** Few top-level domains and no hyperscan: compiling for them takes 20 s of a CPU. */
const configuration = (folder: string, port: number): string => `
lua = "/usr/share/rspamd/rules/rspamd.lua";
options {
  filters = "regexp";
  disable_hyperscan = true;
  url_tld = "${folder}/top-level-domains";
  tempdir = "${folder}";
  hs_cache_dir = "${folder}";
  cache_file = "${folder}/symbols.cache";
  pidfile = "${folder}/rspamd.pid";
  control_socket = "${folder}/control.sock mode=0600";
  dns { nameserver = ["127.0.0.1:1"]; timeout = 1s; retransmits = 1; }
}
logging { type = "console"; level = "info"; }
worker "normal" { bind_socket = "127.0.0.1:${port}"; count = 1; mime = true; }
worker "hs_helper" { count = -1; }
actions { reject = 15; add_header = 4; greylist = null; }
`

/** Resolves when it answers: 2 to 5 s. */
export async function startRspamd(): Promise<Rspamd> {
  const folder = mkdtempSync(path.join(tmpdir(), 'burnbox-rspamd-'))
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  writeFileSync(path.join(folder, 'top-level-domains'), 'com\norg\nexample\n')
  writeFileSync(path.join(folder, 'rspamd.conf'), configuration(folder, port))
  // Its processes are one group, which ends together. -i: it may run as root.
  const child = spawn(findProgram('rspamd')!, ['-f', '-i', '-c', path.join(folder, 'rspamd.conf')], { detached: true, stdio: ['ignore', 'pipe', 'pipe'] })
  const exit = once(child, 'exit')
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (bytes: Buffer) => { output += bytes.toString() })
  const kill = async (): Promise<void> => {
    if (child.exitCode === null && child.signalCode === null) process.kill(-child.pid!, 'SIGKILL')
    await exit
  }
  const rspamd: Rspamd = {
    url, kill, output: () => output,
    [Symbol.asyncDispose]: async () => {
      await kill()
      rmSync(folder, { recursive: true, force: true })
    },
  }
  const answers = (): Promise<boolean> => fetch(`${url}/ping`).then((response) => response.ok, () => false)
  try {
    await until(answers, 'rspamd to answer', { milliseconds: 60_000 })
  } catch (error) {
    await rspamd[Symbol.asyncDispose]()
    throw new Error(`rspamd does not start:\n${output}`, { cause: error })
  }
  return rspamd
}
