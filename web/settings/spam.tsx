// From how many points of the spam filter on mail is held instead of delivered.
import { account } from '../account.ts'
import { Wrong } from '../parts/wrong.tsx'
import { ChoiceLine, type Choice } from './kept-lines.tsx'
import { useAccountChange } from './use-account-change.ts'

const choices: readonly Choice<number | null>[] = [
  [6, 'Strict: hold what may be spam'],
  [10, 'Usual: hold what looks like spam'],
  [15, 'Lenient: hold plain spam alone'],
  [null, 'Never hold spam'],
]

export function Spam() {
  const { wrong, change } = useAccountChange()
  const me = account.value
  if (!me) return null
  return (
    <section class="set" id="spam" aria-labelledby="sp-h">
      <h2 id="sp-h">Spam</h2>
      {wrong.value && <Wrong>{wrong.value}</Wrong>}
      <ul class="lines">
        <ChoiceLine
          id="spam-from"
          words="Held as spam"
          hint="It waits in Holding, where you can release it. What is below is delivered with a mark. Only where this host has a spam filter"
          value={me.spam_threshold}
          choices={choices}
          choose={(points) =>
            change({ spam_threshold: points }, points === null ? 'Spam is marked and delivered.' : 'Changed what is held as spam.')
          }
          other={(points) => `From ${points} points on`}
        />
      </ul>
    </section>
  )
}
