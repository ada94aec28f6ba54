// A message of 30 MB with a valid DKIM signature of sender.example, in pieces: nobody holds it whole.
import { generateKeyPairSync } from 'node:crypto'
import { systemClock } from '../../src/clock.ts'
import { createSigner } from '../../src/relay/sign.ts'

export type LargeMessage = {
  readonly size: number
  /** What follows DATA, without the final dot. */
  readonly pieces: () => Iterable<Uint8Array>
  /** The TXT record of its key. */
  readonly texts: Readonly<Record<string, string>>
}

const bodyBytes = 30 * 1024 * 1024
/** Written again and again: the sender's memory is not what is measured, but the machine has only so much. */
const block = Buffer.from(`${'x'.repeat(76)}\r\n`.repeat(840))
const fields = Buffer.from('From: Shop <shop@sender.example>\r\nSubject: large\r\nDate: Thu, 01 Jan 2026 00:00:00 +0000\r\nMessage-ID: <1@sender.example>\r\n')

export async function largeMessage(): Promise<LargeMessage> {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const key = {
    domain: 'sender.example', selector: 'large', algorithm: 'rsa-sha256' as const, privateKey: privateKey.export({ type: 'pkcs8', format: 'der' }),
  }
  const size = fields.length + 2 + Math.ceil(bodyBytes / block.length) * block.length
  const content = { size, header: fields, bodyOffset: fields.length, eightBit: false, read: () => rest() }
  const header = await createSigner(async () => [key], systemClock).sign({ header: fields, content } as Parameters<ReturnType<typeof createSigner>['sign']>[0])
  return {
    size, pieces: () => whole(header),
    texts: { 'large._domainkey.sender.example': `v=DKIM1; k=rsa; p=${publicKey.export({ type: 'spki', format: 'der' }).toString('base64')}` },
  }
}

/** The empty line and the body. */
function* rest(): Generator<Buffer> {
  yield Buffer.from('\r\n')
  for (let sent = 0; sent < bodyBytes; sent += block.length) yield block
}

function* whole(header: Buffer): Generator<Buffer> {
  yield header
  yield* rest()
}
