// One message and where it came from, to the facts about its authenticity. Bounded: 10 DKIM signatures, 5 s of DNS; what is large is hashed in
// another thread, so that nobody else waits for it.
import type { Content } from '../mail/content.ts'
import { fieldsOf, type Field } from '../mail/header.ts'
import type { Authentication } from '../policy/judge.ts'
import { evaluate, type Envelope } from './evaluate.ts'
import { DnsError, type Resolve } from './resolver.ts'
import { createVerifyThread } from './thread.ts'

export type Verifier = {
  /** Rejects only for a fault of ours, or when the thread does not get ready in time: nothing is known then. */
  readonly authenticate: (envelope: Envelope, content: Content) => Promise<Authentication>
  readonly close: () => void
}

/** E13: each has a key to ask for and a body to hash. The first ones are the last signers. ARC sets beyond 50 mailauth leaves out itself. */
const MOST_SIGNATURES = 10
const DNS_MS = 5_000
/** What is in a spool file. 1 MB of mail blocks the event loop for 10 ms, but 1 MB of tabs and line ends for 100 to 300. */
const IN_THREAD_BYTES = 256 * 1024

export const createVerifier = (resolve: Resolve): Verifier => {
  const thread = createVerifyThread()

  const verify = async (envelope: Envelope, content: Content, resolveInTime: Resolve): Promise<Authentication> => {
    // mailauth asks for it last; when the 5 s are over by then, nobody would know that the domain wants to be refused.
    resolveInTime(`_dmarc.${envelope.from.slice(envelope.from.lastIndexOf('@') + 1)}`, 'TXT').catch(() => {})
    const fields = fieldsOf(content.header)
    if (!fields.some(({ name }) => name === 'dkim-signature' || name.startsWith('arc-'))) return evaluate(undefined, envelope, resolveInTime)
    // Where nothing was signed the body is nobody's word.
    if (!fields.some(({ name }) => name === 'dkim-signature' || name === 'arc-message-signature')) return evaluate(content.header, envelope, resolveInTime)
    const message = bounded(fields, content)
    if (content.size > IN_THREAD_BYTES) return thread.evaluate(message, envelope, resolveInTime)
    return evaluate(await gathered(message), envelope, resolveInTime)
  }

  return {
    authenticate: async (envelope, content) => {
      const patience = new AbortController()
      // Not AbortSignal.timeout, which cannot be ended: that of each message would still come, 5 s later.
      const timer = setTimeout(() => patience.abort(), DNS_MS).unref()
      try {
        return await verify(envelope, content, withinTime(resolve, patience.signal))
      } finally {
        clearTimeout(timer)
      }
    },
    close: thread.close,
  }
}

/** Each question once a message, whatever its TTL; none is waited for when the time is over. */
export const withinTime = (resolve: Resolve, patience: AbortSignal): Resolve => {
  const asked = new Map<string, Promise<unknown>>()
  const timedOut = new Promise<never>((_, reject) => {
    patience.addEventListener('abort', () => reject(new DnsError('ETIMEOUT', 'the message', 'all')), { once: true })
  })
  timedOut.catch(() => {})
  const ask = (name: string, type: string): Promise<unknown> => {
    const key = `${type} ${name.toLowerCase()}`
    const answer = asked.get(key) ?? (patience.aborted ? timedOut : Promise.race([resolve(name, type), timedOut]))
    asked.set(key, answer)
    return answer
  }
  return ask as Resolve
}

async function* bounded(fields: readonly Field[], content: Content): AsyncGenerator<Buffer> {
  const signatures = fields.filter((field) => field.name === 'dkim-signature')
  if (signatures.length <= MOST_SIGNATURES) return yield* content.read(0)
  const left = new Set(signatures.slice(MOST_SIGNATURES))
  yield Buffer.concat(fields.filter((field) => !left.has(field)).map((field) => field.raw))
  yield* content.read(content.bodyOffset)
}

const gathered = async (pieces: AsyncIterable<Buffer>): Promise<Buffer> => {
  const all: Buffer[] = []
  for await (const piece of pieces) all.push(piece)
  return all.length === 1 && all[0] ? all[0] : Buffer.concat(all)
}
