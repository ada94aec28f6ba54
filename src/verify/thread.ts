// The thread that verifies large messages, seen from outside: it asks for the next piece and for names, so that bytes wait where they are and
// there is still one resolver. Started by the first large message; when it dies, the messages in it are not answered for, the next ones have another.
import { MessageChannel, Worker, type MessagePort } from 'node:worker_threads'
import { systemClock, type Clock } from '../clock.ts'
import type { Authentication } from '../policy/judge.ts'
import type { Envelope } from './evaluate.ts'
import { DnsError, type DnsErrorCode, type Resolve } from './resolver.ts'

export type Asks =
  | { readonly kind: 'piece' }
  | { readonly kind: 'name'; readonly id: number; readonly name: string; readonly type: string }
  | { readonly kind: 'done'; readonly facts: Authentication }
  | { readonly kind: 'failed'; readonly why: string }
export type Gets =
  | { readonly kind: 'piece'; readonly bytes: Uint8Array | undefined }
  | { readonly kind: 'answer'; readonly id: number; readonly records: unknown }
  | { readonly kind: 'no-answer'; readonly id: number; readonly code: DnsErrorCode }

export type VerifyThread = {
  readonly evaluate: (message: AsyncIterable<Buffer>, envelope: Envelope, resolve: Resolve) => Promise<Authentication>
  readonly close: () => void
}

/** Twenty of 30 MB at once need 4 s of one thread. Past this the sender is asked to come again. */
const PATIENCE_MS = 15_000

export const createVerifyThread = (clock: Clock = systemClock): VerifyThread => {
  let worker: Worker | undefined
  const running = (): Worker => {
    if (worker) return worker
    const started = new Worker(new URL('./worker.ts', import.meta.url), { env: {}, execArgv: [] })
    started.unref()
    started.setMaxListeners(0)
    started.on('error', () => {})
    started.once('exit', () => { if (worker === started) worker = undefined })
    return worker = started
  }

  return {
    evaluate: async (message, envelope, resolve) => {
      const inside = running()
      const { port1, port2 } = new MessageChannel()
      const ended = Promise.withResolvers<Authentication>()
      const onExit = (): void => ended.reject(new Error('the thread that verifies ended'))
      const timer = clock.setTimeout(() => {
        // It may be busy with one message for ever; the others in it come again as well. It takes a moment to end, so nobody new may enter.
        if (worker === inside) worker = undefined
        void inside.terminate()
        ended.reject(new Error('a large message took too long to verify'))
      }, PATIENCE_MS)
      inside.once('exit', onExit)
      serve(port1, message[Symbol.asyncIterator](), resolve, ended)
      inside.postMessage({ envelope, port: port2 }, [port2])
      try {
        return await ended.promise
      } finally {
        clock.clearTimeout(timer)
        inside.off('exit', onExit)
        port1.close()
      }
    },
    close: () => {
      void worker?.terminate()
      worker = undefined
    },
  }
}

const serve = (port: MessagePort, pieces: AsyncIterator<Buffer>, resolve: Resolve, ended: PromiseWithResolvers<Authentication>): void => {
  const say = (what: Gets): void => port.postMessage(what)
  port.on('message', (asks: Asks) => {
    switch (asks.kind) {
      case 'piece':
        pieces.next().then(({ value }) => say({ kind: 'piece', bytes: value as Buffer | undefined }), ended.reject)
        break
      case 'name':
        resolve(asks.name, asks.type).then(
          (records) => say({ kind: 'answer', id: asks.id, records }),
          (error: unknown) => say({ kind: 'no-answer', id: asks.id, code: error instanceof DnsError ? error.code : 'ESERVFAIL' }),
        )
        break
      case 'done': return ended.resolve(asks.facts)
      case 'failed': return ended.reject(new Error(asks.why))
    }
  })
}
