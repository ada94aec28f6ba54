// What becomes of the mail of strangers, which button messages get, how long proof is kept.
import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { changeRules, rules as readRules, type Rules } from '../api.ts'
import { useSending } from '../parts/use-sending.ts'
import { Wrong } from '../parts/wrong.tsx'
import { say } from '../say.ts'
import { ChoiceLine, TextLine, type Choice } from './kept-lines.tsx'

const strangerChoices: readonly Choice<Rules['stranger_mail']>[] = [
  ['flag', 'Deliver and flag'],
  ['hold', 'Hold'],
  ['silent', 'Deliver silently'],
]
const burnChoices: readonly Choice<Rules['burn_link']>[] = [
  ['ours', 'Burns the address'],
  ['theirs', 'The sender’s own, else ours'],
  ['off', 'No button of ours'],
]
const evidenceChoices: readonly Choice<number>[] = [
  [0, 'Not kept'],
  [30, '30 days'],
  [90, '90 days'],
  [365, 'A year'],
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

export function StrangerRules() {
  const now = useSignal<Rules | undefined>(undefined)
  const { wrong, send, sendInTurn } = useSending()
  const read = () =>
    void send(async () => {
      now.value = await readRules()
    })
  useEffect(read, [])
  const rules = now.value
  /** Refused, the page shows again what is in force. */
  const change = (part: Partial<Rules>, words: string) =>
    void sendInTurn(async () => {
      now.value = await changeRules(part)
      say(words)
    }).then((done) => {
      if (!done) now.value = now.value && { ...now.value }
    })
  return (
    <section class="set" id="strangers" aria-labelledby="st-h">
      <h2 id="st-h">Strangers and burning</h2>
      {wrong.value && <Wrong>{wrong.value}</Wrong>}
      {rules && (
        <ul class="lines">
          <ChoiceLine
            id="stranger-mail"
            words="Mail of strangers"
            hint="Who writes to an address that was given to somebody else. An address can have it otherwise"
            value={rules.stranger_mail}
            choices={strangerChoices}
            choose={(mode) => change({ stranger_mail: mode }, 'Changed what becomes of the mail of strangers.')}
          />
          <TextLine
            id="stranger-subject"
            words="In front of their subject"
            hint="One or two short words, [Stranger] say. Empty: the subject stays"
            value={rules.stranger_subject ?? ''}
            most={41}
            keep={(text) => change({ stranger_subject: text }, text ? 'Their subject is marked.' : 'Their subject stays.')}
          />
          <ChoiceLine
            id="burn-link"
            words="The Unsubscribe button of messages"
            hint="As mail programs show it. Ours burns the address, which only holds its mail, works once and can be undone"
            value={rules.burn_link}
            choices={burnChoices}
            choose={(mode) => change({ burn_link: mode }, 'Changed for mail from now on.')}
          />
          <ChoiceLine
            id="banner"
            words="On top of messages"
            hint="In the text itself. Signed and encrypted mail stays as it came"
            value={rules.banner ? 'on' : 'off'}
            choices={bannerChoices}
            choose={(line) => change({ banner: line === 'on' }, line === 'on' ? 'Mail from now on has the line.' : 'Mail stays as it comes.')}
          />
          <ChoiceLine
            id="digest"
            words="Digest of held mail"
            hint="By mail, when there is something: codes and receipts first, the rest counted by company"
            value={rules.digest}
            choices={digestChoices}
            choose={(every) => change({ digest: every }, 'Changed how often held mail is told.')}
          />
          <ChoiceLine
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
