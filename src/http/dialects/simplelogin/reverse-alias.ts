// A reverse alias as SimpleLogin shows it: the address, and the same with a name that tells whose it is.
import type { Host } from '../../../flow/host.ts'
import { formatMailbox } from '../../../mail/address-list.ts'
import type { Mailbox } from '../../../mail/address.ts'
import { displayName } from '../../../policy/display-name.ts'
import type { Correspondent } from '../../../store/correspondent-list.ts'
import { correspondentsJson } from '../../correspondent-shape.ts'

export type Contact = Awaited<ReturnType<typeof correspondentsJson>>[number] & { readonly reverseAlias: string; readonly reverseAddress: string }

export const contactsOf = async (host: Host, accountId: string, all: readonly Correspondent[]): Promise<readonly Contact[]> =>
  (await correspondentsJson(host, accountId, all)).map((one) => {
    const reverseAddress = one.for_inboxes[0]?.reverse_address ?? one.reverse_address
    return { ...one, reverseAddress, reverseAlias: formatMailbox(displayName(one.name ?? '', one.address as Mailbox), reverseAddress as Mailbox) }
  })
