// Addresses: search, filter, make, copy, label, burn.
import { useEffect } from 'preact/hooks'
import { account } from '../account.ts'
import { knownAlias } from '../alias-store.ts'
import { burn } from '../burning.ts'
import { work } from '../in-turn.ts'
import { useKeys } from '../keys.ts'
import { newAddress } from '../new-address/open.ts'
import { Fault } from '../parts/fault.tsx'
import { Icon } from '../parts/icon.tsx'
import { Skeleton } from '../parts/skeleton.tsx'
import { WhenSeen } from '../parts/when-seen.tsx'
import { go, query } from '../route.ts'
import { addressList, all, sameAs, wanted, type Wanted } from './address-list.ts'
import { AddressTable } from './address-table.tsx'
import { chooseNone, chosen, toggle } from './chosen.ts'
import { cursor, moveCursor, rowOf } from './cursor.ts'
import { Filters } from './filters.tsx'
import { NoAddresses } from './no-addresses.tsx'
import { SearchField } from './search-field.tsx'
import { Several } from './several.tsx'

const oneOf = <T extends string>(value: string | null, ...allowed: readonly T[]): T | '' => allowed.find((each) => each === value) ?? ''

const wantedByUrl = (): Wanted => ({
  q: query.value.get('q') ?? '',
  state: oneOf(query.value.get('state'), 'active', 'burned', 'closed'),
  sort: oneOf(query.value.get('sort'), 'last_message', 'address'),
  label: query.value.get('label') ?? '',
  inbox_id: query.value.get('inbox_id') ?? '',
  only: oneOf(query.value.get('only'), 'unused', 'strangers'),
})

function show(next: Wanted) {
  const words = new URLSearchParams(Object.entries(next).filter(([, value]) => value))
  go(words.size ? `/addresses?${words}` : '/addresses', { replace: true })
}
const narrow = (part: Partial<Wanted>) => show({ ...wanted.value, ...part })

export function AddressesPage() {
  const asked = wantedByUrl()
  useEffect(() => {
    const same = sameAs(asked, wanted.value)
    wanted.value = asked
    if (!same) chooseNone()
    // A long list stays as it was read, so that Back finds its place in it.
    if (!same || addressList.pages.value.length <= 1) void addressList.start(!same)
  }, Object.values(asked))
  useEffect(() => {
    const refresh = () => {
      if (document.visibilityState === 'visible' && addressList.pages.value.length <= 1) void addressList.start()
    }
    document.addEventListener('visibilitychange', refresh)
    return () => document.removeEventListener('visibilitychange', refresh)
  }, [])
  useKeys({
    '/': () => document.querySelector<HTMLInputElement>('.search input')?.focus(),
    j: () => moveCursor(1),
    k: () => moveCursor(-1),
    c: () => {
      if (cursor.value) rowOf(cursor.value)?.querySelector<HTMLElement>('.copy')?.click()
    },
    b: () => {
      const alias = cursor.value && knownAlias(cursor.value)?.value
      if (alias) burn(alias)
    },
    x: () => {
      const alias = cursor.value && knownAlias(cursor.value)?.value
      if (alias && !alias.system) toggle(alias.id)
    },
    Escape: chooseNone,
  })
  const standing = addressList.standing.value
  const counts = account.value?.counts
  const any = addressList.pages.value.length > 0
  return (
    <main id="main" class="page" tabIndex={-1}>
      <div class="bar">
        <h1>
          Addresses
          {counts && (
            <>
              {' '}
              <span class="n">{(counts.active + counts.burned + counts.closed).toLocaleString('en')}</span>
            </>
          )}
        </h1>
        <SearchField value={asked.q} search={(q) => narrow({ q })} />
        <button class="btn btn-primary" type="button" onClick={() => newAddress('')}>
          <Icon name="plus" />
          <span>
            New<span class="wide"> address</span>
          </span>
        </button>
      </div>
      <div class={chosen.value.size || work.value ? 'over is-several' : 'over'}>
        <Filters narrow={narrow} />
        <Several />
      </div>
      {any && <AddressTable sort={(sort) => narrow({ sort })} />}
      {standing === 'failed' && (
        <Fault error={addressList.fault.value} retry={() => void (any ? addressList.more() : addressList.start())} />
      )}
      {!any && standing === 'first' && <Skeleton of="addresses" />}
      {!any && standing === 'ready' && (
        <NoAddresses make={(site = '') => newAddress(site)} clear={() => show({ ...all, sort: wanted.value.sort })} />
      )}
      {any && !addressList.complete.value && standing !== 'failed' && (
        <WhenSeen does={() => void addressList.more()} on={addressList.pages.value} />
      )}
      {any && (
        <p class="foot-keys">
          <span>
            <kbd>/</kbd> search
          </span>
          <span>
            <kbd>j</kbd> <kbd>k</kbd> move
          </span>
          <span>
            <kbd>c</kbd> copy
          </span>
          <span>
            <kbd>b</kbd> burn
          </span>
          <span>
            <kbd>z</kbd> undo
          </span>
          <span>
            <kbd>x</kbd> choose
          </span>
          <span>
            <kbd>?</kbd> all keys
          </span>
        </p>
      )}
    </main>
  )
}
