// Where its mail goes. At least one inbox stays chosen.
import { keep, knownAlias } from '../alias-store.ts'
import { changeAlias, inboxes, type Alias } from '../api.ts'
import { useReading } from '../parts/use-reading.ts'
import { useSending } from '../parts/use-sending.ts'
import { Wrong } from '../parts/wrong.tsx'
import { say } from '../say.ts'

export function InboxChoice({ alias }: { readonly alias: Alias }) {
  const { state } = useReading((signal) => inboxes(signal), [])
  const { wrong, sendInTurn } = useSending()
  const now = state.value
  if (now.kind !== 'there') return null
  const chosenOf = ({ inboxes: ones }: Pick<Alias, 'inboxes'>) => new Set(ones.map((inbox) => inbox.id))
  const chosen = chosenOf(alias)
  const toggle = (id: string, on: boolean) =>
    void sendInTurn(async () => {
      const before = chosenOf(knownAlias(alias.id)?.value ?? alias)
      const next = now.value.items.map((inbox) => inbox.id).filter((each) => (each === id ? on : before.has(each)))
      if (!next.length) throw new Error('Mail must go somewhere: choose another inbox first. To stop it, burn the address.')
      keep(await changeAlias(alias.id, { inbox_ids: next }))
      say('Changed where the mail goes.')
    })
  return (
    <section class="sec" aria-labelledby="in-h">
      <h2 id="in-h">Goes to</h2>
      <div class="checks" role="group" aria-labelledby="in-h">
        {now.value.items.map((inbox) => (
          <label class="check">
            <input
              type="checkbox"
              checked={chosen.has(inbox.id)}
              key={String(chosen.has(inbox.id)) + wrong.value}
              onChange={(event) => toggle(inbox.id, event.currentTarget.checked)}
            />
            <span>
              <bdi>{inbox.address}</bdi>
              {!inbox.verified && <span class="hint"> not verified yet, receives nothing</span>}
            </span>
          </label>
        ))}
      </div>
      {wrong.value && <Wrong>{wrong.value}</Wrong>}
    </section>
  )
}
