// Close: from the next RCPT on mail is refused as if the address had never been. What is held stays held.
import type { Alias } from '../store/aliases.ts'
import { moveAlias, type OneAlias } from './alias-state.ts'
import type { Host } from './host.ts'

export const closeAlias = (host: Host, which: OneAlias): Promise<Alias> =>
  host.db.transaction().execute((tx) => moveAlias(host, tx, which, 'close'))
