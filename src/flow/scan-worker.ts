// The thread of the scan, from inside: one reply at a time.
import { parentPort } from 'node:worker_threads'
import type { Mailbox } from '../mail/address.ts'
import type { LeakScan } from '../policy/leak-scan.ts'
import type { FromThread, ScanJob, ToThread } from './scan-job.ts'
import { needlesFor, scanWhole } from './scan-message.ts'

const port = parentPort!

const asBuffer = (bytes: Uint8Array): Buffer => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)

const scan = async ({ header, body, alias, secrets }: ScanJob): Promise<LeakScan> => {
  const known = new Map<Mailbox, Mailbox | undefined>()
  const asked = new Set<Mailbox>()
  const correspondentOf = (reverseAlias: Mailbox): Mailbox | undefined => {
    if (!known.has(reverseAlias)) asked.add(reverseAlias)
    return known.get(reverseAlias)
  }
  const once = (): Promise<LeakScan> => scanWhole({ header: asBuffer(header), body: asBuffer(body) }, needlesFor(secrets, alias), { alias, correspondentOf })
  const first = await once()
  if (asked.size === 0) return first
  port.postMessage({ kind: 'names', reverseAliases: [...asked] } satisfies FromThread)
  answered = Promise.withResolvers()
  const told = await answered.promise
  for (const [reverseAlias, correspondent] of told) known.set(reverseAlias, correspondent)
  return told.some(([, correspondent]) => correspondent !== undefined) ? once() : first
}

let answered = Promise.withResolvers<Extract<ToThread, { kind: 'names' }>['names']>()

port.on('message', (told: ToThread) => {
  switch (told.kind) {
    case 'names': return answered.resolve(told.names)
    case 'scan': return void scan(told.job).then(
      (done) => port.postMessage({ kind: 'done', scan: done } satisfies FromThread),
      (error: unknown) => port.postMessage({ kind: 'failed', why: String(error) } satisfies FromThread),
    )
  }
})
