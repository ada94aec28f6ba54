// The leak scan of replies: every way of the table is caught, and what holds no secret leaves as it came.
import { expect, test } from 'vitest'
import { parseMailbox, type Mailbox } from '../../../src/mail/address.ts'
import { contentInMemory } from '../../../src/mail/content.ts'
import { scanReply, type Scanned } from '../../../src/flow/scan-reply.ts'
import { systemClock } from '../../../src/clock.ts'
import { leakWays, secret, stranger } from '../../support/leak-ways.ts'
import { revealedIn } from '../../support/leak-oracle.ts'

const alias = parseMailbox('shop-7kq2m@burn.example')!
const secrets = { addresses: [secret.address as Mailbox, 'jd@gmail.com' as Mailbox], realName: secret.name }

type Made = { readonly header: Buffer; readonly body: Buffer }
const scan = ({ header, body }: Made): Promise<Scanned> => {
  const content = contentInMemory(Buffer.concat([header, body]), header.length, true)
  return scanReply({ clock: systemClock }, { alias, secrets, correspondentOf: () => undefined, header, content })
}
const leaving = async (scanned: Scanned & { kind: 'clean' }): Promise<Buffer> => {
  const pieces = [scanned.header]
  for await (const piece of scanned.content.read(scanned.content.bodyOffset)) pieces.push(piece)
  return Buffer.concat(pieces)
}

test.each(leakWays)('$name: $want', async ({ want, make }) => {
  const reply = make(secret)
  const scanned = await scan(reply)
  if (want === 'stopped') return void expect(scanned).toMatchObject({ kind: 'reveals' })
  expect(scanned).toMatchObject({ kind: 'clean' })
  const left = await leaving(scanned as Scanned & { kind: 'clean' })
  expect(left.equals(Buffer.concat([reply.header, reply.body]))).toBe(false)
  expect(await revealedIn(left, secret.address)).toEqual([])
})

test.each(leakWays)('$name: with somebody else in it, byte for byte', async ({ make }) => {
  const reply = make(stranger)
  const scanned = await scan(reply)
  expect(scanned).toMatchObject({ kind: 'clean' })
  expect((await leaving(scanned as Scanned & { kind: 'clean' })).equals(Buffer.concat([reply.header, reply.body]))).toBe(true)
})
