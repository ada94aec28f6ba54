// The theme: the system's, or one's own. The server puts it into the page by this cookie, so that nothing flashes.
import { signal } from '@preact/signals'

export type Look = '' | 'light' | 'dark'
const given = document.documentElement.dataset.theme
export const look = signal<Look>(given === 'light' || given === 'dark' ? given : '')

const yearSeconds = 31_536_000

export function choose(theme: Look) {
  look.value = theme
  if (theme) document.documentElement.dataset.theme = theme
  else delete document.documentElement.dataset.theme
  document.cookie = `burnbox.theme=${theme}; path=/; max-age=${theme ? yearSeconds : 0}; samesite=lax`
}
