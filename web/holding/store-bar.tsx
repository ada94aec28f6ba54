// How full Holding is, and how long it keeps.
import { account } from '../account.ts'
import { sizeOf } from '../name-of.ts'
import { dayOf } from '../time.ts'

export function StoreBar() {
  const me = account.value
  if (!me) return null
  const { holding_bytes: used } = me.counts
  const { held_bytes: most } = me.limits
  const first = me.counts.holding_expires_at
  const words = `${sizeOf(used)} of ${sizeOf(most)}`
  return (
    <div class="store">
      <progress max={most} value={Math.min(used, most)} aria-label="Storage used">
        {words}
      </progress>
      <p>
        <span>{words}</span>
        <span>Kept for {me.held_days} days, then deleted</span>
        {first && <span>The first goes on {dayOf(new Date(first))}</span>}
      </p>
    </div>
  )
}
