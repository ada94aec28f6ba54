// Releasing many: all of one address, or all since a time. It shows how far it is, and can be stopped.
import { refreshAccount } from '../account.ts'
import { releaseMany } from '../api.ts'
import { whileMore } from '../in-turn.ts'
import { say } from '../say.ts'
import { signal } from '@preact/signals'
import { refreshHeld } from './held-list.ts'

/** What the last one came to, in a sentence. */
export const released = signal<{ readonly words: string; readonly failed: boolean } | undefined>(undefined)

const number = (count: number) => `${count.toLocaleString('en')} ${count === 1 ? 'message' : 'messages'}`

export async function releaseHeld(which: { alias_id?: string; since?: string }) {
  let [done, skipped] = [0, 0]
  released.value = undefined
  const tell = (words: string, failed = false) => {
    released.value = { words, failed }
    say(words)
  }
  try {
    await whileMore('Releasing', async (cursor) => {
      const step = await releaseMany({ ...which, ...(cursor && { cursor }) })
      done += step.released
      skipped += step.skipped
      return { done: step.released + step.skipped, left: step.remaining, next: step.next }
    })
    const rest = skipped ? ` ${number(skipped)} stay held: they would show an inbox, or have none to go to.` : ''
    tell(done + skipped ? `Released ${number(done)}.${rest}` : 'Nothing was held since then.')
  } catch (error) {
    tell(`Released ${number(done)}, then it stopped: ${error instanceof Error ? error.message : 'the server did not answer.'}`, true)
  }
  refreshAccount(300)
  await refreshHeld()
}
