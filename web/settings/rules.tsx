// What becomes of the mail of strangers, which button messages get, how long proof is kept.
import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { changeRules, rules as readRules, type Rules } from '../api.ts'
import { useSending } from '../parts/use-sending.ts'
import { Wrong } from '../parts/wrong.tsx'
import { say } from '../say.ts'

type Choice<T> = readonly [value: T, words: string]
const strangerChoices: readonly Choice<Rules['stranger_mail']>[] = [
  ['flag', 'Deliver and flag'],
  ['hold', 'Hold'],
  ['silent', 'Deliver silently'],
]
const burnChoices: readonly Choice<Rules['burn_link']>[] = [
  ['ours', 'Burns the address'],
  ['theirs', 'The sender’s own; burns when there is none'],
  ['off', 'No button of ours'],
]
const evidenceChoices: readonly Choice<number>[] = [
  [0, 'not at all'],
  [30, '30 days'],
  [90, '90 days'],
  [365, 'a year'],
]

const bannerChoices: readonly Choice<string>[] = [
  ['off', 'No line of ours'],
  ['on', 'A line with Burn and Manage'],
]

const digestChoices: readonly Choice<Rules['digest']>[] = [
  ['weekly', 'Once a week'],
  ['daily', 'Once a day'],
  ['off', 'Never'],
]

type LineProps<T> = {
  readonly id: string
  readonly words: string
  readonly hint: string
  readonly value: T
  readonly choices: readonly Choice<T>[]
  readonly choose: (value: T) => void
}

const Line = <T extends string | number>({ id, words, hint, value, choices, choose }: LineProps<T>) => (
  <li class="ln">
    <label class="ln-m" for={id}>
      <b>{words}</b>
      <span class="hint">{hint}</span>
    </label>
    <span class="ln-a">
      <select
        class="input"
        id={id}
        value={value}
        onChange={(event) => choose(choices.find(([each]) => String(each) === event.currentTarget.value)![0])}
      >
        {(choices.some(([each]) => each === value) ? choices : [...choices, [value, `${value} days`] as const]).map(([each, name]) => (
          <option value={each}>{name}</option>
        ))}
      </select>
    </span>
  </li>
)

export function StrangerRules() {
  const now = useSignal<Rules | undefined>(undefined)
  const { wrong, send } = useSending()
  const read = () =>
    void send(async () => {
      now.value = await readRules()
    })
  useEffect(read, [])
  const rules = now.value
  const change = (part: Partial<Rules>, words: string) =>
    void send(async () => {
      now.value = await changeRules(part)
      say(words)
    })
  return (
    <section class="set" id="strangers" aria-labelledby="st-h">
      <h2 id="st-h">Strangers and burning</h2>
      {wrong.value && <Wrong>{wrong.value}</Wrong>}
      {rules && (
        <ul class="lines">
          <Line
            id="stranger-mail"
            words="Mail of strangers"
            hint="Who writes to an address that was given to somebody else. An address can have it otherwise"
            value={rules.stranger_mail}
            choices={strangerChoices}
            choose={(mode) => change({ stranger_mail: mode }, 'Changed what becomes of the mail of strangers.')}
          />
          <li class="ln">
            <label class="ln-m" for="stranger-subject">
              <b>In front of their subject</b>
              <span class="hint">One or two short words, [Stranger] say. Empty: the subject stays</span>
            </label>
            <span class="ln-a ln-in">
              <input
                class="input"
                id="stranger-subject"
                maxLength={41}
                autocomplete="off"
                defaultValue={rules.stranger_subject ?? ''}
                onBlur={(event) => {
                  const words = event.currentTarget.value.trim()
                  if (words !== (rules.stranger_subject ?? '')) change({ stranger_subject: words }, words ? 'Their subject is marked.' : 'Their subject stays.')
                }}
              />
            </span>
          </li>
          <Line
            id="burn-link"
            words="The Unsubscribe button of messages"
            hint="As mail programs show it. Ours burns the address, which only holds its mail, works once and can be undone"
            value={rules.burn_link}
            choices={burnChoices}
            choose={(mode) => change({ burn_link: mode }, 'Changed for mail from now on.')}
          />
          <Line
            id="banner"
            words="On top of messages"
            hint="In the text itself. Signed and encrypted mail stays as it came"
            value={rules.banner ? 'on' : 'off'}
            choices={bannerChoices}
            choose={(line) => change({ banner: line === 'on' }, line === 'on' ? 'Mail from now on has the line.' : 'Mail stays as it comes.')}
          />
          <Line
            id="digest"
            words="Digest of held mail"
            hint="By mail, when there is something: codes and receipts first, the rest counted by company"
            value={rules.digest}
            choices={digestChoices}
            choose={(every) => change({ digest: every }, 'Changed how often held mail is told.')}
          />
          <Line
            id="evidence-days"
            words="Proof"
            hint="The header of the first message of whoever writes, for the leak report"
            value={rules.evidence_days}
            choices={evidenceChoices}
            choose={(days) => change({ evidence_days: days }, days ? `Headers are kept for ${days} days.` : 'No headers are kept.')}
          />
        </ul>
      )}
    </section>
  )
}
