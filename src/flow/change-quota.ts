// What an account may have. Less than it has already takes nothing away: it gets no more until it has less.
import { updateSettings, type Settings } from '../store/accounts.ts'
import type { Host } from './host.ts'

export type Quota = Pick<Settings, 'heldBytes' | 'aliasLimit' | 'domainLimit' | 'repliesHourly'>

export const changeQuota = (host: Host, accountId: string, quota: Quota): Promise<void> =>
  host.db.transaction().execute((tx) => updateSettings(tx, accountId, quota))
