// What was just burned, with Undo and the fuse. It stays over every page for its eight seconds.
import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { lit, undo } from '../burning.ts'
import { addressParts } from '../name-of.ts'

function SecondsLeft({ until }: { readonly until: number }) {
  const left = useSignal(Math.ceil((until - Date.now()) / 1000))
  useEffect(() => {
    const timer = setInterval(() => {
      left.value = Math.max(0, Math.ceil((until - Date.now()) / 1000))
    }, 250)
    return () => clearInterval(timer)
  }, [until])
  return (
    <span class="left" aria-hidden="true">
      {left.value} s
    </span>
  )
}

export function Toasts() {
  const now = lit.value
  const only = now?.addresses.length === 1 ? addressParts(now.addresses[0]!) : undefined
  return (
    <div class="toasts no-print">
      {now && (
        <div class="toast is-lit" role="group" aria-label="Just burned" key={now.until}>
          <span class="fuse" aria-hidden="true" />
          <p>
            <b>
              Burned{' '}
              {only ? (
                <span class="addr" dir="ltr">
                  <span class="addr-n">{only.name}</span>
                  {only.random}
                </span>
              ) : (
                `${now.addresses.length} addresses`
              )}
            </b>
            <span>New mail is held. Sender sees “delivered”.</span>
          </p>
          <button class="toast-b" type="button" onClick={() => void undo()}>
            Undo <kbd>z</kbd>
          </button>
          <SecondsLeft until={now.until} />
        </div>
      )}
    </div>
  )
}
