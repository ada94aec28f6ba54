// Killed with -9: while senders send and the worker delivers (F01, F02), and exactly in each phase (F03). The invariant is that of
// test/support/trace-letters.ts. Duplicates are possible for what was under way at a kill: they are counted.
import { setTimeout as wait } from 'node:timers/promises'
import { expect, onTestFinished, test } from 'vitest'
import { addPeople, answeredSome, expectAllAnswered, expectNothingLost, fateIn, makePlace, scale, sendAll, type Place } from '../support/chaos-place.ts'
import { openNextHop, type Phase } from '../support/next-hop.ts'
import { startProgram, type Program } from '../support/program.ts'
import { greet, type SmtpClient } from '../support/smtp-client.ts'

/** One that is started again after each kill. */
async function runAgain(place: Place): Promise<{ readonly port: number; strike(): void; kill(): Promise<void> }> {
  let program: Program = await startProgram(place.env, { data: place.data })
  onTestFinished(() => program[Symbol.asyncDispose]())
  return {
    port: place.port,
    strike: () => { process.kill(program.pid, 'SIGKILL') },
    kill: async () => {
      process.kill(program.pid, 'SIGKILL')
      expect(await program.ended).toBe('SIGKILL')
      program = await startProgram(place.env, { data: place.data })
    },
  }
}

test('F01 10 senders, killed with -9 again and again: nothing that was answered 250 is lost', async () => {
  await using hop = await openNextHop()
  const place = await makePlace(hop)
  const to = addPeople(place)
  const [messages, kills] = [500 * scale, 6 * scale]
  const program = await runAgain(place)
  const sending = sendAll(program.port, 'F01', to, { messages })
  for (let kill = 1; kill <= kills; kill++) {
    await answeredSome(sending, Math.floor((kill / (kills + 1)) * messages))
    await program.kill()
  }
  await expectAllAnswered(sending, messages)
  expectNothingLost('F01', await fateIn(place, sending.answered, hop))
})

test('F02 the same with a worker that delivers to a slow sink', async () => {
  await using hop = await openNextHop({ dot: async () => {
    await wait(50)      // the sink's own slowness, nothing waits for it by guess
    return '250 2.0.0 Ok'
  } })
  const place = await makePlace(hop)
  const [, both] = addPeople(place)
  const [messages, kills] = [100 * scale, 2 * scale]
  const program = await runAgain(place)
  const sending = sendAll(program.port, 'F02', [both!], { messages, senders: 5 })
  for (let kill = 1; kill <= kills; kill++) {
    await answeredSome(sending, Math.floor((kill / (kills + 1)) * messages))
    await program.kill()
  }
  await expectAllAnswered(sending, messages)
  expectNothingLost('F02', await fateIn(place, sending.answered, hop))
})

/** Where the next hop stands when the process dies; 'settling': it has said 250, and we are recording it. */
type Moment = Extract<Phase, 'greeting' | 'ehlo' | 'mail' | 'rcpt' | 'data' | 'dot'> | 'settling'
const moments: readonly Moment[] = ['mail', 'rcpt', 'data', 'dot', 'settling', 'ehlo', 'greeting']

test('F03 killed with -9 in each phase of an attempt, of settling, and of DATA, under load: nothing lost', async () => {
  let armed: Moment | undefined
  let steps = 0
  let strike = (): void => {}
  const at = (moment: Moment, good: string) => (): string => {
    if (armed !== moment) return good
    armed = undefined
    strike()
    return good
  }
  await using hop = await openNextHop({
    greeting: at('greeting', '220 sink.example ESMTP'), mail: at('mail', '250 Ok'), rcpt: at('rcpt', '250 Ok'), data: at('data', '354 Go on'),
    ehlo: () => at('ehlo', '250-sink.example\r\n250-PIPELINING\r\n250 8BITMIME')(),
    dot: () => {
      if (armed === 'settling') {
        armed = undefined
        // After the 250 is out; how long it takes to record it differs, so the moments do.
        setTimeout(() => strike(), steps % 4)
        return '250 Ok'
      }
      return at('dot', '250 Ok')()
    },
  })
  const place = await makePlace(hop)
  const to = addPeople(place)
  const program = await runAgain(place)
  const messages = 300 * scale
  const sending = sendAll(program.port, 'F03', to, { messages })
  const all = Array.from({ length: scale }, () => moments).flat()
  for (const moment of all) {
    steps += 1
    await answeredSome(sending, Math.floor((steps / (all.length + 2)) * messages))
    // In its DATA, small in memory and large in a spool file, at every one of the kills.
    const halves = await Promise.all([10, 400].map((kilobytes) => halfOfData(program.port, to[0]![0]!, kilobytes)))
    const struck = new Promise<void>((resolve) => {
      strike = () => {
        program.strike()
        resolve()
      }
    })
    armed = moment
    // A connection is opened only when the kept ones are gone.
    if (moment === 'greeting' || moment === 'ehlo') hop.hangUp()
    await Promise.race([struck, sending.done])
    armed = undefined
    await program.kill()
    for (const half of halves) await half[Symbol.asyncDispose]()
  }
  await expectAllAnswered(sending, messages)
  expectNothingLost('F03', await fateIn(place, sending.answered, hop))
})

async function halfOfData(port: number, to: string, kilobytes: number): Promise<SmtpClient> {
  const client = await greet(port)
  for (const line of ['MAIL FROM:<half@shop.example>', `RCPT TO:<${to}>`, 'DATA']) expect(await client.say(line)).toMatch(/^[23]/)
  await client.write(`From: half@shop.example\r\nX-Letter: half\r\n\r\n${`${'x'.repeat(1_022)}\r\n`.repeat(kilobytes)}`)
  return client
}
