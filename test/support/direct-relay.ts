// Relay `direct` on loopback: a scripted DNS, mail servers on 127.0.0.x that share a port, the real resolver and the real memory of TLS.
import { onTestFinished } from 'vitest'
import { systemClock, type Clock } from '../../src/clock.ts'
import { createLog } from '../../src/log.ts'
import type { Mailbox } from '../../src/mail/address.ts'
import { contentInMemory } from '../../src/mail/content.ts'
import { endOfFields } from '../../src/mail/header.ts'
import type { Relay, Transmission } from '../../src/relay/attempt.ts'
import { createDirect } from '../../src/relay/direct.ts'
import type { Database } from '../../src/store/database.ts'
import { createTlsHistory } from '../../src/store/tls-history.ts'
import { createResolver } from '../../src/verify/resolver.ts'
import { openNextHop, type NextHop, type Script } from './next-hop.ts'
import { openZone, type Records, type Zone } from './zone.ts'

export type DirectRelay = { readonly relay: Relay; readonly zone: Zone; readonly begin: (to: string, options?: { readonly inline?: boolean }) => Transmission }

const message = Buffer.from('Subject: hello\r\n\r\nhello\r\n')

/** Closed at the end of the test. */
export async function openDirectRelay(
  db: Database, port: number, records: Readonly<Record<string, Records>>,
  options: { readonly clock?: Clock; readonly allowPrivate?: boolean; readonly random?: () => number; readonly ourAddresses?: readonly string[] } = {},
): Promise<DirectRelay> {
  const zone = await openZone(records)
  const clock = options.clock ?? systemClock
  const relay = createDirect({
    lookup: {
      resolve: createResolver([zone.server], clock), allowPrivate: options.allowPrivate ?? true, ourName: 'burn.example',
      ourMailServer: 'mail.burn.example', ourAddresses: () => new Set(options.ourAddresses), random: options.random ?? Math.random,
    },
    port, tls: createTlsHistory(db), clock, log: createLog('silent'),
  })
  onTestFinished(async () => {
    relay.close()
    await zone[Symbol.asyncDispose]()
  })
  const content = contentInMemory(message, endOfFields(message), false)
  return {
    relay, zone,
    begin: (to, { inline = true } = {}) => relay.begin(
      { reversePath: { kind: 'null' }, forwardPath: to as Mailbox, smtpUtf8: false }, { header: content.header, content }, { inline }),
  }
}

/** On 127.0.0.2, .3 and so on, all at one port; each with its script. Closed at the end of the test. */
export async function openHops(...scripts: readonly Script[]): Promise<readonly [NextHop, ...NextHop[]]> {
  const hops: NextHop[] = []
  for (const [index, script] of scripts.entries()) {
    const hop = await openNextHop(script, { host: `127.0.0.${index + 2}`, ...hops[0] && { port: hops[0].port } })
    onTestFinished(() => hop[Symbol.asyncDispose]())
    hops.push(hop)
  }
  return hops as [NextHop, ...NextHop[]]
}
