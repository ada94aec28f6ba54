// The address to write to: the reverse alias, with the secret where one inbox alone needs it.
import type { Correspondent } from '../api.ts'

export const writeAddressOf = ({ reverse_address: plain, for_inboxes: secret }: Correspondent) =>
  secret.length === 1 ? secret[0]!.reverse_address : plain

export const mailtoOf = (one: Correspondent) => `mailto:${encodeURIComponent(writeAddressOf(one)).replace('%40', '@')}`
