// A native dialog: Esc, a click beside it and the cross close it, focus goes back to where it came from.
import type { ComponentChildren } from 'preact'
import { useId, useLayoutEffect, useRef } from 'preact/hooks'
import { Icon } from './icon.tsx'

type Props = { readonly title: string; readonly onClose: () => void; readonly children: ComponentChildren }

export function Dialog({ title, onClose, children }: Props) {
  const self = useRef<HTMLDialogElement>(null)
  const id = useId()
  // Before the effects of what it holds, which put the focus where it belongs.
  useLayoutEffect(() => {
    const before = document.activeElement
    self.current?.showModal()
    return () => {
      if (before instanceof HTMLElement && before.isConnected) before.focus()
    }
  }, [])
  return (
    <dialog
      class="dialog"
      ref={self}
      aria-labelledby={id}
      onClose={onClose}
      onClick={(event) => {
        if (self.current && event.target === self.current && besides(event, self.current)) onClose()
      }}
    >
      <div class="stack">
        <div class="dialog-head">
          <h2 id={id}>{title}</h2>
          <button class="btn-icon" type="button" aria-label="Close" onClick={onClose}>
            <Icon name="close" />
          </button>
        </div>
        {children}
      </div>
    </dialog>
  )
}

/** The dialog's own padding is part of its element; only what lies outside of its box is beside it. */
function besides(event: MouseEvent, dialog: HTMLElement): boolean {
  const box = dialog.getBoundingClientRect()
  return event.clientX < box.left || event.clientX > box.right || event.clientY < box.top || event.clientY > box.bottom
}
