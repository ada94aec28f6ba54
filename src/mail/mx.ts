// Which mail servers a domain names, in the order in which they are tried (RFC 5321 §5.1, RFC 7505). Asking DNS is somebody else's.

import { parseDomain } from './address.ts'

export type MxRecord = { readonly exchange: string; readonly priority: number }

export type Exchanges =
  /** Lower-case A-labels, best first, at most 20. */
  | { readonly kind: 'exchanges'; readonly names: readonly string[] }
  /** RFC 7505: the domain takes no mail. */
  | { readonly kind: 'null-mx' }
  /** We are its best mail server: sending would come back to us. */
  | { readonly kind: 'loop' }
  /** Records, but none that is the name of a host. */
  | { readonly kind: 'unusable' }

/** Nobody needs more; a domain that names 1,000 must not keep us busy (case H05). */
const MOST_EXCHANGES = 20

/**
 * @param records not empty; without MX records: the domain itself with priority 0
 * @param isOurs whether a name is this host's: it, its equals and what comes after it would send the mail back to us (case H06)
 * @param random 0 to below 1, asked once a record: equals are tried in any order, so that they share the load (case H07)
 */
export const orderExchanges = (records: readonly MxRecord[], isOurs: (name: string) => boolean, random: () => number): Exchanges => {
  const named = records.flatMap(({ exchange, priority }) => {
    const name = exchangeName(exchange)
    return name === undefined ? [] : [{ name, priority, dice: random() }]
  })
  // Beside a real one a null MX says nothing (case H03).
  if (named.length === 0) return { kind: records.some(({ exchange }) => isRoot(exchange)) ? 'null-mx' : 'unusable' }
  const ours = Math.min(...named.filter(({ name }) => isOurs(name)).map(({ priority }) => priority))
  const usable = named.filter(({ priority }) => priority < ours)
  if (usable.length === 0) return { kind: 'loop' }
  usable.sort((a, b) => a.priority - b.priority || a.dice - b.dice)
  return { kind: 'exchanges', names: [...new Set(usable.map(({ name }) => name))].slice(0, MOST_EXCHANGES) }
}

const isRoot = (exchange: string): boolean => exchange === '' || exchange === '.'

const exchangeName = (exchange: string): string | undefined => {
  const name = exchange.endsWith('.') ? exchange.slice(0, -1) : exchange
  return isRoot(exchange) || name.length > 253 || name.startsWith('[') ? undefined : parseDomain(name)
}
