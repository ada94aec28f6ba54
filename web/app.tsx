// Which page: by who is here, then by the path.
import type { ComponentChildren } from 'preact'
import { useEffect } from 'preact/hooks'
import { AddressesPage } from './addresses/addresses-page.tsx'
import { sharedSite } from './anywhere/shared-page.ts'
import { refreshAccount } from './account.ts'
import type { Session } from './api-sign-in.ts'
import { lit, undo } from './burning.ts'
import { keyboardOpen } from './keyboard-open.ts'
import { useKeys } from './keys.ts'
import { newAddress, newAddressFor } from './new-address/open.ts'
import { NewAddressDialog } from './new-address/new-address-dialog.tsx'
import { Fault } from './parts/fault.tsx'
import { KeyboardDialog } from './parts/keyboard-dialog.tsx'
import { fetchRest, lazy } from './parts/lazy.tsx'
import { Offline } from './parts/offline.tsx'
import { Toasts } from './parts/toasts.tsx'
import { Tabs, Top } from './parts/top.tsx'
import { go, path, query } from './route.ts'
import { findOutWho, who } from './session.ts'
import { SignInPage } from './sign/sign-in-page.tsx'
import { NotHere } from './not-here.tsx'

const AnywherePage = lazy(async () => (await import('./anywhere/anywhere-page.tsx')).AnywherePage)
const PopUpPage = lazy(async () => (await import('./pop-up/pop-up-page.tsx')).PopUpPage)
const AddressPage = lazy(async () => (await import('./address/address-page.tsx')).AddressPage)
const HoldingPage = lazy(async () => (await import('./holding/holding-page.tsx')).HoldingPage)
const BurnPage = lazy(async () => (await import('./burn/burn-page.tsx')).BurnPage)
const LeaksPage = lazy(async () => (await import('./leaks/leaks-page.tsx')).LeaksPage)
const WaitingPage = lazy(async () => (await import('./waiting/waiting-page.tsx')).WaitingPage)
const ReportPage = lazy(async () => (await import('./leaks/report-page.tsx')).ReportPage)
const HostPage = lazy(async () => (await import('./host/host-page.tsx')).HostPage)
const LocalPage = lazy(async () => (await import('./local/local-page.tsx')).LocalPage)
const OverviewPage = lazy(async () => (await import('./overview/overview-page.tsx')).OverviewPage)
const SettingsPage = lazy(async () => (await import('./settings/settings-page.tsx')).SettingsPage)
const AskByMailPage = lazy(async () => (await import('./sign/ask-by-mail-page.tsx')).AskByMailPage)
const ResetPage = lazy(async () => (await import('./sign/reset-page.tsx')).ResetPage)
const SetUpPage = lazy(async () => (await import('./sign/set-up-page.tsx')).SetUpPage)
const VerifyPage = lazy(async () => (await import('./sign/verify-page.tsx')).VerifyPage)

type Route = { readonly title: string; readonly page: ComponentChildren }

function routeOf(here: string, host: Session): Route {
  const [, place = '', id] = here.split('/')
  if (['', 'sign-in', 'forgot', 'sign-up'].includes(place) || (place === 'addresses' && !id)) return { title: 'Addresses', page: <AddressesPage /> }
  if (place === 'addresses' && id) return { title: 'Address', page: <AddressPage id={id} key={id} local={host.local_inbox} /> }
  if (place === 'holding') return { title: 'Holding', page: <HoldingPage id={id} /> }
  if (place === 'local' && host.local_inbox) return { title: 'Local inbox', page: <LocalPage id={id} smtp={host.smtp} /> }
  if (place === 'leaks') return id ? { title: 'Leak report', page: <ReportPage id={id} key={id} /> } : { title: 'Leaks', page: <LeaksPage /> }
  if (place === 'anywhere') return { title: 'Use it anywhere', page: <AnywherePage /> }
  if (place === 'share') return { title: 'Addresses', page: <AddressesPage /> }
  if (place === 'overview') return { title: 'Overview', page: <OverviewPage /> }
  if (place === 'host' && host.account?.role === 'operator') return { title: 'Host', page: <HostPage /> }
  if (place === 'settings') return { title: 'Settings', page: <SettingsPage domain={host.domain} /> }
  return { title: 'Nothing here', page: <NotHere /> }
}

function SignedIn({ host }: { readonly host: Session }) {
  const { title, page } = routeOf(path.value, host)
  useEffect(() => {
    document.title = `${title} – Burnbox`
  }, [title])
  useEffect(() => refreshAccount(), [path.value])
  useEffect(fetchRest, [])
  useEffect(() => {
    if (path.value !== '/share') return
    newAddress(sharedSite(query.value))
    go('/addresses', { replace: true })
  }, [path.value])
  const places = { local: host.local_inbox, operator: host.account?.role === 'operator' }
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
    'g o': () => go('/overview'),
    'g s': () => go('/settings'),
  })
  return (
    <>
      <a class="skip" href="#main">
        Skip to content
      </a>
      <Top {...places} email={host.email ?? ''} domain={host.domain} />
      <Offline />
      {page}
      <Tabs {...places} />
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
  if (path.value.startsWith('/burn/')) return <BurnPage token={path.value.split('/')[2] ?? ''} their={query.value.get('their') ?? undefined} />
  if (path.value.startsWith('/waiting/')) return <WaitingPage token={path.value.split('/')[2] ?? ''} />
  if (path.value === '/verify') return <VerifyPage />
  if (path.value === '/reset') return <ResetPage />
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
      if (path.value === '/forgot') return <AskByMailPage what="reset" />
      if (path.value === '/sign-up') return <AskByMailPage what="account" />
      return path.value === '/setup' ? <SetUpPage host={now.host} /> : <SignInPage host={now.host} meanwhile={now.meanwhile} />
    case 'in':
      if (path.value === '/popup') return <PopUpPage email={now.host.email ?? ''} />
      return path.value === '/setup' ? <SetUpPage host={now.host} /> : <SignedIn host={now.host} />
  }
}
