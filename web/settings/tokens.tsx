// Tokens for scripts and extensions: made, shown once, revoked.
import { useSignal } from '@preact/signals'
import { account } from '../account.ts'
import { revokeToken, tokens as readTokens } from '../api.ts'
import { Read } from '../parts/read.tsx'
import { useOpen } from '../parts/use-open.ts'
import { useReading } from '../parts/use-reading.ts'
import { useSending } from '../parts/use-sending.ts'
import { Wrong } from '../parts/wrong.tsx'
import { say } from '../say.ts'
import { NewToken } from './new-token.tsx'
import { SetSection } from './set-section.tsx'
import { ShownOnce } from './shown-once.tsx'
import { TokenLine } from './token-line.tsx'

export function Tokens({ domain }: { readonly domain: string }) {
  const making = useOpen()
  const made = useSignal<{ name: string; token: string } | undefined>(undefined)
  const { wrong, send } = useSending()
  const reading = useReading((signal) => readTokens(signal), [])
  const begin = () => {
    making.show()
    made.value = undefined
  }
  const created = (name: string, token: string) => {
    making.close()
    made.value = { name, token }
    reading.again()
  }
  const revoke = (id: string, name: string) =>
    void send(async () => {
      await revokeToken(id)
      say(`Revoked ${name}`)
      reading.again()
    })
  return (
    <SetSection id="tokens" title="Tokens" add={!making.open && { words: 'New token', do: begin }}>
      <p class="prose">
        For scripts and extensions that speak to {domain}. How: <a href="/v1/docs">the API, described</a>.
      </p>
      {making.open && <NewToken domains={(account.value?.domains ?? []).map(({ name }) => name)} close={making.close} created={created} />}
      {made.value && <ShownOnce name={made.value.name} token={made.value.token} />}
      {wrong.value && <Wrong>{wrong.value}</Wrong>}
      <Read of="tokens" reading={reading}>
        {({ items }) =>
          items.length ? (
            <ul class="lines">
              {items.map((token) => (
                <TokenLine key={token.id} token={token} revoke={() => revoke(token.id, token.name)} />
              ))}
            </ul>
          ) : (
            !making.open && <p class="hint">No tokens.</p>
          )
        }
      </Read>
    </SetSection>
  )
}
