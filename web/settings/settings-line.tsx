// One line of settings: what it is, how it stands, and a button that opens what belongs to it.
import type { ComponentChildren } from 'preact'

type Props = {
  readonly name: ComponentChildren
  readonly hint?: ComponentChildren
  readonly state?: ComponentChildren
  readonly action?: ComponentChildren
  readonly children?: ComponentChildren
}

export const SettingsLine = ({ name, hint, state, action, children }: Props) => (
  <li class={children ? 'ln ln-open' : 'ln'}>
    <span class="ln-m">
      <b>{name}</b>
      {hint && <span class="hint">{hint}</span>}
    </span>
    {state && <span class="mark-line">{state}</span>}
    {action && <span class="ln-a">{action}</span>}
    {children && <div class="ln-more">{children}</div>}
  </li>
)

type ToggleProps = { readonly open: boolean; readonly words: string; readonly label?: string; readonly toggle: () => void }

export const OpenButton = ({ open, words, label, toggle }: ToggleProps) => (
  <button class="btn" type="button" aria-expanded={open} aria-label={label} onClick={toggle}>
    {open ? 'Close' : words}
  </button>
)
