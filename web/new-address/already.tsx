// An address for this company is there already: said while one types, never in the way.
import { useEffect } from 'preact/hooks'
import { useSignal } from '@preact/signals'
import { aliases, type Alias } from '../api.ts'
import { AddressText } from '../parts/address-text.tsx'
import { Icon } from '../parts/icon.tsx'

export function Already({ site }: { readonly site: string }) {
  const found = useSignal<Alias | undefined>(undefined)
  useEffect(() => {
    found.value = undefined
    if (!/[^.]\.[^.]/.test(site)) return
    const ends = new AbortController()
    const timer = setTimeout(() => {
      aliases({ site, state: 'active', limit: 1 }, ends.signal).then(
        (page) => {
          found.value = page.items[0]
        },
        () => {},
      )
    }, 300)
    return () => {
      clearTimeout(timer)
      ends.abort()
    }
  }, [site])
  const alias = found.value
  if (!alias) return null
  return (
    <p class="already">
      <Icon name="info" />
      <span>
        You already have an address for <bdi>{alias.site}</bdi>:{' '}
        <a href={`/addresses/${alias.id}`}>
          <AddressText address={alias.address} />
        </a>
      </span>
    </p>
  )
}
