// Postfix in an instance of its own, for comparison: configuration and queue below a temporary folder, loopback only, its own port.
// The system's instance is neither read nor touched. Configured for the same work: virtual_alias_maps with the same aliases, the same
// relay host, 20 connections to it, kept on demand (Postfix's default), no maps or checks that Burnbox has not.
import { execFile } from 'node:child_process'
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { promisify } from 'node:util'
import { findProgram } from '../support/tools.ts'
import type { Milters } from './milters.ts'
import { freePort } from './smtp-sink.ts'

export type Postfix = { readonly port: number; readonly pid: number; readonly version: string; readonly stop: () => Promise<void> }

export type PostfixSetUp = {
  readonly relayPort: number
  readonly domain: string
  readonly inbox: string
  /** All lead to the inbox. */
  readonly aliases: readonly string[]
  /** For the same work as Burnbox: judged, signed, with a reverse-path of its own. */
  readonly milters?: Milters
  /** PEM: it offers STARTTLS then. */
  readonly tls?: { readonly cert: string; readonly key: string }
}

const run = promisify(execFile)
const connectionsOut = 20      // as many as Burnbox has
const processes = 250      // 100 sessions in, 20 connections out, and room

/** Undefined with the reason when there is none to compare with. */
export function postfixMissing(): string | undefined {
  if (findProgram('postfix') === undefined) return 'Postfix is not installed'
  return process.getuid?.() === 0 ? undefined : 'Postfix starts as root only'
}

export async function startPostfix(folder: string, setUp: PostfixSetUp): Promise<Postfix> {
  const config = join(folder, 'config')
  const queue = join(folder, 'queue')
  const data = join(folder, 'lib')
  for (const name of [config, queue, data]) await mkdir(name, { recursive: true })
  const port = await freePort()
  const postconf = findProgram('postconf')!
  const { stdout } = await run(postconf, ['-hd', 'mail_version', 'daemon_directory', 'command_directory', 'meta_directory', 'shlib_directory'])
  const [version, daemons, commands, meta, libraries] = stdout.split('\n')
  await run('chown', ['postfix', data])
  await writeFile(join(config, 'main.cf'), mainCf({
    ...setUp, queue, data, map: join(config, 'aliases'), pem: join(config, 'tls.pem'),
    daemons: daemons!, commands: commands!, meta: meta!, libraries: libraries!,
  }))
  await writeFile(join(config, 'master.cf'), masterCf(port))
  if (setUp.tls) await writeFile(join(config, 'tls.pem'), setUp.tls.key + setUp.tls.cert, { mode: 0o600 })
  await writeFile(join(config, 'aliases'), setUp.aliases.map((alias) => `${alias} ${setUp.inbox}\n`).join(''))
  // Its processes run as `postfix` and must reach the queue through our folder.
  await chmod(folder, 0o755)
  await run(findProgram('postmap')!, ['-c', config, `hash:${join(config, 'aliases')}`])
  await run(findProgram('postfix')!, ['-c', config, 'start'])
  const pid = Number(await patiently(() => readFile(join(queue, 'pid', 'master.pid'), 'utf8')))
  return {
    port, pid, version: version!,
    async stop() {
      await run(findProgram('postfix')!, ['-c', config, 'stop'])
    },
  }
}

async function patiently(read: () => Promise<string>): Promise<string> {
  for (let left = 50; left > 0; left -= 1) {
    const text = await read().catch(() => '')
    if (Number(text) > 0) return text
    await wait(100)
  }
  throw new Error('Postfix did not start')
}

type Places = Record<'queue' | 'data' | 'map' | 'pem' | 'daemons' | 'commands' | 'meta' | 'libraries', string>

const mainCf = (at: PostfixSetUp & Places): string => `
compatibility_level = 3.6
queue_directory = ${at.queue}
data_directory = ${at.data}
daemon_directory = ${at.daemons}
command_directory = ${at.commands}
meta_directory = ${at.meta}
shlib_directory = ${at.libraries}
mail_owner = postfix
setgid_group = postdrop
myhostname = ${at.domain}
mydestination =
mynetworks = 127.0.0.0/8
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
alias_maps =
alias_database =
local_recipient_maps =
virtual_alias_domains = ${at.domain}
virtual_alias_maps = hash:${at.map}
relayhost = [127.0.0.1]:${at.relayPort}
smtp_host_lookup = native
default_destination_concurrency_limit = ${connectionsOut}
initial_destination_concurrency = ${connectionsOut}
default_process_limit = ${processes}
smtpd_client_connection_count_limit = 0
smtpd_client_connection_rate_limit = 0
smtpd_peername_lookup = no
smtpd_relay_restrictions = permit_mynetworks, reject
smtpd_recipient_restrictions =
smtpd_tls_security_level = ${at.tls ? 'may' : 'none'}
smtpd_tls_chain_files = ${at.tls ? at.pem : ''}
smtpd_tls_received_header = yes
smtp_tls_security_level = none
in_flow_delay = 0
${at.milters ? miltersCf(at.milters) : ''}`

/** PostSRSd as its own manual wires it; cleanup keeps its connections to it for longer than 100 messages. */
const miltersCf = (milters: Milters): string => `
smtpd_milters = ${milters.sockets.join(', ')}
milter_default_action = tempfail
sender_canonical_maps = tcp:127.0.0.1:${milters.srsForwardPort}
sender_canonical_classes = envelope_sender
recipient_canonical_maps = tcp:127.0.0.1:${milters.srsReversePort}
recipient_canonical_classes = envelope_recipient
max_use = 10000
`

const masterCf = (port: number): string => `
127.0.0.1:${port} inet n - n - - smtpd
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
proxywrite unix - - n - 1 proxymap
smtp unix - - n - ${connectionsOut} smtp
relay unix - - n - - smtp
showq unix n - n - - showq
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
local unix - n n - - local
virtual unix - n n - - virtual
lmtp unix - - n - - lmtp
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
`
