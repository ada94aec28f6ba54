// What stands beside Postfix for the same work as Burnbox: OpenDMARC judges what comes in by SPF (its own check, libspf2) and DMARC,
// OpenDKIM signs (RSA-2048), PostSRSd gives the reverse-path. Debian's programs in instances of their own below a temporary folder; no log.
import { spawn, type ChildProcess } from 'node:child_process'
import { generateKeyPairSync } from 'node:crypto'
import { once } from 'node:events'
import { chmod, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { answers, spawnResolvingBy } from '../support/milters.ts'
import { findProgram } from '../support/tools.ts'
import { until } from '../support/until.ts'
import { freePort } from './smtp-sink.ts'

export type Milters = {
  /** As smtpd_milters names them, in order: first judged, then signed. */
  readonly sockets: readonly string[]
  readonly srsForwardPort: number
  readonly srsReversePort: number
  readonly pids: readonly number[]
  readonly stop: () => Promise<void>
}

const programs = ['opendkim', 'opendmarc', 'postsrsd', 'unshare'] as const

/** The reason, when they cannot be run here. */
export function miltersMissing(): string | undefined {
  const missing = programs.filter((name) => findProgram(name) === undefined)
  if (missing.length > 0) return `${missing.join(', ')} cannot be had`
  return process.getuid?.() === 0 ? undefined : 'they start as root only'
}

/** `nameServer`: an IPv4 address, port 53. */
export async function startMilters(folder: string, setUp: { readonly domain: string; readonly nameServer: string }): Promise<Milters> {
  await mkdir(folder, { recursive: true })
  await chmod(folder, 0o755)      // Postfix's own user comes to the sockets
  const place = (name: string): string => join(folder, name)
  const [forward, reverse] = [await freePort(), await freePort()]
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const files = {
    'key.pem': privateKey.export({ type: 'pkcs8', format: 'pem' }), 'keys': `own ${setUp.domain}:bench:${place('key.pem')}\n`, 'signing': '* own\n',
    'ignore': '192.0.2.1\n', 'resolv.conf': `nameserver ${setUp.nameServer}\n`, 'secret': 'a secret for the bench alone\n',
    'opendkim.conf': opendkimConf(place, setUp.nameServer), 'opendmarc.conf': opendmarcConf(place, setUp.domain),
  }
  for (const [name, text] of Object.entries(files)) await writeFile(place(name), text, { mode: 0o600 })

  const children: ChildProcess[] = []
  const start = (command: string, args: readonly string[]): void => {
    children.push(spawn(findProgram(command)!, args, { stdio: ['ignore', 'ignore', 'inherit'] }))
  }
  start('opendkim', ['-f', '-x', place('opendkim.conf')])
  children.push(spawnResolvingBy(place('resolv.conf'), 'opendmarc', ['-f', '-c', place('opendmarc.conf')], ['ignore', 'ignore', 'inherit']))
  start('postsrsd', ['-4', `-d${setUp.domain}`, `-s${place('secret')}`, `-f${forward}`, `-r${reverse}`])
  const stop = async (): Promise<void> => {
    for (const child of children.filter((one) => one.exitCode === null && one.signalCode === null)) {
      const gone = once(child, 'exit')
      child.kill('SIGTERM')
      await gone
    }
  }
  try {
    for (const at of [place('opendkim.sock'), place('opendmarc.sock'), forward, reverse]) {
      await until(() => answers(at), `${at} to answer`)
    }
  } catch (error) {
    await stop()
    throw error
  }
  return {
    sockets: [`unix:${place('opendmarc.sock')}`, `unix:${place('opendkim.sock')}`],
    srsForwardPort: forward, srsReversePort: reverse, pids: children.map((child) => child.pid!), stop,
  }
}

type Place = (name: string) => string

/** Mode s: a message that comes in unsigned costs nothing more, so verifying is left out here. */
const opendkimConf = (place: Place, nameServer: string): string => `
Mode s
Socket local:${place('opendkim.sock')}
UMask 000
Background no
Syslog no
RequireSafeKeys no
InternalHosts 127.0.0.0/8
KeyTable file:${place('keys')}
SigningTable refile:${place('signing')}
Canonicalization relaxed/simple
SignatureAlgorithm rsa-sha256
Nameservers ${nameServer}
`

/** It would ignore clients on loopback. */
const opendmarcConf = (place: Place, domain: string): string => `
AuthservID ${domain}
Socket local:${place('opendmarc.sock')}
UMask 000
Background false
Syslog false
IgnoreHosts ${place('ignore')}
RejectFailures true
SPFIgnoreResults true
SPFSelfValidate true
`
