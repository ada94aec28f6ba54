// The server of an inbox that judges what it gets: Debian's Postfix with OpenDKIM (verifies) and OpenDMARC (SPF by libspf2, then DMARC), in
// instances of their own below a temporary folder. What they found is in the Authentication-Results of what a next hop of ours gets from it.
import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { onTestFinished } from 'vitest'
import { startPostfix } from '../bench/postfix.ts'
import { answers, spawnResolvingBy } from './milters.ts'
import { openNextHop, type NextHop } from './next-hop.ts'
import { findProgram } from './tools.ts'
import { until } from './until.ts'

const run = promisify(execFile)

export type JudgingPostfix = {
  readonly port: number
  /** Where it delivers. */
  readonly mailbox: NextHop
}

/** `nameServer`: an address with a DNS server on port 53. Needs root. Ends with the test. */
export async function openJudgingPostfix(address: string, nameServer: string): Promise<JudgingPostfix> {
  const domain = address.slice(address.indexOf('@') + 1)
  const folder = await mkdtemp(join(tmpdir(), 'burnbox-judge-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  await chmod(folder, 0o755)
  const place = (name: string): string => join(folder, name)
  await writeFile(place('elsewhere'), '192.0.2.1\n')
  await writeFile(place('resolv.conf'), `nameserver ${nameServer}\n`)
  await writeFile(place('opendkim.conf'), `
Mode v
Socket local:${place('opendkim.sock')}
UMask 000
Background no
Syslog no
InternalHosts ${place('elsewhere')}
AuthservID dkim.${domain}
AlwaysAddARHeader yes
Nameservers ${nameServer}
`)
  await writeFile(place('opendmarc.conf'), `
AuthservID dmarc.${domain}
TrustedAuthservIDs dkim.${domain}
Socket local:${place('opendmarc.sock')}
UMask 000
Background false
Syslog false
IgnoreHosts ${place('elsewhere')}
RejectFailures false
SPFIgnoreResults true
SPFSelfValidate true
`)
  const start = (program: string, flag: string): void => {
    const child = spawnResolvingBy(place('resolv.conf'), program, ['-f', flag, place(`${program}.conf`)], 'ignore')
    onTestFinished(async () => {
      if (child.exitCode !== null || child.signalCode !== null) return
      const gone = once(child, 'exit')
      child.kill('SIGTERM')
      await gone
    })
  }
  start('opendkim', '-x')
  start('opendmarc', '-c')
  for (const name of ['opendkim.sock', 'opendmarc.sock']) await until(() => answers(place(name)), `${name} to answer`)

  const mailbox = await openNextHop()
  onTestFinished(() => mailbox[Symbol.asyncDispose]())
  const postfix = await startPostfix(place('postfix'), { relayPort: mailbox.port, domain, inbox: `mailbox@final.example`, aliases: [address] })
  onTestFinished(postfix.stop)
  const config = place('postfix/config')
  await run(findProgram('postconf')!, ['-c', config, '-e',
    `smtpd_milters = unix:${place('opendkim.sock')}, unix:${place('opendmarc.sock')}`, 'milter_default_action = tempfail'])
  await run(findProgram('postfix')!, ['-c', config, 'reload'])
  return { port: postfix.port, mailbox }
}
