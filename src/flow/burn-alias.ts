// Burn: from the next RCPT on, on every process, mail is held and its sender learns nothing.
import type { Alias } from '../store/aliases.ts'
import { moveAlias, type OneAlias } from './alias-state.ts'
import type { Host } from './host.ts'

export const burnAlias = (host: Host, which: OneAlias): Promise<Alias> =>
  host.db.transaction().execute((tx) => moveAlias(host, tx, which, 'burn'))
