// The theme: the system's, or one's own. Applied before the first paint by public/boot.js.
import { signal } from '@preact/signals'

export type Look = '' | 'light' | 'dark'
const given = document.documentElement.dataset.theme
export const look = signal<Look>(given === 'light' || given === 'dark' ? given : '')

export function choose(theme: Look) {
  look.value = theme
  if (theme) document.documentElement.dataset.theme = theme
  else delete document.documentElement.dataset.theme
  try {
    if (theme) localStorage.setItem('burnbox.theme', theme)
    else localStorage.removeItem('burnbox.theme')
  } catch {
    // Storage can be forbidden; the choice then lasts until the page is left.
  }
}
