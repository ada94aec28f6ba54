// How long things are kept.
import { account } from '../account.ts'
import { Wrong } from '../parts/wrong.tsx'
import { ChoiceLine, type Choice } from './kept-lines.tsx'
import { useAccountChange } from './use-account-change.ts'

const heldChoices: readonly Choice<number>[] = [[7, '7 days'], [30, '30 days'], [90, '90 days'], [365, 'a year']]
const activityChoices: readonly Choice<number>[] = [[7, '7 days'], [30, '30 days'], [90, '90 days'], [365, 'a year'], [1825, '5 years']]
const correspondentChoices: readonly Choice<number>[] = [[90, '90 days'], [365, 'a year'], [400, '400 days'], [1095, '3 years'], [3650, '10 years']]

export function Keeping() {
  const { wrong, change } = useAccountChange()
  const me = account.value
  if (!me) return null
  return (
    <section class="set" id="keeping" aria-labelledby="kp-h">
      <h2 id="kp-h">Keeping</h2>
      {wrong.value && <Wrong>{wrong.value}</Wrong>}
      <ul class="lines">
        <ChoiceLine
          id="keep-held"
          words="Held mail"
          hint="Then it is deleted. A shorter time is in force at once"
          value={me.held_days}
          choices={heldChoices}
          choose={(days) => change({ held_days: days }, `Held mail is kept for ${days} days.`)}
        />
        <ChoiceLine
          id="keep-activity"
          words="Activity"
          hint="What happened to each message: never its text"
          value={me.activity_days}
          choices={activityChoices}
          choose={(days) => change({ activity_days: days }, `Activity is kept for ${days} days.`)}
        />
        <ChoiceLine
          id="keep-correspondents"
          words="Reverse aliases"
          hint="The addresses that you answer through, when neither side used them for so long. They come back when somebody writes again"
          value={me.correspondent_days}
          choices={correspondentChoices}
          choose={(days) => change({ correspondent_days: days }, `Unused reverse aliases are kept for ${days} days.`)}
        />
      </ul>
    </section>
  )
}
