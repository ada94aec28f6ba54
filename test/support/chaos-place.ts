// A place for chaos: a data folder with an embedded database that outlives each kill, a port that every start takes again, and what is
// told of the letters at the end.
import { spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { onTestFinished } from 'vitest'
import type { NextHop } from './next-hop.ts'
import type { Fate } from './trace-letters.ts'

const main = fileURLToPath(new URL('../../src/main.ts', import.meta.url))

// `npm run soak` makes it larger.
export const scale = Number(process.env['CHAOS_SCALE'] ?? 1)

export type Place = {
  readonly data: string
  readonly env: Readonly<Record<string, string>>
  readonly port: number
  burnbox(...args: readonly string[]): string
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  server.close()
  await once(server, 'close')
  return port
}

export async function makePlace(hop: NextHop): Promise<Place> {
  const data = mkdtempSync(path.join(tmpdir(), 'burnbox-chaos-'))
  onTestFinished(() => rmSync(data, { recursive: true, force: true }))
  const port = await freePort()
  const env = { BURNBOX_DOMAIN: 'burn.example', BURNBOX_RELAY: hop.url, BURNBOX_SMTP: `127.0.0.1:${port}`, BURNBOX_LOG: 'silent' }
  return {
    data, env, port,
    burnbox: (...args) => {
      const { PATH = '', HOME = '' } = process.env
      const own = { PATH, HOME, BURNBOX_DATA: path.join(data, 'data'), ...env }
      const { status, stdout, stderr } = spawnSync(process.execPath, [main, ...args], { cwd: data, encoding: 'utf8', env: own })
      if (status !== 0) throw new Error(`burnbox ${args.join(' ')}: ${status} ${stderr}`)
      return stdout.trim()
    },
  }
}

export function tell(name: string, answered: number, { atSink, stored, lost, duplicates }: Fate): void {
  console.log(`${name}: ${answered} answered 250, ${atSink} at the sink, ${stored} in the queue or held, ${lost.length} lost, ${duplicates} duplicates`)
}
