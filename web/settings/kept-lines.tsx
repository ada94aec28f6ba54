// Lines of settings that are kept as soon as they are changed: a list to choose from, a text, a box.
import type { ComponentChildren } from 'preact'

type Words = { readonly words: string; readonly hint: ComponentChildren }

const Name = ({ id, words, hint }: Words & { readonly id: string }) => (
  <label class="ln-m" for={id}>
    <b>{words}</b>
    <span class="hint">{hint}</span>
  </label>
)

export type Choice<T> = readonly [value: T, words: string]
type ChoiceProps<T> = Words & {
  readonly id: string
  readonly value: T
  readonly choices: readonly Choice<T>[]
  readonly choose: (value: T) => void
  /** Of a value that a program has set, and no choice has. */
  readonly other?: (value: T) => string
}

export function ChoiceLine<T extends string | number | null>({ id, words, hint, value, choices, choose, other = (days) => `${days} days` }: ChoiceProps<T>) {
  const all = choices.some(([each]) => each === value) ? choices : [...choices, [value, other(value)] as const]
  return (
    <li class="ln">
      <Name id={id} words={words} hint={hint} />
      <span class="ln-a">
        <select
          class="input"
          id={id}
          value={String(value)}
          onChange={(event) => choose(all.find(([each]) => String(each) === event.currentTarget.value)![0])}
        >
          {all.map(([each, name]) => (
            <option value={String(each)}>{name}</option>
          ))}
        </select>
      </span>
    </li>
  )
}

type TextProps = Words & { readonly id: string; readonly value: string; readonly most: number; readonly keep: (text: string) => void }

export const TextLine = ({ id, words, hint, value, most, keep }: TextProps) => (
  <li class="ln">
    <Name id={id} words={words} hint={hint} />
    <span class="ln-a ln-in">
      <input
        class="input"
        id={id}
        maxLength={most}
        autocomplete="off"
        defaultValue={value}
        onBlur={(event) => {
          const text = event.currentTarget.value.trim()
          if (text !== value) keep(text)
        }}
      />
    </span>
  </li>
)

export const CheckLine = ({ words, hint, on, turn }: Words & { readonly on: boolean; readonly turn: (on: boolean) => void }) => (
  <li class="ln">
    <label class="check ln-m">
      <input type="checkbox" checked={on} onChange={(event) => turn(event.currentTarget.checked)} />
      <span>
        <b>{words}</b>
        <span class="hint">{hint}</span>
      </span>
    </label>
  </li>
)
