// The disk of the spool, full in the middle of a message or read-only (F10, F11).
import { readdirSync } from 'node:fs'
import path from 'node:path'
import { expect, onTestFinished } from 'vitest'
import { peopleIn, programOn } from '../support/chaos-place.ts'
import { createDatabase } from '../support/database.ts'
import { listHeldRows } from '../support/mail-rows.ts'
import { openNextHop, type NextHop } from '../support/next-hop.ts'
import { greet, letter, sendAlone, type SmtpClient } from '../support/smtp-client.ts'
import { openSmallDisk, type SmallDisk } from '../support/tmpfs.ts'
import { testNeeding } from '../support/tools.ts'
import { until } from '../support/until.ts'

const kilobyte = `${'x'.repeat(998)}\r\n`

async function onSmallDisk() {
  const { db, url } = await createDatabase()
  const hop = await openNextHop()
  onTestFinished(() => hop[Symbol.asyncDispose]())
  const disk = openSmallDisk(16)
  const [one, , , burned] = await peopleIn(db)
  const program = await programOn(hop, url, { BURNBOX_DATA: disk.folder, BURNBOX_MAX_MESSAGE_BYTES: '2000000' })
  return { db, hop, disk, program, one: one![0]!, burned: burned![0]! }
}

/** In its DATA, with 600 of 900 KB sent. */
async function halfWay(port: number, to: string): Promise<SmtpClient> {
  const client = await greet(port)
  for (const line of ['MAIL FROM:<shop@shop.example>', `RCPT TO:<${to}>`, 'DATA']) expect(await client.say(line)).toMatch(/^[23]/)
  await client.write(`From: shop@shop.example\r\n\r\n${kilobyte.repeat(600)}`)
  return client
}

const theRest = async (client: SmtpClient): Promise<string> => {
  await client.write(`${kilobyte.repeat(300)}.\r\n`)
  return client.reply()
}

/** Without our own notice of a first stranger, which comes with the minute. */
const forwards = (hop: NextHop) => hop.accepted.filter(({ reversePath }) => reversePath !== '')

const spooled = (disk: SmallDisk): readonly string[] => readdirSync(path.join(disk.folder, 'spool'))

testNeeding('root', 'tmpfs')('F10 the disk is full in the middle of DATA: 452 4.3.1, nothing left behind, then before DATA; with room again 250', async () => {
  const { db, hop, disk, program, one, burned } = await onSmallDisk()
  for (const to of [one, burned]) {
    await using client = await halfWay(program.smtpPort, to)
    disk.fill()
    expect(await theRest(client)).toBe('452 4.3.1 Not enough room, try again later')
    expect(spooled(disk)).toEqual([])
    // F09: told before DATA as soon as it is noticed, and without a restart when there is room again.
    await until(async () => {
      const reply = await client.say('MAIL FROM:<shop@shop.example>')
      await client.say('RSET')
      return reply === '452 4.3.1 Not enough room, try again later'
    }, '452 at MAIL')
    disk.free()
    await until(async () => (await sendAlone(program.smtpPort, { to, content: letter('room again', kilobyte.repeat(400)) })).startsWith('250'), 'room again')
  }
  expect([forwards(hop).length, (await listHeldRows(db)).length]).toEqual([1, 1])
  expect(spooled(disk)).toEqual([])
})

testNeeding('root', 'tmpfs')('F11 the spool becomes read-only: 451 4.3.0 and /readyz red; small mail goes on; then well again', async () => {
  const { hop, disk, program, one } = await onSmallDisk()
  const ready = async (): Promise<number> => (await fetch(`${program.url}/readyz`)).status
  expect(await ready()).toBe(200)
  disk.readOnly(true)
  await using client = await halfWay(program.smtpPort, one)
  expect(await theRest(client)).toBe('451 4.3.0 Try again later')
  expect(await ready()).toBe(503)
  expect(await sendAlone(program.smtpPort, { to: one, content: letter('small') })).toMatch(/^250 /)
  disk.readOnly(false)
  expect(await sendAlone(program.smtpPort, { to: one, content: letter('large', kilobyte.repeat(900)) })).toMatch(/^250 /)
  expect(await ready()).toBe(200)
  expect(forwards(hop)).toHaveLength(2)
})
