// Mail per day of one address: delivered stands on the line, held hangs below it, so that burning is seen as the flip.
import { days as readDays, type Alias, type Day } from '../api.ts'
import { dayMs, inWords, lastDays, number, totals } from '../mail-days.ts'
import { useReading } from '../parts/use-reading.ts'
import { dayOf } from '../time.ts'

const [leastDays, mostDays] = [30, 90]
const [top, height, below] = [18, 84, 22]
/** A single message a day is a small bar, not a tower. */
const leastHigh = 4
/** Labels nearer to an end than this share would run into the end's own. */
const [tooNear, nearOnPhone] = [0.09, 0.28]

const dateOf = (day: string) => new Date(`${day}T12:00:00Z`)
const percent = (share: number) => `${(share * 100).toFixed(2)}%`

/** 1, 2, 5, 10, 20, 50 …: the line that is drawn is a number one can say. */
function round(most: number): number {
  const ten = 10 ** Math.floor(Math.log10(Math.max(1, most)))
  return [1, 2, 5].map((step) => step * ten).findLast((step) => step <= most) ?? 1
}

const isNear = (share: number) => share < nearOnPhone || share > 1 - nearOnPhone

function Drawing({ days, words }: { readonly days: readonly Day[]; readonly words: string }) {
  const up = Math.max(leastHigh, ...days.map((day) => day.delivered))
  const down = Math.max(0, ...days.map((day) => day.held))
  const perOne = height / (up + down)
  const line = top + up * perOne
  const width = 1 / days.length
  const bar = (n: number) => ({ x: percent((n + 0.1) * width), width: percent(width * 0.8) })
  const mark = round(up)
  const months = days.flatMap((day, n) => (day.day.endsWith('-01') && n * width > tooNear && n * width < 1 - tooNear ? [{ day, n }] : []))
  return (
    <svg class="plot" width="100%" height={top + height + below} role="img" aria-label={words}>
      <path class="pl-grid" d={`M0 ${line - mark * perOne}h4000`} />
      <text class="pl-t" x="0" y={line - mark * perOne - 4}>
        {number(mark)}
      </text>
      {days.map((day, n) => (
        <>
          {day.delivered > 0 && <rect class="pl-own" {...bar(n)} y={line - day.delivered * perOne} height={day.delivered * perOne} />}
          {day.held > 0 && <rect class="pl-held" {...bar(n)} y={line + 1} height={day.held * perOne} />}
        </>
      ))}
      <line class="pl-base" x1="0" x2="100%" y1={line + 0.5} y2={line + 0.5} />
      <text class="pl-t" x="0" y={top + height + below - 4}>
        {dayOf(dateOf(days[0]!.day))}
      </text>
      {months.map(({ day, n }) => (
        <text class={isNear(n * width) ? 'pl-t pl-near' : 'pl-t'} x={percent(n * width)} y={top + height + below - 4}>
          {dayOf(dateOf(day.day))}
        </text>
      ))}
      <text class="pl-t" x="100%" y={top + height + below - 4} text-anchor="end">
        today
      </text>
    </svg>
  )
}

export function MailPlot({ alias }: { readonly alias: Alias }) {
  const age = Math.ceil((Date.now() - Date.parse(alias.created_at)) / dayMs)
  const span = Math.min(mostDays, Math.max(leastDays, age))
  const { state } = useReading(
    (signal) => readDays({ alias_id: alias.id, ...lastDays(span) }, signal),
    [alias.id],
  )
  const now = state.value
  if (now.kind === 'failed') return null
  const items = now.kind === 'there' ? now.value.items : []
  const all = totals(items)
  const { delivered, held, replied } = all
  return (
    <section class="sec" aria-labelledby="plot-h">
      <div class="sec-h">
        <h2 id="plot-h">Mail</h2>
        {items.length > 0 && (
          <p class="legend">
            <span>
              <i class="k" />
              delivered {number(delivered)}
            </span>
            <span>
              <i class="k k-held" />
              held {number(held)}, hangs below the line
            </span>
            {replied > 0 && <span>you replied {number(replied)}</span>}
          </p>
        )}
      </div>
      {items.length > 0 ? (
        <Drawing days={items} words={inWords(span, all)} />
      ) : (
        <svg class="plot" width="100%" height={top + height + below} aria-hidden="true" />
      )}
    </section>
  )
}
