// What ends by age: held mail (30 days), activity (90), local messages (7), reverse aliases that nobody
// used (400), one-time links, notices (30), headers of first messages (90), counted tries, accounts past their
// days of grace. In batches, so that no transaction is long; called by the schedule under an advisory lock, so that one process does it.

import { lapseBurnLinks } from '../store/burn-links.ts'
import { lapseHeld } from '../store/holding.ts'
import { lapseActivity, lapseCorrespondents, lapseImports, lapseLinks, lapseLocalMessages, lapseTries, sweepUnusedMessages } from '../store/lapse.ts'
import { lapseNotices } from '../store/notices.ts'
import { lapseEvidence } from '../store/sender-list.ts'
import { lapseWebhookCalls } from '../store/webhook-calls.ts'
import type { Host } from './host.ts'
import { deleteLeftAccounts } from './suspend-account.ts'

const BATCH = 500
const STEPS = [
  lapseHeld, lapseLocalMessages, lapseActivity, lapseCorrespondents, lapseImports, lapseLinks, lapseNotices, lapseEvidence, lapseBurnLinks, lapseTries,
  lapseWebhookCalls, sweepUnusedMessages,
]

export const lapse = async (host: Host): Promise<void> => {
  await deleteLeftAccounts(host)
  const now = host.clock.now()
  for (const step of STEPS) {
    while (!host.stopping.aborted && await host.db.transaction().execute((tx) => step(tx, now, BATCH)) >= BATCH);
  }
}
