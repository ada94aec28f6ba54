// Which page: by who is here, then by the path.
import type { ComponentChildren } from 'preact'
import { useEffect } from 'preact/hooks'
import { AddressPage } from './address/address-page.tsx'
import { AddressesPage } from './addresses/addresses-page.tsx'
import { refreshAccount } from './account.ts'
import type { Session } from './api.ts'
import { lit, undo } from './burning.ts'
import { HoldingPage } from './holding/holding-page.tsx'
import { keyboardOpen } from './keyboard-open.ts'
import { useKeys } from './keys.ts'
import { LocalPage } from './local/local-page.tsx'
import { newAddress, newAddressFor } from './new-address/open.ts'
import { NewAddressDialog } from './new-address/new-address-dialog.tsx'
import { Fault } from './parts/fault.tsx'
import { KeyboardDialog } from './parts/keyboard-dialog.tsx'
import { Offline } from './parts/offline.tsx'
import { Toasts } from './parts/toasts.tsx'
import { Tabs, Top } from './parts/top.tsx'
import { go, path } from './route.ts'
import { findOutWho, who } from './session.ts'
import { SettingsPage } from './settings/settings-page.tsx'
import { SetUpPage } from './sign/set-up-page.tsx'
import { SignInPage } from './sign/sign-in-page.tsx'
import { VerifyPage } from './sign/verify-page.tsx'
import { NotHere } from './not-here.tsx'

type Route = { readonly title: string; readonly page: ComponentChildren }

function routeOf(here: string, host: Session): Route {
  const [, place = '', id] = here.split('/')
  if (place === '' || (place === 'addresses' && !id)) return { title: 'Addresses', page: <AddressesPage /> }
  if (place === 'addresses' && id) return { title: 'Address', page: <AddressPage id={id} key={id} local={host.local_inbox} /> }
  if (place === 'holding') return { title: 'Holding', page: <HoldingPage id={id} /> }
  if (place === 'local' && host.local_inbox) return { title: 'Local inbox', page: <LocalPage id={id} smtp={host.smtp} /> }
  if (place === 'settings') return { title: 'Settings', page: <SettingsPage domain={host.domain} /> }
  return { title: 'Nothing here', page: <NotHere /> }
}

function SignedIn({ host }: { readonly host: Session }) {
  const { title, page } = routeOf(path.value, host)
  useEffect(() => {
    document.title = `${title} – Burnbox`
  }, [title])
  useEffect(() => refreshAccount(), [path.value])
  useKeys({
    n: () => newAddress(''),
    z: () => {
      if (lit.value) void undo()
    },
    '?': () => {
      keyboardOpen.value = true
    },
    'g a': () => go('/addresses'),
    'g h': () => go('/holding'),
    'g l': () => {
      if (host.local_inbox) go('/local')
    },
    'g s': () => go('/settings'),
  })
  return (
    <>
      <a class="skip" href="#main">
        Skip to content
      </a>
      <Top local={host.local_inbox} email={host.email ?? ''} domain={host.domain} />
      <Offline />
      {page}
      <Tabs local={host.local_inbox} />
      <Toasts />
      {newAddressFor.value !== undefined && <NewAddressDialog site={newAddressFor.value} domain={host.domain} />}
      {keyboardOpen.value && (
        <KeyboardDialog
          onClose={() => {
            keyboardOpen.value = false
          }}
        />
      )}
    </>
  )
}

export function App() {
  const now = who.value
  if (path.value === '/verify') return <VerifyPage />
  switch (now.kind) {
    case 'unknown':
      return null
    case 'away':
      return (
        <main id="main" class="page">
          <h1 class="vh">Burnbox</h1>
          <Fault error={undefined} retry={() => void findOutWho()} />
        </main>
      )
    case 'out':
      return path.value === '/setup' ? <SetUpPage host={now.host} /> : <SignInPage host={now.host} meanwhile={now.meanwhile} />
    case 'in':
      return path.value === '/setup' ? <SetUpPage host={now.host} /> : <SignedIn host={now.host} />
  }
}
