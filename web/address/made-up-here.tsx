// An address that the first mail to it made: who wrote, and what is left to say of it.
import { keep } from '../alias-store.ts'
import { changeAlias, restoreAlias, type Alias } from '../api.ts'
import { useSending } from '../parts/use-sending.ts'
import { Wrong } from '../parts/wrong.tsx'
import { say } from '../say.ts'

export function MadeUpHere({ alias }: { readonly alias: Alias }) {
  const { busy, wrong, send } = useSending()
  const made = alias.made_up
  if (!made) return null
  const site = made.suggested_site
  return (
    <section class="sec" aria-labelledby="mu-h">
      <h2 id="mu-h">Made by mail</h2>
      <p class="prose">
        The first message to it came{' '}
        {made.from ? (
          <>
            from <bdi>{made.from}</bdi>
          </>
        ) : (
          'without a return address'
        )}
        , by <bdi>{made.host}</bdi> (<bdi>{made.ip}</bdi>).
      </p>
      {wrong.value && <Wrong>{wrong.value}</Wrong>}
      {site && (
        <p class="actions">
          <button
            class="btn"
            type="button"
            aria-busy={busy.value}
            onClick={() =>
              void send(async () => {
                keep(await changeAlias(alias.id, { site }))
                say(`It was given to ${site}.`)
              })
            }
          >
            I gave it to {site}
          </button>
        </p>
      )}
      {made.flooded && alias.state === 'active' && (
        <>
          <p class="prose">Many new addresses came that day, so its mail waits in Holding.</p>
          <p class="actions">
            <button
              class="btn"
              type="button"
              aria-busy={busy.value}
              onClick={() =>
                void send(async () => {
                  keep(await restoreAlias(alias.id, false))
                  say('Its mail is delivered from now on. What is in Holding stays there.')
                })
              }
            >
              Deliver its mail
            </button>
          </p>
        </>
      )}
    </section>
  )
}
