// Whether the first mail to an address that nobody has makes it.
import { useSignal } from '@preact/signals'
import { changeDomain, type DomainChange, type OwnDomain } from '../api.ts'
import { useSending } from '../parts/use-sending.ts'
import { Wrong } from '../parts/wrong.tsx'
import { say } from '../say.ts'

const choices: readonly (readonly [OwnDomain['made_up'], string])[] = [
  ['off', 'Never'],
  ['on', 'Always'],
  ['pattern', 'When they fit a pattern'],
]

export function MadeUp({ domain }: { readonly domain: OwnDomain }) {
  const now = useSignal(domain)
  const mode = useSignal(domain.made_up)
  const { wrong, sendInTurn } = useSending()
  const change = (part: DomainChange, words: string) =>
    void sendInTurn(async () => {
      now.value = await changeDomain(domain.id, part)
      mode.value = now.value.made_up
      say(words)
    })
  const id = `made-up-${domain.id}`
  const choose = (wanted: OwnDomain['made_up']) => {
    mode.value = wanted
    // Without a pattern there is nothing to save yet.
    if (wanted === 'pattern' && !now.value.made_up_pattern) return
    change({ made_up: wanted }, wanted === 'off' ? 'Mail makes no addresses there.' : 'The first mail to an address there makes it.')
  }
  return (
    <>
      <div class="field ln-f">
        <label class="field-l" for={id}>
          Addresses made by the first mail to them
        </label>
        <select class="input" id={id} value={mode.value} onChange={(event) => choose(choices.find(([each]) => each === event.currentTarget.value)![0])}>
          {choices.map(([each, words]) => (
            <option value={each}>{words}</option>
          ))}
        </select>
        <span class="hint">
          You say any name before <bdi>@{domain.name}</bdi>, at a till say, and it works. So does any name that somebody else thinks of.
        </span>
      </div>
      {mode.value === 'pattern' && (
        <label class="field ln-f">
          <span class="field-l">Pattern</span>
          <input
            class="input"
            autocomplete="off"
            autocapitalize="none"
            spellcheck={false}
            maxLength={200}
            placeholder="shop-*"
            defaultValue={now.value.made_up_pattern ?? ''}
            onBlur={(event) => {
              const pattern = event.currentTarget.value.trim()
              if (pattern && (pattern !== now.value.made_up_pattern || now.value.made_up !== 'pattern'))
                change({ made_up: 'pattern', made_up_pattern: pattern }, `Names that fit ${pattern} are made.`)
            }}
          />
          <span class="hint">
            <code>*</code> stands for any letters, <code>?</code> for one, <code>[a-f]</code> for one of those. Several with spaces between them
            {now.value.made_up !== 'pattern' && '. Until there is one it stays as it was'}
          </span>
        </label>
      )}
      {mode.value !== 'off' && (
        <label class="field ln-f">
          <span class="field-l">New ones a day</span>
          <input
            class="input"
            inputMode="numeric"
            defaultValue={now.value.made_up_daily}
            onBlur={(event) => {
              const text = event.currentTarget.value.trim()
              if (!/^\d{1,4}$/.test(text)) wrong.value = 'Write a number from 0 to 1000.'
              else if (Number(text) === now.value.made_up_daily) wrong.value = undefined
              else change({ made_up_daily: Number(text) }, `Of more than ${text} a day the mail is held.`)
            }}
          />
          <span class="hint">The mail of more waits in Holding</span>
        </label>
      )}
      {wrong.value && <Wrong>{wrong.value}</Wrong>}
    </>
  )
}
