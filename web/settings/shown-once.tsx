// A new token or secret, this once.
import { CopyButton } from '../parts/copy.tsx'

type Props = { readonly name: string; readonly token: string; readonly label?: string; readonly kept?: string }

export const ShownOnce = ({ name, token, label = 'New token', kept = 'kept only as a hash' }: Props) => (
  <div class="once" role="group" aria-label={label}>
    <p>
      <b>
        <bdi>{name}</bdi>.
      </b>{' '}
      Copy it now. It is shown once and {kept}.
    </p>
    <p class="once-t">
      <code tabIndex={0}>{token}</code>
      <CopyButton text={token} />
    </p>
  </div>
)
