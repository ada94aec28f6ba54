// A form that somebody opened: its first field has the focus, one button sends it, another closes it.
import type { ComponentChildren } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import { BusyButton } from './busy-button.tsx'
import { useSending } from './use-sending.ts'

export type Typed = {
  /** Without blanks around it; empty where nothing was typed. */
  readonly text: (name: string) => string
  readonly all: (name: string) => readonly string[]
}

type Props = {
  readonly class?: string
  readonly button: ComponentChildren
  readonly hint?: string
  readonly close: () => void
  /** Throws the sentence that says what is wrong. */
  readonly does: (typed: Typed) => Promise<void>
  readonly children: (wrong: string | undefined) => ComponentChildren
}

export function AskForm({ class: look = 'stack', button, hint, close, does, children }: Props) {
  const self = useRef<HTMLFormElement>(null)
  const { busy, wrong, send } = useSending()
  useEffect(() => {
    self.current?.querySelector('input')?.focus()
  }, [])
  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    const data = new FormData(self.current!)
    void send(() => does({ text: (name) => String(data.get(name) ?? '').trim(), all: (name) => data.getAll(name).map(String) }))
  }
  return (
    <form class={look} ref={self} onSubmit={submit} noValidate>
      {children(wrong.value)}
      <div class="actions">
        <BusyButton busy={busy.value}>{button}</BusyButton>
        <button class="btn" type="button" onClick={close}>
          Cancel
        </button>
        {hint && <span class="hint">{hint}</span>}
      </div>
    </form>
  )
}
