// The owner's word on who may write to an alias: "this is the company too". It ends what the alias learns by itself.

import { parse } from 'tldts'
import { domainOf, parseDomain, parseMailbox, lowerCased } from '../mail/address.ts'
import { isMailboxProvider } from '../policy/mail-services.ts'
import type { ExpectedSender } from '../policy/stranger.ts'
import { isOfHost } from '../policy/subdomain.ts'
import { aliasByUuid, type Alias } from '../store/aliases.ts'
import type { Tx } from '../store/database.ts'
import {
  addExpectedSender, endLearning, expectedSendersOf, judgeSendersAgain, MOST_EXPECTED, removeExpectedSender, type NamedSender,
} from '../store/expected-senders.ts'
import { senderByUuid } from '../store/sender-list.ts'
import { lockedAlias, type OneAlias } from './alias-state.ts'
import type { Host } from './host.ts'
import { notFound, Problem } from './problem.ts'

type Named = Pick<ExpectedSender, 'kind' | 'name' | 'unproven'>

/** @param sender a domain or an address */
export const expectSender = (host: Host, which: OneAlias, input: { readonly sender: string; readonly unproven: boolean }): Promise<NamedSender> => {
  const named = { ...namedBy(input.sender.trim()), unproven: input.unproven }
  return host.db.transaction().execute(async (tx) => expect(host, tx, await lockedAlias(tx, which), named))
}

/** One click beside somebody who wrote: their organisation, or their mailbox where anybody may have one. Who proved nothing is taken without proof. */
export const expectWhoWrote = (host: Host, which: OneAlias, senderUuid: string): Promise<NamedSender> => host.db.transaction().execute(async (tx) => {
  const alias = await lockedAlias(tx, which)
  const sender = await senderByUuid(tx, host.keys, alias.id, senderUuid)
  if (!sender) throw notFound('sender')
  const { organisation, address, proven } = sender
  const isShared = isMailboxProvider(organisation) || isOfHost(host.domain, domainOf(address))
  const named: Pick<Named, 'kind' | 'name'> = isShared ? { kind: 'address', name: address } : { kind: 'domain', name: organisation }
  return expect(host, tx, alias, { ...named, unproven: !proven })
})

export const expectNoLonger = (host: Host, which: OneAlias, uuid: string): Promise<void> => host.db.transaction().execute(async (tx) => {
  const alias = await lockedAlias(tx, which)
  if (!await removeExpectedSender(tx, alias.id, uuid)) throw notFound('expected sender')
  await endLearning(tx, alias.id)
  await judgeSendersAgain(tx, host.keys, alias)
})

/** After its site changed. */
export const judgeAgain = async (host: Host, tx: Tx, which: OneAlias): Promise<void> => {
  const alias = await aliasByUuid(tx, which.accountId, which.uuid)
  if (alias) await judgeSendersAgain(tx, host.keys, alias)
}

const expect = async (host: Host, tx: Tx, alias: Alias, named: Named): Promise<NamedSender> => {
  const before = await expectedSendersOf(tx, alias.id)
  const isNamed = (one: Named): boolean => one.kind === named.kind && one.name === named.name
  if (before.length >= MOST_EXPECTED && !before.some(isNamed)) {
    throw new Problem('limit-reached', `An address can expect ${MOST_EXPECTED} senders. Remove one first.`)
  }
  await addExpectedSender(tx, alias.id, named, host.clock.now())
  await endLearning(tx, alias.id)
  await judgeSendersAgain(tx, host.keys, alias)
  return (await expectedSendersOf(tx, alias.id)).find(isNamed)!
}

/** github.io is somebody; co.uk is everybody. */
export const isSuffix = (domain: string | undefined): boolean => {
  if (domain === undefined) return false
  const { domain: registered, isPrivate } = parse(domain, { allowPrivateDomains: true })
  return registered === null && isPrivate !== true
}

const namedBy = (text: string): Pick<Named, 'kind' | 'name'> => {
  if (text.includes('@')) {
    const mailbox = parseMailbox(text)
    if (mailbox) return { kind: 'address', name: lowerCased(mailbox) }
    throw new Problem('invalid', `${text.slice(0, 100)} is not an address like name@shop.example.`, { field: 'sender' })
  }
  const domain = parseDomain(text)
  if (domain === undefined || domain.startsWith('[')) {
    throw new Problem('invalid', 'Write a domain like shop.example, or an address like name@shop.example.', { field: 'sender' })
  }
  if (isSuffix(domain)) {
    throw new Problem('invalid', `Everybody can have a name below ${domain}. Write the company's own domain.`, { field: 'sender' })
  }
  return { kind: 'domain', name: domain }
}
