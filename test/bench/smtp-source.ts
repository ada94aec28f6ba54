// Debian's smtp-source: sends many messages in parallel sessions, over kept or new connections.
import { spawn } from 'node:child_process'
import { findProgram } from '../support/tools.ts'

export type Load = {
  readonly messages: number
  readonly sessions: number
  readonly kept: boolean
  /** Puts a number before each recipient: every message goes to an address of its own. */
  readonly numbered?: boolean
}

const messageBytes = 8_192
const longestMilliseconds = 120_000

export function sendLoad(port: number, recipient: string, load: Load): Promise<void> {
  const args = [
    ...(load.kept ? ['-d'] : []), ...(load.numbered ? ['-N'] : []), '-s', String(load.sessions), '-m', String(load.messages), '-l', String(messageBytes),
    '-M', 'sender.example', '-f', 'shop@sender.example', '-t', recipient, '-S', 'Your order', `inet:127.0.0.1:${port}`,
  ]
  return new Promise((resolve, reject) => {
    const child = spawn(findProgram('smtp-source')!, args, { stdio: ['ignore', 'ignore', 'pipe'], timeout: longestMilliseconds })
    let said = ''
    child.stderr.on('data', (piece: Buffer) => { said = (said + piece.toString()).slice(0, 2_000) })
    child.once('error', reject)
    child.once('exit', (code, signal) => (code === 0 ? resolve() : reject(new Error(`smtp-source ended with ${code ?? signal}: ${said.trim()}`))))
  })
}
