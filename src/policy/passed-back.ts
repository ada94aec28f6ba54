// What the server of a correspondent said to a reply, as the owner's mail program may show it: its status, and its words without addresses.
import { maskAddresses } from './mask-addresses.ts'

const mostCharacters = 200

/** Always of class 5: it did not arrive. */
export const statusIn = (said: string): string => /(?<![\d.])5\.\d{1,3}\.\d{1,3}(?![\d.])/.exec(said)?.[0] ?? '5.0.0'

/** One line, printable ASCII, nothing that answers to a name of ours or theirs. */
export const passedBack = (said: string): string => {
  const words = said.replace(/^\d{3}[ -]/, '').replace(/^[245]\.\d{1,3}\.\d{1,3} /, '')
  const clean = withoutAddresses(words).replace(/[^ -~]+/g, '?').replace(/\s+/g, ' ').trim()
  return `${statusIn(said)} The correspondent's server refused it${clean === '' ? '' : `: ${clean.slice(0, mostCharacters).trim()}`}`
}

/** The words without whole addresses: the reverse-path in them is ours, the forward-path theirs. */
export const withoutAddresses = (said: string): string => maskAddresses(said).replaceAll(/<?…@[^\s<>(),;:"]+>?/g, '(address)')
