// What happened to this address, by day.
import { useEffect, useMemo } from 'preact/hooks'
import { activity, type Activity, type Alias } from '../api.ts'
import { senderOf, sizeOf } from '../name-of.ts'
import { Fault } from '../parts/fault.tsx'
import { Icon } from '../parts/icon.tsx'
import { When } from '../parts/when.tsx'
import { paged } from '../paged.ts'
import { clockOf, dayHead, secondOf } from '../time.ts'
import { SendTest } from '../local/send-test.tsx'
import { activityWords } from './activity-words.ts'
import { happened, type Happened } from './happened.ts'

function byDay(events: readonly Happened[]): readonly (readonly [day: string, events: readonly Happened[]])[] {
  const days = new Map<string, Happened[]>()
  for (const event of events) {
    const day = dayHead(new Date(event.latest.at))
    days.set(day, [...(days.get(day) ?? []), event])
  }
  return [...days]
}

function Summary({ event: { latest, way } }: { readonly event: Happened }) {
  const { words } = activityWords(latest)
  const who = way.map((line) => line.from).find(Boolean)
  const attempts = way.filter((line) => line.reply !== null).length
  return (
    <>
      <span class="ev-w">
        {who ? (
          <>
            <b>
              <bdi>{senderOf(who).name}</bdi>
            </b>{' '}
            <span class="soft">{words}</span>
          </>
        ) : (
          <b>{words}</b>
        )}
      </span>
      {attempts > 1 && <span class="hint">{attempts} attempts</span>}
      <When at={latest.at} form={clockOf} />
    </>
  )
}

/** `SPF pass · DKIM pass · DMARC pass`: whether it really came from there. */
const checksOf = ({ checks }: Activity) =>
  (['spf', 'dkim', 'dmarc'] as const).flatMap((method) => (checks[method] ? [`${method.toUpperCase()} ${checks[method]}`] : [])).join(' · ')

/** A message's way: each step with its time, and what the other server answered. */
const Way = ({ way }: { readonly way: readonly Activity[] }) => (
  <ol class="way">
    {way.map((line) => (
      <li key={line.id}>
        <span class="way-k">
          <When at={line.at} form={secondOf} />
        </span>
        <span class="way-t">
          {activityWords(line).words}
          {line.size !== null && line === way[0] && <span class="soft"> · {sizeOf(line.size)}</span>}
        </span>
        {line.reply && <code>{line.reply}</code>}
        {checksOf(line) && <code>{checksOf(line)}</code>}
      </li>
    ))}
  </ol>
)

const Line = ({ event }: { readonly event: Happened }) => (
  <li class="ev">
    <span class="ev-i">
      <Icon name={activityWords(event.latest).icon} />
    </span>
    {event.way.length > 1 || event.latest.reply || checksOf(event.latest) ? (
      <details>
        <summary>
          <Summary event={event} />
        </summary>
        <Way way={event.way} />
      </details>
    ) : (
      <p class="ev-s">
        <Summary event={event} />
      </p>
    )}
  </li>
)

export function ActivityList({ alias, local }: { readonly alias: Alias; readonly local: boolean }) {
  const list = useMemo(() => paged<Activity>((cursor, signal) => activity(alias.id, cursor, signal)), [alias.id])
  useEffect(() => {
    void list.start()
  }, [list, alias.state])
  const events = happened(list.pages.value.flat())
  return (
    <section class="sec" aria-labelledby="act-h">
      <div class="sec-h">
        <h2 id="act-h">Activity</h2>
        {local && <SendTest aliasId={alias.id} sent={() => void list.start()} />}
      </div>
      {byDay(events).map(([day, each]) => (
        <>
          <h3 class="day">{day}</h3>
          <ol class="events">
            {each.map((event) => (
              <Line event={event} key={event.latest.id} />
            ))}
          </ol>
        </>
      ))}
      {list.standing.value === 'failed' && <Fault error={list.fault.value} retry={() => void list.start()} />}
      {list.standing.value === 'ready' && !events.length && <p class="hint">Nothing yet. The first mail to this address is listed here.</p>}
      {!list.complete.value && events.length > 0 && (
        <button class="grp-m" type="button" onClick={() => void list.more()}>
          Older
          <Icon name="down" />
        </button>
      )}
    </section>
  )
}
