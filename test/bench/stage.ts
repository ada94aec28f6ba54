// Burnbox and Postfix side by side: the same aliases, the same sink behind them; in the equal form both judge, sign and ask the same DNS.
import { chmod, mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startBurnbox, type Burnbox } from './burnbox.ts'
import { addManyAliases, manyAliases, numberedAlias } from './many-aliases.ts'
import { miltersMissing, startMilters, type Milters } from './milters.ts'
import { startNameServer } from './name-server.ts'
import { withEnds } from './ends.ts'
import type { BenchOptions } from './part.ts'
import { postfixMissing, startPostfix } from './postfix.ts'
import { seeSameWork } from './same-work.ts'
import { freePort, startSink, type Sink } from './smtp-sink.ts'
import type { Server } from './throughput.ts'

export type Work = 'bare' | 'equal'

export type Stage = {
  readonly sink: Sink
  readonly burnbox: Burnbox
  readonly alias: string
  readonly ours: Server
  /** Not there when it cannot be had, and when Burnbox is profiled. */
  readonly theirs: Server | undefined
}

export const email = 'me@inbox.example'
const domain = 'burn.example'

export function onStage<T>(work: Work, options: BenchOptions, act: (stage: Stage) => Promise<T>): Promise<T> {
  return withEnds(async (atEnd) => {
    const folder = await mkdtemp(join(tmpdir(), 'burnbox-bench-'))
    atEnd(() => rm(folder, { recursive: true, force: true }))
    await chmod(folder, 0o711)      // Postfix's own user passes through
    const sinkPort = await freePort()
    const rival = rivalMissing(work, options)
    if (rival !== undefined) console.log(`No comparison: ${rival}.\n`)
    // Postfix's helpers know port 53 alone, which takes root.
    const dns = work === 'equal' ? await startNameServer({ standard: rival === undefined }) : undefined
    if (dns) atEnd(dns.stop)
    const own: Record<string, string> = dns ? { BURNBOX_DNS: `${dns.address}:${dns.port}` } : { BURNBOX_BENCH_BARE: 'true' }
    const burnbox = await startBurnbox({ BURNBOX_RELAY: `smtp://127.0.0.1:${sinkPort}`, ...own, ...options.environment })
    atEnd(burnbox.stop)
    await burnbox.cli('account', 'add', email, '--operator')
    const alias = await burnbox.cli('alias', 'new', email, 'shop.example')
    await addManyAliases(burnbox, email)
    const ours = { name: 'Burnbox', port: burnbox.smtpPort, pids: [burnbox.pid], databasePid: burnbox.postgresPid }
    let theirs: Server | undefined
    if (rival === undefined) {
      const milters = dns && await startMilters(join(folder, 'milters'), { domain, nameServer: dns.address })
      if (milters) atEnd(milters.stop)
      const postfix = await startRival(join(folder, 'postfix'), sinkPort, alias, milters)
      atEnd(postfix.stop)
      theirs = { name: `Postfix ${postfix.version}${milters ? ', milters, PostSRSd' : ''}`, port: postfix.port, pids: [postfix.pid, ...milters?.pids ?? []] }
    }
    if (dns) await seeSameWork(folder, sinkPort, alias, [ours, ...theirs ? [theirs] : []])
    const sink = await startSink(sinkPort)
    atEnd(sink.stop)
    return act({ sink, burnbox, alias, ours, theirs })
  })
}

function rivalMissing(work: Work, options: BenchOptions): string | undefined {
  if (options.profiled) return 'what is profiled is slower'
  return postfixMissing() ?? (work === 'equal' ? miltersMissing() : undefined)
}

async function startRival(folder: string, relayPort: number, alias: string, milters: Milters | undefined) {
  await mkdir(folder)
  const aliases = [alias, ...Array.from({ length: manyAliases }, (_, n) => `${n + 1}${numberedAlias}`)]
  return startPostfix(folder, { relayPort, domain, inbox: email, aliases, ...(milters && { milters }) })
}
