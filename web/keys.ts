// Single keys, off inside fields and dialogs and when switched off in Settings (WCAG 2.1.4). Two-key ones begin with g.
import { signal } from '@preact/signals'
import { useEffect } from 'preact/hooks'

export type Keys = Readonly<Record<string, () => void>>

const layers = new Set<{ current: Keys }>()

function stored(): boolean {
  try {
    return localStorage.getItem('burnbox.keys') !== 'off'
  } catch {
    return true
  }
}
export const keysOn = signal(stored())

export function switchKeys(on: boolean) {
  keysOn.value = on
  try {
    localStorage.setItem('burnbox.keys', on ? 'on' : 'off')
  } catch {
    // Storage can be forbidden; the choice then lasts until the page is left.
  }
}

/** The later a part of the page was shown, the earlier its keys are asked. */
export function useKeys(keys: Keys) {
  const layer = { current: keys }
  useEffect(() => {
    layers.add(layer)
    return () => {
      layers.delete(layer)
    }
  })
}

const typesInto = (target: EventTarget | null) =>
  target instanceof HTMLElement &&
  (target.isContentEditable || target.matches('select, textarea, input:not([type=checkbox], [type=radio])'))

export function watchKeys() {
  let g = false
  addEventListener('keydown', (event) => {
    if (!keysOn.value || event.metaKey || event.ctrlKey || event.altKey || event.defaultPrevented) return
    if (typesInto(event.target) || document.querySelector('dialog[open], [role=menu]')) return
    const key = g ? `g ${event.key}` : event.key
    g = !g && event.key === 'g'
    const does = [...layers]
      .reverse()
      .map((layer) => layer.current[key])
      .find(Boolean)
    if (!does) return
    event.preventDefault()
    does()
  })
}
