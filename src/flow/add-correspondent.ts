// "Write to someone new from this address": the reverse alias through which an address that never wrote is written to.

import { lowerCased, parseMailbox, type Mailbox } from '../mail/address.ts'
import { aliasByUuid, type Alias } from '../store/aliases.ts'
import { changeCorrespondent, correspondentByAddress, type Correspondent } from '../store/correspondent-list.ts'
import { correspondentFor, NEW_A_DAY, notOutside } from './correspondent-for.ts'
import type { Host } from './host.ts'
import { notFound, Problem } from './problem.ts'

type Which = { readonly accountId: string; readonly aliasUuid: string; readonly address: string; readonly name?: string | null | undefined }

export const addCorrespondent = async (host: Host, which: Which): Promise<{ readonly correspondent: Correspondent; readonly isNew: boolean }> => {
  const alias = await aliasByUuid(host.db, which.accountId, which.aliasUuid)
  if (!alias) throw notFound('alias')
  const address = await outsideAddress(host, alias, which.address)
  const find = () => correspondentByAddress(host.db, host.keys, alias, address)
  const known = await find()
  if (!known) refuseUnlessActive(alias)
  const correspondent = await correspondentFor(host, alias, address, find)
  if (!correspondent) throw new Problem('too-many', `${NEW_A_DAY} new correspondents were made today: more tomorrow.`)
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

const outsideAddress = async (host: Host, alias: Alias, text: string): Promise<Mailbox> => {
  const address = parseMailbox(text.trim())
  if (!address) throw new Problem('invalid', `${text.trim().slice(0, 100)} is not an address like name@shop.example.`, { field: 'address' })
  switch (await notOutside(host, alias.accountId, address)) {
    case 'own': throw new Problem('invalid', 'This is an address of your own.', { field: 'address' })
    case 'reverse-alias': throw new Problem('invalid', 'This is a reverse alias: write to it as it is.', { field: 'address' })
    case undefined: return lowerCased(address)
  }
}
