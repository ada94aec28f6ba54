// What the owner says of a correspondent: a name, and whether their mail is held, at one alias or at all of the account.

import { lowerCased, parseDomain, parseMailbox } from '../mail/address.ts'
import { blockForAccount, blockOf, wholeDomain, unblockForAccount, type Block } from '../store/blocks.ts'
import { changeCorrespondent as writeChange, correspondentByUuid, type Correspondent } from '../store/correspondent-list.ts'
import { isSuffix } from './expect-sender.ts'
import type { Host } from './host.ts'
import { notFound, Problem } from './problem.ts'

/** Where their mail is held. */
export type BlockedAt = 'alias' | 'account' | null

type Change = {
  readonly accountId: string
  readonly uuid: string
  readonly name?: string | null | undefined
  readonly blocked?: BlockedAt | undefined
}

/** `alias` takes a block of the whole account away, and null both. */
export const changeCorrespondent = (host: Host, change: Change): Promise<Correspondent> => host.db.transaction().execute(async (tx) => {
  const { accountId, uuid, name, blocked } = change
  const correspondent = await correspondentByUuid(tx, host.keys, accountId, uuid)
  if (!correspondent) throw notFound('correspondent')
  const now = host.clock.now()
  await writeChange(tx, correspondent.id, {
    ...(name !== undefined && { name }),
    ...(blocked !== undefined && { blockedAt: blocked === 'alias' ? now : null }),
  })
  if (blocked === 'account') await blockForAccount(tx, host.keys, accountId, correspondent.address, now)
  else if (blocked !== undefined) await unblockForAccount(tx, host.keys, accountId, correspondent.address)
  return (await correspondentByUuid(tx, host.keys, accountId, uuid))!
})

/** Somebody who need not have written yet, or a domain with all below it: `*@shop.example` in lists. */
export const blockAddress = async (host: Host, input: { readonly accountId: string; readonly address: string }): Promise<Block> => {
  const text = input.address.trim()
  const domain = text.includes('@') ? undefined : parseDomain(text)
  const address = domain === undefined ? parseMailbox(text) : wholeDomain(domain)
  if (!address || text === '') {
    throw new Problem('invalid', `${text.slice(0, 100)} is neither an address like name@shop.example nor a domain like shop.example.`, { field: 'address' })
  }
  if (isSuffix(domain)) throw new Problem('invalid', `Everybody can have a name below ${domain}. Write the sender's own domain.`, { field: 'address' })
  await blockForAccount(host.db, host.keys, input.accountId, lowerCased(address), host.clock.now())
  return (await blockOf(host.db, host.keys, input.accountId, address))!
}
