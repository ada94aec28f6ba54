// A button with further actions: arrows move, Esc and a click elsewhere close.
import { useSignal } from '@preact/signals'
import type { ComponentChildren } from 'preact'
import { useEffect, useRef } from 'preact/hooks'

export type MenuItem = {
  readonly words: ComponentChildren
  readonly do?: () => void
  readonly href?: string
  readonly download?: boolean
  /** Elsewhere on wide windows. */
  readonly onlyNarrow?: boolean
}
type Props = {
  readonly label?: string
  readonly class: string
  readonly children: ComponentChildren
  readonly items: readonly (MenuItem | false | undefined)[]
  readonly head?: ComponentChildren
}

export function Menu({ label, class: look, children, items, head }: Props) {
  const open = useSignal(false)
  const self = useRef<HTMLDivElement>(null)
  const button = useRef<HTMLButtonElement>(null)
  const entries = () => [...(self.current?.querySelectorAll<HTMLElement>('[role=menuitem]') ?? [])].filter((entry) => entry.checkVisibility())

  useEffect(() => {
    if (!open.value) return
    entries()[0]?.focus()
    const elsewhere = (event: Event) => {
      if (event.target instanceof Node && !self.current?.contains(event.target)) open.value = false
    }
    document.addEventListener('pointerdown', elsewhere)
    document.addEventListener('focusin', elsewhere)
    return () => {
      document.removeEventListener('pointerdown', elsewhere)
      document.removeEventListener('focusin', elsewhere)
    }
  }, [open.value])

  function onKeyDown(event: KeyboardEvent) {
    if (!open.value) return
    const all = entries()
    const at = all.indexOf(document.activeElement as HTMLElement)
    const to = { ArrowDown: at + 1, ArrowUp: at - 1 + all.length, Home: 0, End: all.length - 1 }[event.key]
    if (event.key === 'Escape') {
      open.value = false
      button.current?.focus()
    } else if (to === undefined) return
    else all[to % all.length]?.focus()
    event.preventDefault()
  }

  const choose = (item: MenuItem) => {
    open.value = false
    button.current?.focus()
    item.do?.()
  }
  return (
    <div class="menu-at" ref={self} onKeyDown={onKeyDown}>
      <button
        class={look}
        ref={button}
        type="button"
        aria-haspopup="menu"
        aria-expanded={open.value}
        aria-label={label}
        onClick={() => {
          open.value = !open.value
        }}
      >
        {children}
      </button>
      {open.value && (
        <div class="menu">
          {head}
          <div role="menu" aria-label={label ?? 'Account'}>
            {items.map(
              (item) =>
                item &&
                (item.href ? (
                  <a
                    class={item.onlyNarrow ? 'menu-i only-narrow' : 'menu-i'}
                    role="menuitem"
                    tabIndex={-1}
                    href={item.href}
                    download={item.download}
                    onClick={() => {
                      open.value = false
                    }}
                  >
                    {item.words}
                  </a>
                ) : (
                  <button class="menu-i" role="menuitem" tabIndex={-1} type="button" onClick={() => choose(item)}>
                    {item.words}
                  </button>
                )),
            )}
          </div>
        </div>
      )}
    </div>
  )
}
