// What waits for the other servers: for how long, what they said, and a way to try now.
import { useEffect, useMemo } from 'preact/hooks'
import { queue as readQueue, retryAll, retryOne, type QueueLine } from '../api-host.ts'
import { paged } from '../paged.ts'
import { Fault } from '../parts/fault.tsx'
import { Icon } from '../parts/icon.tsx'
import { useSending } from '../parts/use-sending.ts'
import { Wrong } from '../parts/wrong.tsx'
import { say } from '../say.ts'
import { span } from '../time.ts'

const whose: Readonly<Record<QueueLine['kind'], string>> = { forward: 'to an inbox', reply: 'a reply', own: 'mail of this host' }

function until(at: string): string {
  const left = Date.parse(at) - Date.now()
  return left <= 0 ? 'now' : `in ${span(left)}`
}

const Line = ({ line, retry }: { readonly line: QueueLine; readonly retry: () => void }) => (
  <tr role="row">
    <th role="rowheader" scope="row">
      {line.domain ?? 'unknown'}
      <span class="hint"> {whose[line.kind]}</span>
    </th>
    <td role="cell" data-l="Age">
      {span(Date.now() - Date.parse(line.created_at))}
    </td>
    <td role="cell" data-l="Tries">
      {line.attempts}
    </td>
    <td role="cell" data-l="Next try">
      {line.state === 'sent' ? 'awaits a reply' : until(line.next_try_at)}
    </td>
    <td role="cell" data-l="Answer of the other server" class="q-r">
      {line.last_reply && <code>{line.last_reply}</code>}
    </td>
    <td role="cell" class="ac-m">
      <button class="btn-quiet" type="button" aria-label={`Retry ${line.domain ?? 'this delivery'}`} onClick={retry}>
        <Icon name="retry" />
        Retry
      </button>
    </td>
  </tr>
)

export function Queue() {
  const list = useMemo(() => paged<QueueLine>((cursor, signal) => readQueue(cursor, signal)), [])
  useEffect(() => {
    void list.start()
  }, [list])
  const { wrong, send } = useSending()
  const lines = list.pages.value.flat()
  const retry = (does: () => Promise<{ retried: number }>) =>
    void send(async () => {
      const { retried } = await does()
      say(`${retried} tried again.`)
      await list.start()
    })
  return (
    <section class="sec" aria-labelledby="qu-h">
      <div class="sec-h">
        <h2 id="qu-h">
          Queue {lines.length > 0 && <span class="n">{lines.length + (list.complete.value ? '' : '+')}</span>}
        </h2>
        {lines.length > 0 && (
          <button class="btn" type="button" onClick={() => retry(retryAll)}>
            <Icon name="retry" />
            Retry all
          </button>
        )}
      </div>
      {wrong.value && <Wrong>{wrong.value}</Wrong>}
      {lines.length > 0 && (
        <table class="grid grid-q" role="table" aria-labelledby="qu-h">
          <thead role="rowgroup">
            <tr role="row">
              <th role="columnheader" scope="col">
                Next hop
              </th>
              <th role="columnheader" scope="col">
                Age
              </th>
              <th role="columnheader" scope="col">
                Tries
              </th>
              <th role="columnheader" scope="col">
                Next try
              </th>
              <th role="columnheader" scope="col">
                Answer of the other server
              </th>
              <td role="cell" />
            </tr>
          </thead>
          <tbody role="rowgroup">
            {lines.map((line) => (
              <Line line={line} retry={() => retry(() => retryOne(line.id))} key={line.id} />
            ))}
          </tbody>
        </table>
      )}
      {list.standing.value === 'failed' && <Fault error={list.fault.value} retry={() => void list.start()} />}
      {!list.complete.value && lines.length > 0 && (
        <button class="grp-m" type="button" onClick={() => void list.more()}>
          More
          <Icon name="down" />
        </button>
      )}
      <p class="hint">
        {lines.length === 0 && list.standing.value === 'ready' && 'Nothing waits. '}After 5 days a message is held for its owner. Nothing is dropped.
      </p>
    </section>
  )
}
