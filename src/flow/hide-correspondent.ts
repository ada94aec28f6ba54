// Out of the list until it is used again. Nothing else ends: the reverse alias stands in mail that was delivered.
import { correspondentByNumber, setHidden } from '../store/correspondent-pages.ts'
import type { Host } from './host.ts'
import { notFound } from './problem.ts'

export const hideCorrespondent = async (host: Host, input: { readonly accountId: string; readonly number: number }): Promise<void> => {
  const correspondent = await correspondentByNumber(host.db, host.keys, input.accountId, input.number)
  if (!correspondent) throw notFound('contact')
  await setHidden(host.db, correspondent.id, host.clock.now())
}
