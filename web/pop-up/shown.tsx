// The address, large, where it could not be filled in: it is on the clipboard.
import { useSignal } from '@preact/signals'
import { copyText } from '../copy-text.ts'
import { Icon } from '../parts/icon.tsx'
import { addressParts } from '../name-of.ts'

export type Why = 'cut-off' | 'no-field' | 'copied'

const words: Readonly<Record<Why, string>> = {
  'cut-off': 'This page does not let another window fill its fields. Paste the address there.',
  'no-field': 'There is no field for it on this page that can be reached. Paste the address where it is asked for.',
  copied: 'Paste it where it is asked for.',
}

export function Shown({ address, why, copied }: { readonly address: string; readonly why: Why; readonly copied: boolean }) {
  const isCopied = useSignal(copied)
  const { name, random, domain } = addressParts(address)
  return (
    <>
      <div class="cut" role="group" aria-label="The address">
        <span class="cut-a" dir="ltr">
          <b>{name}</b>
          {random}
          <wbr />
          <span>{domain}</span>
        </span>
      </div>
      <p class="cut-t" role="status">
        <Icon name={isCopied.value ? 'check' : 'info'} />
        <span>
          <b>{isCopied.value ? 'It is on your clipboard.' : 'Copy it.'}</b> {words[why]}
        </span>
      </p>
      <div class="pop-do">
        <button
          class="btn btn-primary btn-wide"
          type="button"
          onClick={async () => {
            isCopied.value = await copyText(address)
          }}
        >
          <Icon name="copy" />
          {isCopied.value ? 'Copy again' : 'Copy'}
        </button>
        <button class="btn-quiet" type="button" onClick={() => close()}>
          Close
        </button>
      </div>
    </>
  )
}
