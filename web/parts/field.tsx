// A field with its words above it and what is wrong with it below.
import type { ComponentChildren, InputHTMLAttributes } from 'preact'
import { useId } from 'preact/hooks'
import { Wrong } from './wrong.tsx'

type Props = InputHTMLAttributes<HTMLInputElement> & {
  readonly words: ComponentChildren
  readonly wrong?: string | undefined
  readonly hint?: string
}

export function Field({ words, wrong, hint, ...input }: Props) {
  const id = useId()
  const below = wrong ? `${id}-w` : hint ? `${id}-h` : undefined
  return (
    <div class="field">
      <label class="field-l" for={id}>
        {words}
      </label>
      <input class="input" id={id} aria-invalid={wrong ? 'true' : undefined} aria-describedby={below} {...input} />
      {wrong ? (
        <Wrong id={`${id}-w`}>{wrong}</Wrong>
      ) : (
        hint && (
          <span class="hint" id={`${id}-h`}>
            {hint}
          </span>
        )
      )}
    </div>
  )
}
