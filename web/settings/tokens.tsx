// Tokens for scripts and extensions: made, shown once, revoked.
import { useSignal } from '@preact/signals'
import { account } from '../account.ts'
import { revokeToken, tokens as readTokens } from '../api.ts'
import { Fault } from '../parts/fault.tsx'
import { Icon } from '../parts/icon.tsx'
import { Skeleton } from '../parts/skeleton.tsx'
import { useReading } from '../parts/use-reading.ts'
import { useSending } from '../parts/use-sending.ts'
import { Wrong } from '../parts/wrong.tsx'
import { say } from '../say.ts'
import { NewToken } from './new-token.tsx'
import { ShownOnce } from './shown-once.tsx'
import { TokenLine } from './token-line.tsx'

export function Tokens({ domain }: { readonly domain: string }) {
  const making = useSignal(false)
  const made = useSignal<{ name: string; token: string } | undefined>(undefined)
  const { wrong, send } = useSending()
  const { state, again } = useReading((signal) => readTokens(signal), [])
  const now = state.value
  const domains = account.value?.domains ?? []
  const revoke = (id: string, name: string) =>
    void send(async () => {
      await revokeToken(id)
      say(`Revoked ${name}`)
      again()
    })
  return (
    <section class="set" id="tokens" aria-labelledby="to-h">
      <div class="sec-h">
        <h2 id="to-h">Tokens</h2>
        {!making.value && (
          <button
            class="btn"
            type="button"
            onClick={() => {
              making.value = true
              made.value = undefined
            }}
          >
            <Icon name="plus" />
            New token
          </button>
        )}
      </div>
      <p class="prose">
        For scripts and extensions that speak to {domain}. How: <a href="/v1/docs">the API, described</a>.
      </p>
      {making.value && (
        <NewToken
          domains={domains.map(({ name }) => name)}
          close={() => {
            making.value = false
          }}
          created={(name, token) => {
            making.value = false
            made.value = { name, token }
            again()
          }}
        />
      )}
      {made.value && <ShownOnce name={made.value.name} token={made.value.token} />}
      {wrong.value && <Wrong>{wrong.value}</Wrong>}
      {now.kind === 'waiting' && <Skeleton of="tokens" />}
      {now.kind === 'failed' && <Fault error={now.error} retry={again} />}
      {now.kind === 'there' &&
        (now.value.items.length ? (
          <ul class="lines">
            {now.value.items.map((token) => (
              <TokenLine key={token.id} token={token} revoke={() => revoke(token.id, token.name)} />
            ))}
          </ul>
        ) : (
          !making.value && <p class="hint">No tokens.</p>
        ))}
    </section>
  )
}
