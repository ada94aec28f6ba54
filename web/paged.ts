// A list that the server gives page by page: what is there so far, how it stands, and how to get more.
import { batch, signal, type ReadonlySignal } from '@preact/signals'
import type { Page } from './calls.ts'

export type Standing = 'first' | 'more' | 'ready' | 'failed'
export type Paged<T> = {
  readonly pages: ReadonlySignal<readonly (readonly T[])[]>
  readonly standing: ReadonlySignal<Standing>
  readonly fault: ReadonlySignal<unknown>
  readonly complete: ReadonlySignal<boolean>
  /** Starts again; what was there stays until the first page has come, unless `clear`. */
  start(clear?: boolean): Promise<void>
  more(): Promise<void>
  drop(match: (item: T) => boolean): void
  put(item: T): void
  change(each: (item: T) => T): void
}

export function paged<T>(read: (cursor: string | undefined, signal: AbortSignal) => Promise<Page<T>>): Paged<T> {
  const pages = signal<readonly (readonly T[])[]>([])
  const standing = signal<Standing>('first')
  const fault = signal<unknown>(undefined)
  const complete = signal(false)
  let next: string | undefined
  let running: AbortController | undefined

  async function load(cursor: string | undefined) {
    running?.abort()
    const mine = (running = new AbortController())
    try {
      const page = await read(cursor, mine.signal)
      if (mine.signal.aborted) return
      batch(() => {
        pages.value = cursor === undefined ? (page.items.length ? [page.items] : []) : [...pages.value, page.items]
        next = page.next ?? undefined
        complete.value = next === undefined
        standing.value = 'ready'
        fault.value = undefined
      })
    } catch (error) {
      if (mine.signal.aborted) return
      batch(() => {
        standing.value = 'failed'
        fault.value = error
      })
    } finally {
      if (running === mine) running = undefined
    }
  }

  return {
    pages,
    standing,
    fault,
    complete,
    async start(clear = false) {
      batch(() => {
        if (clear) pages.value = []
        if (!pages.value.length) standing.value = 'first'
      })
      await load(undefined)
    },
    async more() {
      if (running || next === undefined) return
      standing.value = 'more'
      await load(next)
    },
    drop(match) {
      pages.value = pages.value.map((page) => page.filter((item) => !match(item))).filter((page) => page.length)
    },
    change(each) {
      pages.value = pages.value.map((page) => page.map(each))
    },
    put(item) {
      const [first = [], ...rest] = pages.value
      pages.value = [[item, ...first], ...rest]
    },
  }
}
