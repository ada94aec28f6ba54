// Waits for a condition, never for a time: with a deadline that says what was waited for.
import { setTimeout as wait } from 'node:timers/promises'

const deadlineMilliseconds = 20_000

/** Resolves to the first true value. `each` runs between two looks: a fake clock's step, say. */
export async function until<T>(
  look: () => T | Promise<T>, what: string, options: { readonly each?: () => unknown; readonly milliseconds?: number } = {},
): Promise<NonNullable<T>> {
  for (const deadline = performance.now() + (options.milliseconds ?? deadlineMilliseconds); ; await wait(5)) {
    const found = await look()
    if (found) return found
    if (performance.now() > deadline) throw new Error(`waited in vain for ${what}`)
    await options.each?.()
  }
}
