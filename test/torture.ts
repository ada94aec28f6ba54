// `npm run torture -- DIR`: every .eml of a directory tree through a running instance, forwarded and held. What may not happen: a body
// byte changed, a crash, a held message that the owner can neither read nor download. A refusal is no fault; its reply is shown, and the
// message is tried once more with what the reply asks for mended.
import { existsSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { join, relative, resolve } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { root, startBurnbox, type Burnbox } from './bench/burnbox.ts'
import { printTable } from './bench/table.ts'
import { openNextHop, type NextHop } from './support/next-hop.ts'
import { openSender, type Sender } from './support/sender.ts'
import { asReplies, type AsReplies } from './torture/as-replies.ts'
import { openHolding, type Holding } from './torture/held-view.ts'
import { asSent, bodyOf, messageFiles, repaired } from './torture/sample.ts'

type Fault = { readonly file: string; readonly kind: 'body changed' | 'crash' | 'held view failed' | 'not delivered'; readonly what: string }
type Counts = { forwarded: number; held: number; repaired: number; heldUnshown: number; refused: Map<string, string[]> }
type Bench = { readonly burnbox: Burnbox; readonly hop: NextHop; readonly holding: Holding; readonly forwarding: string; readonly burned: string }

const email = 'me@inbox.example'
const mostRepairs = 3
const crashMilliseconds = 3_000

const folder = process.argv[2]
process.exitCode = folder === undefined || !existsSync(folder) ? usage() : await torture(resolve(folder))

function usage(): number {
  console.error('npm run torture -- DIR: DIR is a directory with .eml files')
  return 64
}

async function torture(directory: string): Promise<number> {
  const files = messageFiles(directory)
  const counts: Counts = { forwarded: 0, held: 0, repaired: 0, heldUnshown: 0, refused: new Map() }
  const faults: Fault[] = []
  await using hop = await openNextHop()
  const burnbox = await startBurnbox({ BURNBOX_RELAY: hop.url })
  try {
    await burnbox.cli('account', 'add', email, '--operator')
    const forwarding = await burnbox.cli('alias', 'new', email, 'shop.example')
    const burned = await burnbox.cli('alias', 'new', email, 'burned.example')
    await burnbox.cli('alias', 'burn', burned)
    const holding = openHolding(burnbox, await burnbox.cli('token', 'add', email, '--name', 'torture'))
    for (const file of files) {
      const found = await tryFile({ burnbox, hop, holding, forwarding, burned }, file, counts)
        .catch(async (error: unknown) => [await broken(burnbox, error as Error)])
      faults.push(...found.map((one) => ({ file: relative(directory, file), ...one })))
      if (found.some((one) => one.kind === 'crash')) break
    }
  } finally {
    await burnbox.stop()
  }
  return report(files.length, counts, faults, await asReplies(files))
}

/** A broken conversation is a crash when the process ends, which is told a moment after its sockets. */
async function broken(burnbox: Burnbox, error: Error): Promise<Omit<Fault, 'file'>> {
  const crashed = await Promise.race([burnbox.ended.then(() => true), wait(crashMilliseconds, false, { ref: false })])
  return crashed ? { kind: 'crash', what: burnbox.output().slice(-2_000) } : { kind: 'not delivered', what: error.message }
}

async function tryFile(bench: Bench, file: string, counts: Counts): Promise<Omit<Fault, 'file'>[]> {
  let message = asSent(file)
  for (let repairs = 0; repairs <= mostRepairs; repairs += 1) {
    const before = bench.hop.arrived.length
    const reply = await send(bench.burnbox, bench.forwarding, message)
    if (reply.startsWith('250')) {
      counts.forwarded += 1
      if (repairs > 0) counts.repaired += 1
      return [...forwardFaults(bench.hop, before, message), ...await tryHeld(bench, message, counts)]
    }
    counts.refused.set(reply, [...counts.refused.get(reply) ?? [], file])
    const next = repaired(message, reply)
    if (!next) return reply.startsWith('4') ? [{ kind: 'not delivered', what: reply }] : []
    message = next
  }
  return [{ kind: 'not delivered', what: 'still refused after every repair' }]
}

function forwardFaults(hop: NextHop, before: number, message: Buffer): Omit<Fault, 'file'>[] {
  const arrived = hop.arrived.slice(before)
  if (arrived.length !== 1) return [{ kind: 'not delivered', what: `the inbox's server got it ${arrived.length} times` }]
  return bodyFaults('forwarded', bodyOf(message), bodyOf(arrived[0]!.bytes))
}

function bodyFaults(where: string, sent: Buffer, got: Buffer): Omit<Fault, 'file'>[] {
  if (sent.equals(got)) return []
  const at = sent.findIndex((octet, index) => octet !== got[index])
  return [{ kind: 'body changed', what: `${where}: ${sent.length} octets became ${got.length}, the first other one at ${at < 0 ? sent.length : at}` }]
}

async function tryHeld(bench: Bench, message: Buffer, counts: Counts): Promise<Omit<Fault, 'file'>[]> {
  const reply = await send(bench.burnbox, bench.burned, message)
  if (!reply.startsWith('250')) return [{ kind: 'held view failed', what: `held mail was answered ${reply}` }]
  const held = await bench.holding.takeNewest()
  if (!held) return [{ kind: 'held view failed', what: 'it was answered 250 and is not held' }]
  counts.held += 1
  if (!held.shown) counts.heldUnshown += 1
  return [...held.failures.map((what): Omit<Fault, 'file'> => ({ kind: 'held view failed', what })), ...bodyFaults('held', message, held.bytes)]
}

/** The first refusal, or the reply to the dot. */
async function send(burnbox: Burnbox, to: string, message: Buffer): Promise<string> {
  const sender: Sender = await openSender(burnbox.smtpPort)
  try {
    const body = message.some((octet) => octet > 127) ? ' BODY=8BITMIME' : ''
    for (const line of [`MAIL FROM:<torture@sender.example>${body}`, `RCPT TO:<${to}>`, 'DATA']) {
      const reply = await sender.say(line)
      if (!/^[23]/.test(reply)) return reply
    }
    return await sender.dot(message)
  } finally {
    sender.close()
  }
}

async function report(files: number, counts: Counts, faults: readonly Fault[], replies: AsReplies): Promise<number> {
  for (const { file, kind, what } of faults) console.log(`${kind}: ${file}: ${what}`)
  if (faults.length > 0) console.log('')
  const of = (kind: Fault['kind']): string => String(faults.filter((fault) => fault.kind === kind).length)
  printTable(['messages', String(files)], [
    ['accepted and forwarded', String(counts.forwarded)],
    ['  of these as they came', String(counts.forwarded - counts.repaired)],
    ['  of these after a repair', String(counts.repaired)],
    ['accepted and held', String(counts.held)],
    ['  of these "cannot be shown, download the original"', String(counts.heldUnshown)],
    ['accepted, but not delivered once (must be 0)', of('not delivered')],
    ['body bytes changed (must be 0)', of('body changed')],
    ['crashes (must be 0)', of('crash')],
    ['held view failed (must be 0)', of('held view failed')],
  ])
  for (const where of [...replies.changed, ...replies.revealed]) console.log(`as a reply: ${where}`)
  printTable(['sent as replies of those whom they name', String(files)], [
    ['nothing found', String(replies.clean)], ['rewritten', String(replies.rewritten)], ['stopped', String(replies.stopped)],
    ['left and tell who they are (must be 0)', String(replies.revealed.length)],
    ['changed though nobody is in them (must be 0)', String(replies.changed.length)],
  ])
  printTable(['refused', 'times'], [...counts.refused].map(([reply, refused]) => [reply, String(refused.length)]))
  const output = join(root, 'test', 'output')
  await mkdir(output, { recursive: true })
  const told = { at: new Date(), files, ...counts, refused: Object.fromEntries(counts.refused), faults, replies }
  await writeFile(join(output, 'torture.json'), `${JSON.stringify(told, null, 2)}\n`)
  return faults.length + replies.changed.length + replies.revealed.length === 0 ? 0 : 1
}
