// Starts the DNS of the bench, the same for Burnbox and Postfix.
import { spawn } from 'node:child_process'
import { randomInt } from 'node:crypto'
import { once } from 'node:events'
import { join } from 'node:path'

export type NameServer = { readonly address: string; readonly port: number; readonly pid: number; readonly stop: () => Promise<void> }

/**
 * `standard`: on port 53, as the C library wants it; an address of its own on loopback keeps it apart from others there.
 * `texts`: more TXT records by their names.
 */
export async function startNameServer(
  options: { readonly standard: boolean; readonly texts?: Readonly<Record<string, string>> },
): Promise<NameServer> {
  const host = options.standard ? `127.${randomInt(1, 255)}.${randomInt(256)}.${randomInt(1, 255)}` : '127.0.0.1'
  const file = join(import.meta.dirname, 'name-server-process.ts')
  const args = [file, host, options.standard ? '53' : '0', JSON.stringify(options.texts ?? {})]
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  const ended = once(child, 'exit')
  const line = await Promise.race([
    once(child.stdout, 'data').then(([bytes]) => String(bytes).trim()), ended.then(() => { throw new Error('the DNS of the bench did not start') }),
  ])
  return {
    address: host, port: Number(line.split(':')[1]), pid: child.pid!,
    stop: async () => {
      child.kill('SIGTERM')
      await ended
    },
  }
}
