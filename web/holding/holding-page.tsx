// Holding: what waits for its owner, by address, and a reader beside it.
import { useEffect } from 'preact/hooks'
import { account } from '../account.ts'
import { keep } from '../alias-store.ts'
import { alias as readAlias } from '../api.ts'
import { Fault } from '../parts/fault.tsx'
import { Icon } from '../parts/icon.tsx'
import { Skeleton } from '../parts/skeleton.tsx'
import { useReading } from '../parts/use-reading.ts'
import { WhenSeen } from '../parts/when-seen.tsx'
import { WorkBar } from '../parts/work-bar.tsx'
import { Wrong } from '../parts/wrong.tsx'
import { go, query } from '../route.ts'
import { groupOf } from './group-of.ts'
import { HeldGroup } from './held-group.tsx'
import { groups, mailOf, ofAlias, onlyUnread, refreshHeld, shownGroups, version } from './held-list.ts'
import { HeldReader } from './held-reader.tsx'
import { NothingOpen } from './nothing-open.tsx'
import { Panes } from './panes.tsx'
import { released } from './release-held.ts'
import { ReleaseSince } from './release-since.tsx'
import { StoreBar } from './store-bar.tsx'

const shows = [
  [false, 'All'],
  [true, 'Unread'],
] as const

const Chips = () => (
  <div class="chips" role="group" aria-label="Show">
    {shows.map(([unread, words]) => (
      <button
        class="chip"
        type="button"
        aria-pressed={onlyUnread.value === unread}
        onClick={() => {
          onlyUnread.value = unread
        }}
      >
        {words}
        {unread && <span class="n">{(account.value?.counts.holding_unread ?? 0).toLocaleString('en')}</span>}
      </button>
    ))}
  </div>
)

const NothingHeld = () => (
  <div class="empty is-small">
    <Icon name="holding" />
    <h2>{onlyUnread.value ? 'Nothing unread' : 'Nothing held'}</h2>
    <p>Mail to burned addresses waits here for {account.value?.held_days ?? 30} days.</p>
  </div>
)

/** One address alone: its own head, because it can be on any page of the groups. */
function One({ aliasId, openId, search }: { readonly aliasId: string; readonly openId: string | undefined; readonly search: string }) {
  const { state, again } = useReading(async (signal) => keep(await readAlias(aliasId, signal)).value, [aliasId, version.value])
  const now = state.value
  if (now.kind === 'waiting') return <Skeleton of="held mail" />
  if (now.kind === 'failed') return <Fault error={now.error} retry={again} />
  const known = groups.pages.value.flat().find((group) => group.alias_id === aliasId)
  const group = known ?? groupOf(now.value, mailOf(aliasId).pages.value.flat())
  return group.count > 0 ? <HeldGroup group={group} openId={openId} search={search} key={aliasId} /> : <NothingHeld />
}

function List({ openId, search }: { readonly openId: string | undefined; readonly search: string }) {
  const standing = groups.standing.value
  const shown = shownGroups.value
  const one = ofAlias.value
  return (
    <>
      <StoreBar />
      <WorkBar />
      {released.value && (released.value.failed ? <Wrong>{released.value.words}</Wrong> : <p class="hint">{released.value.words}</p>)}
      {one ? (
        <>
          <p class="only-one">
            <span class="hint">One address is shown.</span> <a href="/holding">Show all</a>
          </p>
          <One aliasId={one} openId={openId} search={search} />
        </>
      ) : (
        <>
          {groups.pages.value.length > 0 && <Chips />}
          {shown.map((group) => (
            <HeldGroup group={group} openId={openId} search={search} key={`${group.alias_id} ${onlyUnread.value}`} />
          ))}
          {!shown.length && standing === 'first' && <Skeleton of="held mail" />}
          {!shown.length && standing === 'ready' && groups.complete.value && <NothingHeld />}
          {!groups.complete.value && groups.pages.value.length > 0 && <WhenSeen does={() => void groups.more()} on={groups.pages.value} near="600px" />}
        </>
      )}
      {standing === 'failed' && <Fault error={groups.fault.value} retry={() => void groups.start()} />}
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
    ofAlias.value = one
    released.value = undefined
    void refreshHeld()
  }, [one])
  useEffect(() => {
    const refresh = () => {
      if (document.visibilityState === 'visible') void groups.start()
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
      bar={groups.pages.value.length > 0 && <ReleaseSince />}
      list={<List openId={id} search={search} />}
      reader={
        id ? (
          <HeldReader id={id} key={id} gone={() => after(id, search)} />
        ) : (
          groups.pages.value.length > 0 && <NothingOpen of="message" />
        )
      }
    />
  )
}
