// How long things are kept.
import { account, refreshAccount } from '../account.ts'
import { changeMe } from '../api.ts'
import { useSending } from '../parts/use-sending.ts'
import { Wrong } from '../parts/wrong.tsx'
import { say } from '../say.ts'

type Change = Parameters<typeof changeMe>[0]
type Choice = readonly [days: number, words: string]

const heldChoices: readonly Choice[] = [[7, '7 days'], [30, '30 days'], [90, '90 days'], [365, 'a year']]
const activityChoices: readonly Choice[] = [[7, '7 days'], [30, '30 days'], [90, '90 days'], [365, 'a year'], [1825, '5 years']]
const correspondentChoices: readonly Choice[] = [[90, '90 days'], [365, 'a year'], [400, '400 days'], [1095, '3 years'], [3650, '10 years']]

type DaysProps = {
  readonly words: string
  readonly hint: string
  readonly value: number
  readonly choices: readonly Choice[]
  readonly choose: (days: number) => void
}

const Days = ({ words, hint, value, choices, choose }: DaysProps) => {
  const all = choices.some(([days]) => days === value) ? choices : [...choices, [value, `${value} days`] as const]
  return (
    <li class="ln">
      <label class="ln-m" for={`keep-${words}`}>
        <b>{words}</b>
        <span class="hint">{hint}</span>
      </label>
      <span class="ln-a">
        <select class="input" id={`keep-${words}`} value={value} onChange={(event) => choose(Number(event.currentTarget.value))}>
          {all.map(([days, name]) => (
            <option value={days}>{name}</option>
          ))}
        </select>
      </span>
    </li>
  )
}

export function Keeping() {
  const { wrong, send } = useSending()
  const me = account.value
  if (!me) return null
  const change = (part: Change, words: string) =>
    void send(async () => {
      account.value = await changeMe(part)
      say(words)
    }).then((done) => {
      if (!done) refreshAccount()
    })
  return (
    <section class="set" id="keeping" aria-labelledby="kp-h">
      <h2 id="kp-h">Keeping</h2>
      {wrong.value && <Wrong>{wrong.value}</Wrong>}
      <ul class="lines">
        <Days
          words="Held mail"
          hint="Then it is deleted. A shorter time is in force at once"
          value={me.held_days}
          choices={heldChoices}
          choose={(days) => change({ held_days: days }, `Held mail is kept for ${days} days.`)}
        />
        <Days
          words="Activity"
          hint="What happened to each message: never its text"
          value={me.activity_days}
          choices={activityChoices}
          choose={(days) => change({ activity_days: days }, `Activity is kept for ${days} days.`)}
        />
        <Days
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
