// A correspondent that the owner names: known already, or made as the mail path makes it, so that their answer finds the same one.

import { domainOf, localPartOf, lowerCased, type Mailbox } from '../mail/address.ts'
import { kindOfLocalPart } from '../mail/reverse-alias.ts'
import { accountById } from '../store/accounts.ts'
import { ownAddresses } from '../store/correspondents.ts'
import { takeTry } from '../store/tries.ts'
import type { Host } from './host.ts'

/** A person writes to a handful a day; a stolen token or password fills no table. */
export const NEW_A_DAY = 200
const DAY_MS = 86_400_000

type AliasOf = { readonly id: number; readonly uuid: string; readonly accountId: string }

/** Why nobody outside is meant: somebody of the account itself, which would show who that is, or an address that is itself a way to somebody. */
export const notOutside = async (host: Host, accountId: string, address: Mailbox): Promise<'own' | 'reverse-alias' | undefined> => {
  if (domainOf(address) === host.domain && kindOfLocalPart(localPartOf(address)) !== 'alias') return 'reverse-alias'
  const [own, account] = [await ownAddresses(host.db, accountId, [address]), await accountById(host.db, accountId)]
  return own.size > 0 || account?.email === lowerCased(address) ? 'own' : undefined
}

/** Undefined: the day's new ones are made. */
export const correspondentFor = async <T>(host: Host, alias: AliasOf, address: Mailbox, find: () => Promise<T | undefined>): Promise<T | undefined> => {
  const known = await find()
  if (known === undefined) {
    const key = host.keys.hash('tries', 'correspondents', alias.accountId)
    if (!await takeTry(host.db, key, { most: NEW_A_DAY, windowMs: DAY_MS }, host.clock.now())) return undefined
  }
  await host.correspondents.reverseLocalPartFor(alias, address, { remember: false })
  return known ?? await find()
}
