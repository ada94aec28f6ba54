// One page of rows. Far outside of the window it gives way to an empty space of the same height, measured when it left:
// of 100,000 addresses only those near the eye are in the document.
import { useSignal } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import { AddressRow } from './address-row.tsx'

/** By first row: when a long list is shown again, its far pages start as the spaces that they were. */
const heights = new Map<string, number>()
const longList = 200

export function RowWindow({ ids, from }: { readonly ids: readonly string[]; readonly from: number }) {
  const self = useRef<HTMLTableSectionElement>(null)
  const height = useSignal(from >= longList ? (heights.get(ids[0]!) ?? 0) : 0)
  useEffect(() => {
    const body = self.current
    if (!body) return
    const watcher = new IntersectionObserver(
      ([seen]) => {
        if (seen)
          height.value =
            seen.isIntersecting || body.contains(document.activeElement) ? 0 : height.value || Math.round(seen.boundingClientRect.height)
      },
      { rootMargin: '1600px 0px' },
    )
    watcher.observe(body)
    return () => {
      heights.set(ids[0]!, Math.round(body.getBoundingClientRect().height))
      watcher.disconnect()
    }
  }, [])
  return (
    <tbody role="rowgroup" ref={self}>
      {height.value ? (
        <tr role="row" aria-hidden="true">
          <td role="cell">
            <svg width="1" height={height.value} />
          </td>
        </tr>
      ) : (
        ids.map((id, i) => <AddressRow id={id} index={from + i} key={id} />)
      )}
    </tbody>
  )
}
