// What is held of this address, the newest first.
import { useEffect } from 'preact/hooks'
import { heldList, type Alias } from '../api.ts'
import { MessageLine } from '../holding/message-line.tsx'
import { useReading } from '../parts/use-reading.ts'

const shown = 5

export function HeldHere({ alias }: { readonly alias: Alias }) {
  const { state, again } = useReading((signal) => heldList({ alias_id: alias.id, limit: shown }, signal), [alias.id])
  useEffect(() => {
    if (state.value.kind !== 'waiting') again()
  }, [alias.state])
  const now = state.value
  if (now.kind !== 'there' || !now.value.items.length) return null
  return (
    <section class="sec" aria-labelledby="held-h">
      <div class="sec-h">
        <h2 id="held-h">Held</h2>
        <a class="hint" href={`/holding?alias_id=${alias.id}`}>
          All in Holding
        </a>
      </div>
      <ul class="held-l">
        {now.value.items.map((message) => (
          <li key={message.id}>
            <MessageLine message={message} href={`/holding/${message.id}?alias_id=${alias.id}`} />
          </li>
        ))}
      </ul>
    </section>
  )
}
