// The address that was just made, large, and already on the clipboard where the browser allows it.
import { useEffect, useRef } from 'preact/hooks'
import type { Alias } from '../api.ts'
import { AddressText } from '../parts/address-text.tsx'
import { CopyButton } from '../parts/copy.tsx'

type Props = { readonly alias: Alias; readonly copied: boolean; readonly another: () => void; readonly done: () => void }

export function Made({ alias, copied, another, done }: Props) {
  const self = useRef<HTMLDivElement>(null)
  useEffect(() => {
    self.current?.querySelector<HTMLElement>('.btn-primary')?.focus()
  }, [])
  return (
    <div class="stack" ref={self}>
      <div class="made made-new">
        <span class="made-l">
          The address
          {alias.site && (
            <>
              {' '}
              for <bdi>{alias.site}</bdi>
            </>
          )}
        </span>
        <span class="made-a">
          <AddressText address={alias.address} />
        </span>
        <CopyButton text={alias.address} primary />
      </div>
      <p class="hint" role="status">
        {copied ? 'It is on your clipboard. Paste the address there.' : 'Copy it and give it to the company.'} Mail to it goes to{' '}
        {alias.inboxes.map((inbox) => inbox.address).join(', ') || 'your inbox'}.
      </p>
      <div class="actions">
        <button class="btn" type="button" onClick={done}>
          Done
        </button>
        <button class="btn-quiet" type="button" onClick={another}>
          Another one
        </button>
      </div>
    </div>
  )
}
