// An address that stands first in the list: a pin and the word, which the list only says.
import { Icon } from './icon.tsx'

export const Pinned = ({ brief = false }: { readonly brief?: boolean }) => (
  <span class="pinned">
    <Icon name="pin" />
    <span class={brief ? 'vh' : undefined}>Pinned</span>
  </span>
)
