// What was found in a reply, and where: shown before one decides. The words come from the reply itself, so they are text and nothing else.
import type { HeldMessage } from '../api.ts'

type Find = HeldMessage['finds'][number]

const kinds: Readonly<Record<Find['what'], string>> = {
  address: 'Your address',
  'local-part': 'The name of your address',
  name: 'Your name',
  key: 'A key that names you',
  certificate: 'A certificate that names you',
  metadata: 'Data of a file that name you',
  unreadable: 'Something that cannot be read, and so may name you',
}

export const Finds = ({ finds }: { readonly finds: readonly Find[] }) => (
  <ul class="finds" aria-label="What was found">
    {finds.map(({ what, shown, where }) => (
      <li>
        <b>{kinds[what]}</b>
        {shown && <code>{shown}</code>}
        <span class="hint">
          in the <bdi>{where}</bdi>
        </span>
      </li>
    ))}
  </ul>
)
