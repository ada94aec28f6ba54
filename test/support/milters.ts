// Programs that Postfix asks about mail: started so that they resolve names where the test says, and waited for.
import { spawn, type ChildProcess, type StdioOptions } from 'node:child_process'
import { createConnection } from 'node:net'
import { findProgram } from './tools.ts'

/** The C library asks whom /etc/resolv.conf names: this process alone sees another one. `unshare` becomes the program, so the pid is its own. */
export const spawnResolvingBy = (resolvConf: string, program: string, args: readonly string[], stdio: StdioOptions): ChildProcess =>
  spawn(findProgram('unshare')!, [
    '--mount', '--', '/bin/sh', '-c', 'mount --bind "$1" /etc/resolv.conf && shift && exec "$@"', 'sh', resolvConf, findProgram(program)!, ...args,
  ], { stdio })

/** A path, or a port of this machine. */
export const answers = (at: string | number): Promise<boolean> => new Promise((resolve) => {
  const socket = typeof at === 'number' ? createConnection(at, '127.0.0.1') : createConnection(at)
  socket.once('connect', () => {
    socket.destroy()
    resolve(true)
  }).once('error', () => resolve(false))
})
