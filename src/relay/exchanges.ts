// From a domain to its mail servers and their addresses (RFC 5321 §5.1), through the one resolver.

import { networkInterfaces } from 'node:os'
import { isPublicAddress } from '../mail/ip-address.ts'
import { orderExchanges, type MxRecord } from '../mail/mx.ts'
import { neverDelivered, notNow } from './no-route.ts'

/** As `dns.promises.resolve` answers and fails: ENOTFOUND or EBADNAME no such name, ENODATA none of this type, anything else: DNS is in trouble. */
export type Resolve = (name: string, rrtype: 'A' | 'AAAA' | 'MX' | 'TXT') => Promise<unknown>

export type Lookup = {
  readonly resolve: Resolve
  readonly allowPrivate: boolean
  /** Our domain, what our own MX record names, and the addresses of this machine, which behind NAT are not ours in DNS: mail sent there would come back. */
  readonly ourName: string
  readonly ourMailServer: string
  readonly ourAddresses: () => ReadonlySet<string>
  /** 0 to below 1. */
  readonly random: () => number
}

export type Addresses = { readonly kind: 'addresses'; readonly list: readonly string[] } | { readonly kind: 'none' | 'not-public' | 'ours' | 'dns-trouble' }

/** More would only be slower: an attempt has five minutes. */
const MOST_ADDRESSES = 4

/** Best first, never empty. Throws NoRoute. */
export const exchangesOf = async (lookup: Lookup, domain: string): Promise<readonly string[]> => {
  const isOurs = (name: string): boolean => name === lookup.ourName || name === lookup.ourMailServer
  const exchanges = orderExchanges(await mxRecords(lookup.resolve, domain), isOurs, lookup.random)
  switch (exchanges.kind) {
    case 'exchanges': return exchanges.names
    case 'null-mx': throw neverDelivered('5.1.10 The domain of the inbox says that it takes no mail (null MX).')
    case 'loop': throw neverDelivered(LOOP)
    case 'unusable': throw neverDelivered('5.4.4 The domain of the inbox names no usable mail server.')
  }
}

export const LOOP = '5.4.6 The mail server of the inbox is this host itself: mail would go round in circles.'
export const DNS_TROUBLE = '4.4.3 The mail servers of the inbox could not be looked up.'

const mxRecords = async (resolve: Resolve, domain: string): Promise<readonly MxRecord[]> => {
  const answer = await ask<MxRecord>(resolve, domain, 'MX')
  switch (answer) {
    case 'no-name': throw neverDelivered('5.1.2 The domain of the inbox does not exist.')
    case 'trouble': throw notNow(DNS_TROUBLE, true)
  }
  // RFC 5321 §5.1: without MX records the domain itself is its mail server.
  return answer.length > 0 ? answer : [{ exchange: domain, priority: 0 }]
}

/** The addresses that may be connected to; what is connected to is one of these, never a second look-up (case H13). */
export const addressesOf = async (lookup: Lookup, name: string): Promise<Addresses> => {
  // IPv4 first: with IPv6 many servers refuse who has no PTR record.
  const answers = await Promise.all([ask<string>(lookup.resolve, name, 'A'), ask<string>(lookup.resolve, name, 'AAAA')])
  const found = answers.flatMap((answer) => (typeof answer === 'string' ? [] : answer))
  if (found.length === 0) return { kind: answers.includes('trouble') ? 'dns-trouble' : 'none' }
  if (lookup.allowPrivate) return { kind: 'addresses', list: found.slice(0, MOST_ADDRESSES) }
  const ours = lookup.ourAddresses()
  if (found.some((address) => ours.has(address))) return { kind: 'ours' }
  const list = found.filter(isPublicAddress).slice(0, MOST_ADDRESSES)
  return list.length > 0 ? { kind: 'addresses', list } : { kind: 'not-public' }
}

/** An empty list: the name is there, without records of this type. */
const ask = async <T>(resolve: Resolve, name: string, rrtype: 'A' | 'AAAA' | 'MX'): Promise<readonly T[] | 'no-name' | 'trouble'> => {
  try {
    return await resolve(name, rrtype) as readonly T[]
  } catch (error) {
    switch ((error as NodeJS.ErrnoException).code) {
      case 'ENOTFOUND': case 'EBADNAME': return 'no-name'
      case 'ENODATA': return []
    }
    return 'trouble'
  }
}

/** Asked each time: an address may come and go. */
export const addressesOfMachine = (): ReadonlySet<string> =>
  new Set(Object.values(networkInterfaces()).flatMap((all) => (all ?? []).map(({ address }) => address)))
