// One token: its name, what it may do, when it was used, and when it ends.
import type { Token } from '../api.ts'
import { When } from '../parts/when.tsx'
import { dayOf } from '../time.ts'

function limitsOf({ expires_at: ends, daily_limit: most, domain }: Token): string {
  const until = ends === null ? 'No end' : `${Date.parse(ends) < Date.now() ? 'Ended' : 'Ends'} ${dayOf(new Date(ends))}`
  return [until, most !== null && `${most.toLocaleString('en')} a day`, domain].filter(Boolean).join(', ')
}

export const TokenLine = ({ token, revoke }: { readonly token: Token; readonly revoke: () => void }) => (
  <li class="ln">
    <span class="ln-m">
      <b>
        <bdi>{token.name}</bdi>
      </b>
      <span class="hint">
        {token.scopes.map((scope) => (
          <>
            <b class="scope">{scope}</b>{' '}
          </>
        ))}
        begins with <code>{token.start}</code>.{' '}
        {token.last_used_at ? (
          <>
            Used <When at={token.last_used_at} />
          </>
        ) : (
          'Never used'
        )}
      </span>
    </span>
    <span class="mark-line">{limitsOf(token)}</span>
    <span class="ln-a">
      <button class="btn-quiet" type="button" aria-label={`Revoke ${token.name}`} onClick={revoke}>
        Revoke
      </button>
    </span>
  </li>
)
