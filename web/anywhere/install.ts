// Installing as an app. Browsers that can say so once, early; Share → Burnbox works from then on (manifest.webmanifest).
import { signal } from '@preact/signals'

type InstallPrompt = Event & { readonly prompt: () => Promise<unknown> }

export const installPrompt = signal<InstallPrompt | undefined>(undefined)

export function watchInstalling() {
  addEventListener('beforeinstallprompt', (event) => {
    event.preventDefault()
    installPrompt.value = event as InstallPrompt
  })
  addEventListener('appinstalled', () => {
    installPrompt.value = undefined
  })
}

export async function install() {
  const offered = installPrompt.value
  installPrompt.value = undefined
  await offered?.prompt()
}
