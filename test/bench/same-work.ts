// Before anything is compared: one message through each server, to see that the work is done. Judged by SPF and DMARC, signed for our domain,
// with a reverse-path of our own.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { findProgram } from '../support/tools.ts'
import { until } from '../support/until.ts'
import { sendOne } from './send-one.ts'
import type { Server } from './throughput.ts'

const message = ['From: <shop@sender.example>\r\nSubject: Your order\r\n\r\nhello\r\n']

/** As smtp-sink writes it down. */
const signs: readonly (readonly [what: string, sign: RegExp])[] = [
  ['SPF', /^Authentication-Results: [^]*?spf=pass/m],
  ['DMARC', /^Authentication-Results: [^]*?dmarc=pass/m],
  ['DKIM', /^DKIM-Signature: [^]*?a=rsa-sha256;[^]*?d=burn\.example;/m],
  ['reverse-path', /^X-Mail-Args: <[^>]+@burn\.example>/m],
]

/** Throws when one does less. Listens on the port of the sink meanwhile. */
export async function seeSameWork(folder: string, sinkPort: number, alias: string, servers: readonly Server[]): Promise<void> {
  for (const [index, server] of servers.entries()) {
    const place = join(folder, `seen${index}`)
    await mkdir(place)
    await chmod(place, 0o777)      // smtp-sink writes as nobody
    const user = process.getuid?.() === 0 ? ['-u', 'nobody'] : []
    const args = [...user, '-R', place, '-D', 'mail', `127.0.0.1:${sinkPort}`, '10']
    const recorder = spawn(findProgram('smtp-sink')!, args, { stdio: ['ignore', 'ignore', 'inherit'] })
    const ended = once(recorder, 'exit')
    try {
      await until(async () => (await sendOne(server.port, alias, message)).startsWith('250'), `${server.name} to take a message`)
      const seen = await until(() => readFile(join(place, 'mail'), 'latin1').catch(() => ''), `a message from ${server.name}`)
      const missing = signs.filter(([, sign]) => !sign.test(seen)).map(([what]) => what)
      if (missing.length > 0) throw new Error(`${server.name} leaves out ${missing.join(', ')}:\n${seen}`)
    } finally {
      recorder.kill('SIGTERM')
      await ended
    }
  }
}
