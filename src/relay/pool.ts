// Connections to one next hop, kept and reused: at most `size` at once, a dead one is noticed before it is used.

import type { Clock } from '../clock.ts'
import { abandon, IDLE_MS, isUsable, type OutgoingConnection } from './connection.ts'

export type Lease = { readonly connection: OutgoingConnection; readonly reused: boolean }

export type Pool = {
  /** A kept connection, when one is free at this moment. */
  readonly takeKept: () => OutgoingConnection | undefined
  /** Waits for a free place until `patience` aborts, then opens a connection until `stop` does. `fresh`: no kept one. */
  readonly acquire: (patience: AbortSignal, stop: AbortSignal, fresh?: boolean) => Promise<Lease>
  readonly release: (connection: OutgoingConnection) => void
  /** Places not taken, for deciding how much to claim from the queue. */
  readonly room: () => number
  /** How many wait for a place. */
  readonly waiting: () => number
  /** No connection, kept or in use, and nobody who waits for one. */
  readonly isEmpty: () => boolean
  /** Says goodbye on idle connections and drops the others: whoever still waits on one has stored that it does. */
  readonly close: () => void
}

export class NoFreeConnection extends Error {}

export const createPool = (open: (signal: AbortSignal) => Promise<OutgoingConnection>, size: number, clock: Clock): Pool => {
  const idle: { connection: OutgoingConnection; since: number }[] = []
  const inUse = new Set<OutgoingConnection>()
  const queue: (() => void)[] = []
  let taken = 0

  const place = (signal: AbortSignal): Promise<void> => new Promise((resolve, reject) => {
    if (taken < size) {
      taken += 1
      return resolve()
    }
    const go = (): void => {
      signal.removeEventListener('abort', leave)
      taken += 1
      resolve()
    }
    const leave = (): void => {
      const index = queue.indexOf(go)
      if (index >= 0) queue.splice(index, 1)
      reject(new NoFreeConnection('no free connection'))
    }
    if (signal.aborted) return reject(new NoFreeConnection('no free connection'))
    signal.addEventListener('abort', leave, { once: true })
    queue.push(go)
  })

  const leavePlace = (): void => {
    taken -= 1
    queue.shift()?.()
  }

  const takeIdle = (): OutgoingConnection | undefined => {
    for (let entry = idle.pop(); entry; entry = idle.pop()) {
      if (isUsable(entry.connection)) return entry.connection
      abandon(entry.connection)
    }
    return undefined
  }

  // Asked at each release and by a timer: a server that is never written to again must not be held open for ever.
  const closeStale = (): void => {
    const oldest = clock.now().getTime() - IDLE_MS
    while (idle[0] && (idle[0].since <= oldest || !isUsable(idle[0].connection))) quit(idle.shift()!.connection)
  }

  const quit = (connection: OutgoingConnection): void => {
    if (!isUsable(connection) && connection.destroyed) return
    connection.quit()
    connection.usable = false
  }

  let closed = false
  const sweep = (): void => {
    if (closed) return
    closeStale()
    timer = clock.setTimeout(sweep, IDLE_MS / 2)
    timer.unref()
  }
  let timer = clock.setTimeout(sweep, IDLE_MS / 2)
  timer.unref()

  return {
    takeKept: () => {
      const connection = taken < size ? takeIdle() : undefined
      if (!connection) return undefined
      taken += 1
      inUse.add(connection)
      return connection
    },
    acquire: async (patience, stop, fresh = false) => {
      await place(patience)
      try {
        const kept = fresh ? undefined : takeIdle()
        const connection = kept ?? await open(stop)
        inUse.add(connection)
        return { connection, reused: kept !== undefined }
      } catch (error) {
        leavePlace()
        throw error
      }
    },
    release: (connection) => {
      inUse.delete(connection)
      leavePlace()
      if (closed || !isUsable(connection)) return quit(connection)
      idle.push({ connection, since: clock.now().getTime() })
    },
    room: () => size - taken,
    waiting: () => queue.length,
    isEmpty: () => taken === 0 && idle.length === 0,
    close: () => {
      closed = true
      clock.clearTimeout(timer)
      for (const { connection } of idle.splice(0)) {
        quit(connection)
        connection.close()
      }
      for (const connection of inUse) abandon(connection)
    },
  }
}
