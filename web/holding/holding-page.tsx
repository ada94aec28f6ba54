// Holding: what waits for its owner, by address, and a reader beside it.
import { useEffect } from 'preact/hooks'
import { account } from '../account.ts'
import { NothingOpen } from './nothing-open.tsx'
import { Fault } from '../parts/fault.tsx'
import { Icon } from '../parts/icon.tsx'
import { Skeleton } from '../parts/skeleton.tsx'
import { go, query } from '../route.ts'
import { HeldGroup } from './held-group.tsx'
import { grouped, heldList, ofAlias } from './held-list.ts'
import { HeldReader } from './held-reader.tsx'
import { Panes } from './panes.tsx'
import { StoreBar } from './store-bar.tsx'

function List({ openId, search }: { readonly openId: string | undefined; readonly search: string }) {
  const messages = heldList.pages.value.flat()
  const standing = heldList.standing.value
  const complete = heldList.complete.value
  const groups = grouped(messages)
  return (
    <>
      <StoreBar />
      {ofAlias.value && (
        <p class="only-one">
          <span class="hint">One address is shown.</span> <a href="/holding">Show all</a>
        </p>
      )}
      {groups.map((group) => (
        <HeldGroup group={group} openId={openId} search={search} whole={groups.length === 1} complete={complete} key={group.aliasId} />
      ))}
      {standing === 'failed' && <Fault error={heldList.fault.value} retry={() => void heldList.start()} />}
      {!messages.length && standing === 'first' && <Skeleton of="held mail" />}
      {!messages.length && standing === 'ready' && (
        <div class="empty is-small">
          <Icon name="holding" />
          <h2>Nothing held</h2>
          <p>Mail to burned addresses waits here for {account.value?.held_days ?? 30} days.</p>
        </div>
      )}
      {!complete && messages.length > 0 && (
        <button class="grp-m" type="button" onClick={() => void heldList.more()}>
          Older mail
          <Icon name="down" />
        </button>
      )}
    </>
  )
}

/** When one leaves, the next is opened where both panes are seen; on a phone one comes back to the list. */
function after(openId: string, search: string) {
  const all = [...document.querySelectorAll<HTMLAnchorElement>('.pane-l .msg')]
  const at = all.findIndex((line) => line.dataset.id === openId)
  const next = all[at + 1] ?? all[at - 1]
  const wide = matchMedia('(width >= 48rem)').matches
  go(next && wide ? next.pathname + next.search : `/holding${search}`, { replace: true })
}

export function HoldingPage({ id }: { readonly id: string | undefined }) {
  const one = query.value.get('alias_id') ?? undefined
  useEffect(() => {
    const same = ofAlias.value === one
    ofAlias.value = one
    void heldList.start(!same)
  }, [one])
  useEffect(() => {
    const refresh = () => {
      if (document.visibilityState === 'visible') void heldList.start()
    }
    document.addEventListener('visibilitychange', refresh)
    return () => document.removeEventListener('visibilitychange', refresh)
  }, [])
  const search = one ? `?alias_id=${one}` : ''
  return (
    <Panes
      title="Holding"
      count={account.value?.counts.holding}
      home={`/holding${search}`}
      openId={id}
      list={<List openId={id} search={search} />}
      reader={
        id ? (
          <HeldReader id={id} key={id} gone={() => after(id, search)} />
        ) : (
          heldList.pages.value.length > 0 && <NothingOpen of="message" />
        )
      }
    />
  )
}
