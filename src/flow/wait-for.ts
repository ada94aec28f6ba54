// Waits for a promise, for a time, or for a signal, whichever is first.

import type { Host } from './host.ts'

export type Waited<T> = { readonly kind: 'done'; readonly value: T } | { readonly kind: 'time' } | { readonly kind: 'signal' }

export const waitFor = <T>(host: Pick<Host, 'clock'>, promise: Promise<T>, limit: { readonly ms: number; readonly signal: AbortSignal }): Promise<Waited<T>> =>
  new Promise((resolve, reject) => {
    const end = (waited: Waited<T>): void => {
      host.clock.clearTimeout(timer)
      limit.signal.removeEventListener('abort', onSignal)
      resolve(waited)
    }
    const onSignal = (): void => end({ kind: 'signal' })
    const timer = host.clock.setTimeout(() => end({ kind: 'time' }), Math.max(0, limit.ms))
    if (limit.signal.aborted) onSignal()
    else limit.signal.addEventListener('abort', onSignal, { once: true })
    promise.then((value) => end({ kind: 'done', value }), (error: unknown) => {
      host.clock.clearTimeout(timer)
      limit.signal.removeEventListener('abort', onSignal)
      reject(error)
    })
  })
