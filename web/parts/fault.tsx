// Something could not be read: what it means for mail, a button, and a next try by itself.
import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { Refused } from '../refused.ts'
import { Icon } from './icon.tsx'

const againSeconds = 8

export function Fault({ error, retry }: { readonly error: unknown; readonly retry: () => void }) {
  const refused = error instanceof Refused ? error : undefined
  const byItself = !refused || refused.status >= 500
  const left = useSignal(againSeconds)
  useEffect(() => {
    if (!byItself) return
    left.value = againSeconds
    const timer = setInterval(() => {
      left.value -= 1
      if (left.value > 0) return
      left.value = againSeconds
      retry()
    }, 1000)
    return () => clearInterval(timer)
  }, [error])
  return (
    <div class="err" role="alert">
      <Icon name="warn" />
      <div>
        <h3>{byItself ? 'The server did not answer' : refused?.message}</h3>
        <p>Your mail is not affected: it is still received and delivered.</p>
        <div class="actions">
          <button class="btn" type="button" onClick={retry}>
            <Icon name="retry" />
            Try again
          </button>
          {byItself && (
            <span class="hint" aria-hidden="true">
              Next try by itself in {left.value} s
            </span>
          )}
        </div>
        {refused?.fault && (
          <p class="hint">
            Fault <code>{refused.fault}</code>, for whoever runs this host.
          </p>
        )}
      </div>
    </div>
  )
}
