// Where an entry of Postfix leads in the end: an entry may name another one, and so on (virtual(5): "virtual aliasing is recursive").
import type { Mailbox } from '../../mail/address.ts'
import { mailboxes } from './row.ts'

export type Entry = { readonly line: number; readonly name: string; readonly targets: readonly string[] }
export type Targets = {
  readonly inboxes: readonly Mailbox[]
  /** What is no mailbox, and why. */
  readonly others: readonly string[]
}

/** A file of a few lines can name each other so that it has more ends than the world has mailboxes. */
const mostSteps = 1_000

/** `localName`: what `name` without a domain is an entry of; undefined where such a name is a user of that machine. */
export const createTargets = (entries: readonly Entry[]): ((entry: Entry) => Targets) => {
  const byName = new Map(entries.map((entry) => [entry.name.toLowerCase(), entry]))
  return (entry) => {
    const inboxes = new Set<Mailbox>()
    const others = new Set<string>()
    const seen = new Set<string>([entry.name.toLowerCase()])
    let steps = 0
    const follow = (targets: readonly string[]): void => {
      for (const target of targets) {
        if (steps++ > mostSteps) return
        const key = plain(target).toLowerCase()
        const next = byName.get(key)
        if (next && !target.startsWith('\\')) {
          // An entry that names itself keeps a copy for the user of that name: that one is no mailbox.
          if (seen.has(key)) {
            if (next === entry && !key.includes('@')) others.add(whyNot(target))
            continue
          }
          seen.add(key)
          follow(next.targets)
          continue
        }
        const [mailbox] = /^[|/:\\]/.test(plain(target)) ? [] : mailboxes([plain(target)])
        if (mailbox) inboxes.add(mailbox)
        else others.add(whyNot(target))
      }
    }
    follow(entry.targets)
    return { inboxes: [...inboxes], others: [...others] }
  }
}

export const plain = (value: string): string => /^"(?:[^"\\]|\\.)*"$/s.test(value) ? value.slice(1, -1).replace(/\\(.)/gs, '$1') : value

const whyNot = (target: string): string => {
  const text = plain(target).slice(0, 80)
  if (text.startsWith('|')) return `${text} is a program.`
  if (text.startsWith('/')) return `${text} is a file.`
  if (/^:include:/i.test(text)) return `${text} is a list in a file of that machine.`
  if (/^(?:error|discard):/i.test(text)) return `${text} is no mailbox.`
  if (!text.includes('@')) return `${text.replace(/^\\/, '')} is a user of that machine, not an address.`
  return `${text} is not an address.`
}
