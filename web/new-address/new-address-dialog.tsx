// New address: asked, made, copied.
import { useSignal } from '@preact/signals'
import { addressList, isNewestFirst } from '../addresses/address-list.ts'
import { refreshAccount } from '../account.ts'
import { keep } from '../alias-store.ts'
import type { Alias } from '../api.ts'
import { copyText } from '../copy-text.ts'
import { Dialog } from '../parts/dialog.tsx'
import { say } from '../say.ts'
import { Made } from './made.tsx'
import { NewAddressForm } from './new-address-form.tsx'
import { newAddressFor } from './open.ts'

export function NewAddressDialog({ site, domain }: { readonly site: string; readonly domain: string }) {
  const made = useSignal<{ alias: Alias; copied: boolean } | undefined>(undefined)
  const close = () => {
    newAddressFor.value = undefined
  }
  async function show(alias: Alias) {
    keep(alias)
    refreshAccount(0)
    if (isNewestFirst()) addressList.put(alias.id)
    else void addressList.start()
    made.value = { alias, copied: await copyText(alias.address) }
    say(`Made ${alias.address}`)
  }
  return (
    <Dialog title={made.value ? 'Address made' : 'New address'} onClose={close}>
      {made.value ? (
        <Made
          alias={made.value.alias}
          copied={made.value.copied}
          done={close}
          another={() => {
            made.value = undefined
            newAddressFor.value = ''
          }}
        />
      ) : (
        <NewAddressForm site={site} domain={domain} made={(alias) => void show(alias)} cancel={close} />
      )}
    </Dialog>
  )
}
