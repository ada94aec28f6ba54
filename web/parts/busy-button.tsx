// The button that sends: pressed once, it says what it is doing until it is done.
import type { ComponentChildren } from 'preact'

type Props = {
  readonly busy: boolean
  readonly children: ComponentChildren
  readonly class?: string
  readonly onClick?: () => void
  readonly describedBy?: string
}

export const BusyButton = ({ busy, children, class: look = 'btn btn-primary', onClick, describedBy }: Props) => (
  <button
    class={look}
    type={onClick ? 'button' : 'submit'}
    aria-busy={busy}
    aria-disabled={busy}
    aria-describedby={describedBy}
    onClick={(event) => {
      if (busy) event.preventDefault()
      else onClick?.()
    }}
  >
    {busy && <span class="dots" aria-hidden="true" />}
    {children}
  </button>
)
