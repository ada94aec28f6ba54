// The one button of a row: Burn, then Undo for eight seconds, then Restore. It stays the same element, so focus stays too.
import { useEffect, useRef } from 'preact/hooks'
import type { Alias } from '../api.ts'
import { burn, lit, refusedFor, restore, undo } from '../burning.ts'
import { Icon } from '../parts/icon.tsx'

type Props = { readonly alias: Alias; readonly isLit: boolean }

export function RowAction({ alias, isLit }: Props) {
  const self = useRef<HTMLButtonElement>(null)
  const wasLit = useRef(isLit)
  useEffect(() => {
    if (isLit && !wasLit.current && lit.value?.ids.at(-1) === alias.id) self.current?.focus({ preventScroll: true })
    wasLit.current = isLit
  }, [isLit])
  const [look, icon, words, does] = isLit
    ? ([
        'btn-quiet btn-undo',
        'undo',
        'Undo',
        () => {
          void undo(alias.id)
          self.current?.focus()
        },
      ] as const)
    : alias.state === 'active'
      ? (['btn-burn', 'burn', refusedFor.value.has(alias.id) ? 'Burn again' : 'Burn', () => burn(alias)] as const)
      : (['btn-quiet', 'undo', 'Restore', () => void restore(alias.id, false)] as const)
  return (
    <button
      class={look}
      ref={self}
      type="button"
      aria-label={isLit ? `Undo burning ${alias.address}` : `${words} ${alias.address}`}
      aria-describedby={alias.state === 'active' ? 'sees-burn' : undefined}
      onClick={does}
    >
      <Icon name={icon} />
      <span>{words}</span>
    </button>
  )
}
