// From how many points of the spam filter on mail is held instead of delivered.
import { account, refreshAccount } from '../account.ts'
import { changeMe } from '../api.ts'
import { useSending } from '../parts/use-sending.ts'
import { Wrong } from '../parts/wrong.tsx'
import { say } from '../say.ts'

type Choice = readonly [points: number | null, words: string]
const choices: readonly Choice[] = [
  [6, 'Strict: hold what may be spam'],
  [10, 'Usual: hold what looks like spam'],
  [15, 'Lenient: hold plain spam alone'],
  [null, 'Never hold spam'],
]

/** A threshold that was set by a program stays what it is, and is shown. */
const withOwn = (points: number | null): readonly Choice[] =>
  choices.some(([each]) => each === points) ? choices : [...choices, [points, `From ${points} points on`]]

export function Spam() {
  const { wrong, send } = useSending()
  const me = account.value
  if (!me) return null
  const choose = (points: number | null) =>
    void send(async () => {
      account.value = await changeMe({ spam_threshold: points })
      say(points === null ? 'Spam is marked and delivered.' : 'Changed what is held as spam.')
    }).then((done) => {
      if (!done) refreshAccount()
    })
  return (
    <section class="set" id="spam" aria-labelledby="sp-h">
      <h2 id="sp-h">Spam</h2>
      {wrong.value && <Wrong>{wrong.value}</Wrong>}
      <ul class="lines">
        <li class="ln">
          <label class="ln-m" for="spam-from">
            <b>Held as spam</b>
            <span class="hint">
              It waits in Holding, where you can release it. What is below is delivered with a mark. Only where this host has a spam filter
            </span>
          </label>
          <span class="ln-a">
            <select
              class="input"
              id="spam-from"
              value={String(me.spam_threshold)}
              onChange={(event) => choose(JSON.parse(event.currentTarget.value) as number | null)}
            >
              {withOwn(me.spam_threshold).map(([points, words]) => (
                <option value={String(points)}>{words}</option>
              ))}
            </select>
          </span>
        </li>
      </ul>
    </section>
  )
}
