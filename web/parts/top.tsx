// The top of every page, one line of words; on a phone the same places are tabs at the bottom.
import { account } from '../account.ts'
import { leave } from '../session.ts'
import { path } from '../route.ts'
import { Icon, Mark } from './icon.tsx'
import { Menu } from './menu.tsx'

type Place = { readonly to: string; readonly words: string; readonly icon: string }

const places = (local: boolean): readonly Place[] => [
  { to: '/addresses', words: 'Addresses', icon: 'addresses' },
  { to: '/holding', words: 'Holding', icon: 'holding' },
  ...(local ? [{ to: '/local', words: 'Local inbox', icon: 'inbox' }] : []),
  { to: '/settings', words: 'Settings', icon: 'settings' },
]

function HeldCount() {
  const held = account.value?.counts.holding ?? 0
  return held ? (
    <span class="count">
      <span class="vh">, </span>
      {held > 999 ? '999+' : held}
      <span class="vh"> held</span>
    </span>
  ) : null
}

const isHere = (to: string) => path.value === to || path.value.startsWith(`${to}/`) || (to === '/addresses' && path.value === '/')
const current = (to: string) => (isHere(to) ? 'page' : undefined)

export const Top = ({ local, email, domain }: { readonly local: boolean; readonly email: string; readonly domain: string }) => (
  <header class="top">
    <a class="brand" href="/addresses">
      <Mark />
      <span>Burnbox</span>
    </a>
    <nav class="nav" aria-label="Main">
      {places(local).map(({ to, words }) => (
        <a href={to} aria-current={current(to)}>
          <span>{words}</span>
          {to === '/holding' && <HeldCount />}
        </a>
      ))}
    </nav>
    <Menu
      class="who"
      items={[
        { words: 'Settings', href: '/settings' },
        { words: 'Sign out', do: leave },
      ]}
      head={
        <p class="menu-h">
          <b>{email}</b>
          <span>
            {domain}
            {local && ', local mode'}
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

export const Tabs = ({ local }: { readonly local: boolean }) => (
  <nav class="tabs" aria-label="Main, short">
    {places(local).map(({ to, words, icon }) => (
      <a href={to} aria-current={current(to)}>
        <Icon name={icon} />
        <span>{words}</span>
        {to === '/holding' && <HeldCount />}
      </a>
    ))}
  </nav>
)
