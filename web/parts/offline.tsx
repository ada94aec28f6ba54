// The connection is gone: said once, above everything.
import { signal } from '@preact/signals'
import { Icon } from './icon.tsx'

const online = signal(navigator.onLine)
addEventListener('online', () => {
  online.value = true
})
addEventListener('offline', () => {
  online.value = false
})

export const Offline = () =>
  online.value ? null : (
    <p class="offline" role="status">
      <Icon name="offline" />
      <span>
        <b>Offline.</b> What you see may be old. Changes need the server.
      </span>
    </p>
  )
