// A full disk under load, the spool's and the database's at once: senders keep what cannot be kept here, and all goes on when there is room.
import { setTimeout as wait } from 'node:timers/promises'
import { expect, onTestFinished } from 'vitest'
import { addPeople, answeredSome, expectAllAnswered, expectNothingLost, fateIn, makePlace, scale, sendAll } from '../support/chaos-place.ts'
import { openNextHop } from '../support/next-hop.ts'
import { startProgram } from '../support/program.ts'
import { openSmallDisk } from '../support/tmpfs.ts'
import { testNeeding } from '../support/tools.ts'

const test = testNeeding('root', 'tmpfs')

test('F09 I08 the disk of the spool and of the database full again and again under load: 4xx meanwhile, nothing lost', async () => {
  const hop = await openNextHop()
  onTestFinished(() => hop[Symbol.asyncDispose]())
  const disk = openSmallDisk(400)
  const place = await makePlace(hop, { data: disk.folder, env: { BURNBOX_MAX_MESSAGE_BYTES: '1000000' } })
  const to = addPeople(place)
  const program = await startProgram(place.env, { data: place.data })
  onTestFinished(() => program[Symbol.asyncDispose]())
  const [messages, times] = [150 * scale, scale]
  const sending = sendAll(program.smtpPort, 'full', to, { messages })
  for (let time = 1; time <= times; time++) {
    await answeredSome(sending, Math.floor((time / (times + 1)) * messages))
    disk.fill()
    await wait(2_000)     // as long as it is full
    disk.free()
  }
  await expectAllAnswered(sending, messages)
  expectNothingLost('full disk', await fateIn(place, sending.answered, hop))
  await program[Symbol.asyncDispose]()
  expect(await program.ended).toBe(0)
})
