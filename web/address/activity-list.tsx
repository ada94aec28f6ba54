// What happened to this address, by day.
import { useMemo } from 'preact/hooks'
import { useEffect } from 'preact/hooks'
import { activity, type Activity, type Alias } from '../api.ts'
import { senderOf } from '../name-of.ts'
import { Fault } from '../parts/fault.tsx'
import { Icon } from '../parts/icon.tsx'
import { When } from '../parts/when.tsx'
import { paged } from '../paged.ts'
import { clockOf, dayHead } from '../time.ts'
import { SendTest } from '../local/send-test.tsx'
import { activityWords } from './activity-words.ts'

function byDay(events: readonly Activity[]): readonly (readonly [day: string, events: readonly Activity[]])[] {
  const days = new Map<string, Activity[]>()
  for (const event of events) {
    const day = dayHead(new Date(event.at))
    days.set(day, [...(days.get(day) ?? []), event])
  }
  return [...days]
}

function Line({ event }: { readonly event: Activity }) {
  const { icon, words } = activityWords(event)
  const who = event.from ? senderOf(event.from).name : ''
  return (
    <li class="ev">
      <span class="ev-i">
        <Icon name={icon} />
      </span>
      <div>
        <p class="ev-s">
          <span class="ev-w">
            {who ? (
              <>
                <b>
                  <bdi>{who}</bdi>
                </b>{' '}
                <span class="soft">{words}</span>
              </>
            ) : (
              <b>{words}</b>
            )}
          </span>
          <When at={event.at} form={clockOf} />
        </p>
        {event.reply && (
          <p class="ev-r">
            <code>{event.reply}</code>
          </p>
        )}
      </div>
    </li>
  )
}

export function ActivityList({ alias, local }: { readonly alias: Alias; readonly local: boolean }) {
  const list = useMemo(() => paged<Activity>((cursor, signal) => activity(alias.id, cursor, signal)), [alias.id])
  useEffect(() => {
    void list.start()
  }, [list, alias.state])
  const events = list.pages.value.flat()
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
              <Line event={event} key={event.id} />
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
