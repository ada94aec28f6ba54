// Overview: how much was delivered, held and replied, day by day, and by whom most of it comes.
import { useSignal } from '@preact/signals'
import { days as readDays, talkers as readTalkers, type Day, type Talker } from '../api.ts'
import { inWords, lastDays, number, totals } from '../mail-days.ts'
import { AddressText } from '../parts/address-text.tsx'
import { Fault } from '../parts/fault.tsx'
import { Icon } from '../parts/icon.tsx'
import { Read } from '../parts/read.tsx'
import { useReading } from '../parts/use-reading.ts'
import { DayPlot } from './day-plot.tsx'
import { NewestStrangers } from './newest-strangers.tsx'

const spans = [
  [30, '30 days'],
  [90, '90 days'],
  [365, 'A year'],
] as const
const mostTalkers = 8

function Mail({ span }: { readonly span: number }) {
  const { state, again } = useReading((signal) => readDays(lastDays(span), signal), [span])
  const now = state.value
  if (now.kind === 'failed') return <Fault error={now.error} retry={again} />
  if (now.kind === 'waiting') return <div class="u" />
  const { items } = now.value
  const all = totals(items)
  const { delivered, held, replied } = all
  return (
    <>
      <DayPlot days={items} words={inWords(span, all)} />
      <p class="legend">
        <span>
          <i class="k" />
          delivered {number(delivered)}
        </span>
        <span>
          <i class="k k-rep" />
          replied {number(replied)}
        </span>
        <span>
          <i class="k k-held" />
          held {number(held)}, hangs below the line
        </span>
      </p>
      <details class="more">
        <summary>
          <span>The figures</span>
          <Icon name="down" />
        </summary>
        <Figures days={items} />
      </details>
    </>
  )
}

/** For those who do not see the plot, and for copying: the days with mail. */
const Figures = ({ days }: { readonly days: readonly Day[] }) => (
  <table class="grid grid-n">
    <thead>
      <tr>
        <th scope="col">Day</th>
        <th scope="col">Delivered</th>
        <th scope="col">Held</th>
        <th scope="col">Replied</th>
      </tr>
    </thead>
    <tbody>
      {days
        .filter((day) => day.delivered + day.held + day.replied > 0)
        .toReversed()
        .map((day) => (
          <tr>
            <th scope="row">{day.day}</th>
            <td data-l="Delivered">{number(day.delivered)}</td>
            <td data-l="Held">{number(day.held)}</td>
            <td data-l="Replied">{number(day.replied)}</td>
          </tr>
        ))}
    </tbody>
  </table>
)

const TalkerLine = ({ talker, most }: { readonly talker: Talker; readonly most: number }) => (
  <li class="talk">
    <a class="talk-n" href={`/addresses/${talker.alias_id}`}>
      <b>
        <bdi>{talker.site ?? talker.alias}</bdi>
      </b>
      <AddressText address={talker.alias} />
    </a>
    <span class="talk-c">
      {number(talker.delivered)} delivered{talker.held > 0 && `, ${number(talker.held)} held`}
    </span>
    <progress max={most} value={talker.delivered + talker.held} aria-hidden="true" />
  </li>
)

function Talkers({ span }: { readonly span: number }) {
  const reading = useReading((signal) => readTalkers({ ...lastDays(span), limit: String(mostTalkers) }, signal), [span])
  return (
    <section class="sec" aria-labelledby="talk-h">
      <h2 id="talk-h">Most mail</h2>
      <Read of="the addresses with the most mail" reading={reading}>
        {({ items }) =>
          items.length ? (
            <ol class="talks">
              {items.map((talker) => (
                <TalkerLine talker={talker} most={Math.max(...items.map((each) => each.delivered + each.held))} key={talker.alias_id} />
              ))}
            </ol>
          ) : (
            <p class="hint">No mail in this time.</p>
          )
        }
      </Read>
    </section>
  )
}

export function OverviewPage() {
  const span = useSignal<number>(spans[0][0])
  return (
    <main id="main" class="page" tabIndex={-1}>
      <div class="bar">
        <h1>Overview</h1>
        <div class="chips" role="group" aria-label="Time">
          {spans.map(([days, words]) => (
            <button
              class="chip"
              type="button"
              aria-pressed={span.value === days}
              onClick={() => {
                span.value = days
              }}
            >
              {words}
            </button>
          ))}
        </div>
      </div>
      <section class="sec" aria-labelledby="mail-h">
        <h2 id="mail-h">Mail per day</h2>
        <Mail span={span.value} />
      </section>
      <div class="cols cols-even">
        <Talkers span={span.value} />
        <NewestStrangers />
      </div>
    </main>
  )
}
