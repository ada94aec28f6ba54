// "Write to someone new from this address": the reverse alias through which an address that never wrote is written to.
// It is made as the mail path makes it, so that their answer finds the same one.

import { domainOf, localPartOf, lowerCased, parseMailbox, type Mailbox } from '../mail/address.ts'
import { kindOfLocalPart } from '../mail/reverse-alias.ts'
import { aliasByUuid, type Alias } from '../store/aliases.ts'
import { changeCorrespondent, correspondentByAddress, type Correspondent } from '../store/correspondent-list.ts'
import { ownAddresses } from '../store/correspondents.ts'
import { takeTry } from '../store/tries.ts'
import type { Host } from './host.ts'
import { notFound, Problem } from './problem.ts'

type Which = { readonly accountId: string; readonly aliasUuid: string; readonly address: string; readonly name?: string | null | undefined }

/** A person writes to a handful a day; a stolen token fills no table. */
const NEW_ONES = { most: 200, windowMs: 86_400_000 } as const

export const addCorrespondent = async (host: Host, which: Which): Promise<{ readonly correspondent: Correspondent; readonly isNew: boolean }> => {
  const alias = await aliasByUuid(host.db, which.accountId, which.aliasUuid)
  if (!alias) throw notFound('alias')
  const address = await outsideAddress(host, alias, which.address)
  const known = await correspondentByAddress(host.db, host.keys, alias, address)
  if (!known) {
    refuseUnlessActive(alias)
    const key = host.keys.hash('tries', 'correspondents', which.accountId)
    if (!await takeTry(host.db, key, NEW_ONES, host.clock.now())) {
      throw new Problem('too-many', `${NEW_ONES.most} new correspondents were made today: more tomorrow.`)
    }
  }
  await host.correspondents.reverseLocalPartFor(alias, address, { remember: false })
  const correspondent = known ?? await correspondentByAddress(host.db, host.keys, alias, address)
  if (!correspondent) throw notFound('correspondent')
  if (which.name === undefined || which.name === correspondent.name) return { correspondent, isNew: !known }
  await changeCorrespondent(host.db, correspondent.id, { name: which.name })
  return { correspondent: { ...correspondent, name: which.name }, isNew: !known }
}

/** Mail to it would be refused, so it is said before it is written. */
const refuseUnlessActive = (alias: Alias): void => {
  switch (alias.state) {
    case 'active': return
    case 'burned': throw new Problem('burned', `${alias.address} is burned: nothing is sent from it. Restore it first.`)
    case 'closed': throw new Problem('closed', `${alias.address} is closed: nothing is sent from it. Restore it first.`)
  }
}

/** Nobody of the account itself, which would show an inbox, and no address that is itself a way to somebody. */
const outsideAddress = async (host: Host, alias: Alias, text: string): Promise<Mailbox> => {
  const address = parseMailbox(text.trim())
  if (!address) throw new Problem('invalid', `${text.trim().slice(0, 100)} is not an address like name@shop.example.`, { field: 'address' })
  if (domainOf(address) === host.domain && kindOfLocalPart(localPartOf(address)) !== 'alias') {
    throw new Problem('invalid', 'This is a reverse alias: write to it as it is.', { field: 'address' })
  }
  if ((await ownAddresses(host.db, alias.accountId, [address])).size > 0) {
    throw new Problem('invalid', 'This is an address of your own.', { field: 'address' })
  }
  return lowerCased(address)
}
