// One token: its name, what it may do, when it was used.
import type { Token } from '../api.ts'
import { dayOf } from '../time.ts'

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
        begins with <code>{token.start}</code>
      </span>
    </span>
    <span class="mark-line">Made {dayOf(new Date(token.created_at))}</span>
    <span class="ln-a">
      <button class="btn-quiet" type="button" aria-label={`Revoke ${token.name}`} onClick={revoke}>
        Revoke
      </button>
    </span>
  </li>
)
