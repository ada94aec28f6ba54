// Long work on many things: batch after batch, its progress for a bar, and Stop.
import { signal } from '@preact/signals'

export type Work = { readonly words: string; readonly done: number; readonly total: number | undefined; readonly stop: () => void }

/** What is under way on this page; shown by parts/work-bar.tsx. */
export const work = signal<Work | undefined>(undefined)

const batchSize = 50

/** Does it to batch after batch, until the end or until Stop is pressed. */
export async function inTurn<T>(words: string, items: readonly T[], does: (batch: readonly T[]) => Promise<void>): Promise<void> {
  let stopped = false
  const stop = () => {
    stopped = true
  }
  try {
    for (let at = 0; at < items.length && !stopped; at += batchSize) {
      work.value = { words, done: at, total: items.length, stop }
      await does(items.slice(at, at + batchSize))
    }
  } finally {
    work.value = undefined
  }
}

/** Does it again and again from where it left off, until it says that nothing is left, or until Stop is pressed. */
export async function whileMore(words: string, does: (cursor: string | undefined) => Promise<{ done: number; left: number; next: string | null }>) {
  let stopped = false
  const stop = () => {
    stopped = true
  }
  let [done, cursor] = [0, undefined as string | undefined]
  work.value = { words, done, total: undefined, stop }
  try {
    for (;;) {
      const step = await does(cursor)
      done += step.done
      work.value = { words, done, total: done + step.left, stop }
      if (step.next === null || stopped) return
      cursor = step.next
    }
  } finally {
    work.value = undefined
  }
}
