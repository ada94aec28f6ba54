// Strangers write to an address: how many, with a pennant.
import { Icon } from './icon.tsx'

export const Strangers = ({ count }: { readonly count: number }) =>
  count > 0 ? (
    <span class="flag">
      <Icon name="stranger" />
      {count === 1 ? '1 stranger' : `${count.toLocaleString('en')} strangers`}
    </span>
  ) : null
