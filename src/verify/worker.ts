// The thread that verifies large messages, from inside: several at a time, each with a port of its own.
import { Readable } from 'node:stream'
import { parentPort, type MessagePort } from 'node:worker_threads'
import { evaluate, type Envelope } from './evaluate.ts'
import { DnsError, type Resolve } from './resolver.ts'
import type { Asks, Gets } from './thread.ts'

parentPort!.on('message', ({ envelope, port }: { readonly envelope: Envelope; readonly port: MessagePort }) => {
  const say = (asks: Asks): void => port.postMessage(asks)
  const names = new Map<number, PromiseWithResolvers<unknown>>()
  let piece = Promise.withResolvers<Uint8Array | undefined>()
  port.on('message', (gets: Gets) => {
    switch (gets.kind) {
      case 'piece': return piece.resolve(gets.bytes)
      case 'answer': return names.get(gets.id)?.resolve(gets.records)
      case 'no-answer': return names.get(gets.id)?.reject(new DnsError(gets.code, '', ''))
    }
  })
  const resolve = ((name: string, type: string): Promise<unknown> => {
    const answer = Promise.withResolvers<unknown>()
    const id = names.size
    names.set(id, answer)
    say({ kind: 'name', id, name, type })
    return answer.promise
  }) as Resolve
  const message = async function* (): AsyncGenerator<Buffer> {
    for (;;) {
      piece = Promise.withResolvers()
      say({ kind: 'piece' })
      const bytes = await piece.promise
      if (bytes === undefined) return
      yield Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    }
  }
  evaluate(Readable.from(message()), envelope, resolve).then(
    (facts) => say({ kind: 'done', facts }),
    (error: unknown) => say({ kind: 'failed', why: String(error) }),
  )
})
