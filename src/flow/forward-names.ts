// The people named in a forward: who of them is the account itself, and the reverse aliases of the others as one inbox is shown them.

import { domainOf, localPartOf, lowerCased, type Mailbox } from '../mail/address.ts'
import { kindOfLocalPart } from '../mail/reverse-alias.ts'
import type { AliasFact, InboxFact } from '../policy/decide.ts'
import type { Correspondent } from '../policy/rewrite.ts'
import { ownAddresses } from '../store/correspondents.ts'
import type { Host } from './host.ts'
import { shownLocalPart } from './reply-secret.ts'

type IsOwn = (mailbox: Mailbox) => boolean
export type Named = { readonly isOwn: IsOwn; readonly correspondents: readonly Correspondent[] }

/**
 * `find` names everybody but the account itself. A correspondent known from earlier mail is nobody of the account, so that
 * only new names cost a query; most mail names nobody else of it, so that it is asked once.
 */
export const namedIn = async (host: Host, alias: AliasFact, find: (isOwn: IsOwn) => readonly Correspondent[]): Promise<Named> => {
  const isOurs = (mailbox: Mailbox): boolean => lowerCased(mailbox) === alias.address || isReverseAlias(host, mailbox)
  const named = find(isOurs)
  const unknown = named.map(({ mailbox }) => mailbox).filter((mailbox) => !host.correspondents.isKnown(alias, mailbox))
  const own = await ownAddresses(host.db, alias.accountId, unknown)
  if (own.size === 0) return { isOwn: isOurs, correspondents: named }
  const isOwn = (mailbox: Mailbox): boolean => isOurs(mailbox) || own.has(lowerCased(mailbox))
  return { isOwn, correspondents: find(isOwn) }
}

/** A forward that bounced and is released again names our reverse aliases: they get none of their own. */
const isReverseAlias = (host: Host, mailbox: Mailbox): boolean =>
  domainOf(mailbox) === host.domain && kindOfLocalPart(localPartOf(mailbox)) === 'reverse-alias'

/** Their rows are committed when this resolves. */
export const reverseAliasesOf = async (
  host: Host, alias: AliasFact, inbox: InboxFact, { isOwn, correspondents }: Named,
): Promise<(mailbox: Mailbox) => Mailbox | undefined> => {
  const reverse = new Map<Mailbox, Mailbox>()
  await Promise.all(correspondents.map(async ({ mailbox }) => {
    const localPart = await host.correspondents.reverseLocalPartFor(alias, mailbox, { remember: !isOwn(mailbox) })
    reverse.set(lowerCased(mailbox), `${shownLocalPart(host, inbox, localPart)}@${host.domain}` as Mailbox)
  }))
  return (mailbox) => reverse.get(lowerCased(mailbox))
}
