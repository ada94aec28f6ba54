// A new token, this once.
import { CopyButton } from '../parts/copy.tsx'

export const ShownOnce = ({ name, token }: { readonly name: string; readonly token: string }) => (
  <div class="once" role="group" aria-label="New token">
    <p>
      <b>
        <bdi>{name}</bdi>.
      </b>{' '}
      Copy it now. It is shown once and kept only as a hash.
    </p>
    <p class="once-t">
      <code tabIndex={0}>{token}</code>
      <CopyButton text={token} />
    </p>
  </div>
)
