// What an account may have. Less than it has already takes nothing away: it gets no more until it has less.
import { updateSettings, type Settings } from '../store/accounts.ts'
import type { Quota } from '../store/invitations.ts'
import type { Host } from './host.ts'

export const changeQuota = (host: Host, accountId: string, quota: Partial<Quota> & Pick<Settings, 'domainLimit'>): Promise<void> =>
  host.db.transaction().execute((tx) => updateSettings(tx, accountId, quota))
