// The top of every page, one line of words; on a phone the same places are tabs at the bottom.
import { account } from '../account.ts'
import { leave } from '../session.ts'
import { path } from '../route.ts'
import { Icon, Mark } from './icon.tsx'
import { Menu } from './menu.tsx'

type Place = { readonly to: string; readonly words: string; readonly icon: string }

/** Where one can go; on a phone four of them are tabs, the others are in the account's menu. */
type Host = { readonly local: boolean; readonly operator: boolean }
const places = ({ local, operator }: Host): readonly Place[] => [
  { to: '/addresses', words: 'Addresses', icon: 'addresses' },
  { to: '/holding', words: 'Holding', icon: 'holding' },
  ...(local ? [{ to: '/local', words: 'Local inbox', icon: 'inbox' }] : []),
  { to: '/overview', words: 'Overview', icon: 'overview' },
  { to: '/leaks', words: 'Leaks', icon: 'stranger' },
  { to: '/settings', words: 'Settings', icon: 'settings' },
  ...(operator ? [{ to: '/host', words: 'Host', icon: 'host' }] : []),
]
const mostTabs = 4
const isTab = (place: Place, all: readonly Place[]) =>
  place.to === '/settings' || (place.to !== '/host' && place.to !== '/leaks' && all.indexOf(place) < mostTabs - 1)

function Unread() {
  const unread = account.value?.counts.holding_unread ?? 0
  return unread ? (
    <span class="count">
      <span class="vh">, </span>
      {unread > 999 ? '999+' : unread}
      <span class="vh"> unread</span>
    </span>
  ) : null
}

const isHere = (to: string) => path.value === to || path.value.startsWith(`${to}/`) || (to === '/addresses' && path.value === '/')
const current = (to: string) => (isHere(to) ? 'page' : undefined)

export const Top = ({ email, domain, ...host }: Host & { readonly email: string; readonly domain: string }) => (
  <header class="top">
    <a class="brand" href="/addresses">
      <Mark />
      <span>Burnbox</span>
    </a>
    <nav class="nav" aria-label="Main">
      {places(host).map(({ to, words }) => (
        <a href={to} aria-current={current(to)}>
          <span>{words}</span>
          {to === '/holding' && <Unread />}
        </a>
      ))}
    </nav>
    <Menu
      class="who"
      items={[
        ...places(host)
          .filter((place, _, all) => !isTab(place, all))
          .map(({ to, words }) => ({ words, href: to, onlyNarrow: true })),
        { words: 'Settings', href: '/settings' },
        { words: 'Sign out', do: leave },
      ]}
      head={
        <p class="menu-h">
          <b>{email}</b>
          <span>
            {domain}
            {host.local && ', local mode'}
          </span>
        </p>
      }
    >
      <span class="vh">Account: </span>
      <span class="who-name">{email}</span>
      <Icon name="user" class="who-i" />
      <Icon name="down" class="who-c" />
    </Menu>
  </header>
)

export const Tabs = (host: Host) => (
  <nav class="tabs" aria-label="Main, short">
    {places(host)
      .filter((place, _, all) => isTab(place, all))
      .map(({ to, words, icon }) => (
      <a href={to} aria-current={current(to)}>
        <Icon name={icon} />
        <span>{words}</span>
        {to === '/holding' && <Unread />}
      </a>
    ))}
  </nav>
)
