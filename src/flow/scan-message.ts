// A reply in memory, scanned with all that is packed in it. Runs in the thread, or where nothing is packed, outside of it.
import { createHash } from 'node:crypto'
import type { Mailbox } from '../mail/address.ts'
import type { Find, Secrets } from '../policy/leak.ts'
import { needlesOf, type Needles } from '../policy/leak-needles.ts'
import { distinct, scanForLeaks, scanUnpacked, type LeakScan, type PackedPart, type Reply } from '../policy/leak-scan.ts'
import type { Names } from '../policy/leak-text.ts'
import { newBudget, unpack, type Budget } from './unpack.ts'

const MOST_NESTED = 4

export const needlesFor = (secrets: Secrets, alias: Mailbox): Needles => needlesOf(secrets, alias, hashesOf)

const hashesOf = (address: string): string[] => ['md5', 'sha1', 'sha256'].map((name) => createHash(name).update(address).digest('hex'))

/** Undefined: something is packed, which is for the thread. */
export const scanUnlessPacked = (reply: Reply, needles: Needles, names: Names): LeakScan | undefined => {
  const scan = scanForLeaks(reply, needles, names)
  return scan.packed.length === 0 ? scan : undefined
}

export const scanWhole = async (reply: Reply, needles: Needles, names: Names): Promise<LeakScan> => {
  const scan = scanForLeaks(reply, needles, names)
  const budget = newBudget()
  const finds: Find[] = [...scan.finds]
  for (const packed of scan.packed) finds.push(...await findsIn(packed, { needles, names, budget, nested: 0 }))
  return { ...scan, finds: distinct(finds), packed: [] }
}

type Depth = { readonly needles: Needles; readonly names: Names; readonly budget: Budget; readonly nested: number }

const findsIn = async (packed: PackedPart, depth: Depth): Promise<Find[]> => {
  const unreadable: Find = { what: 'unreadable', shown: '', ...packed.place }
  if (depth.nested > MOST_NESTED) return [unreadable]
  const finds: Find[] = []
  for await (const unpacked of unpack(packed, depth.budget)) {
    if (unpacked.kind === 'unreadable') finds.push(unreadable)
    else {
      const scan = scanUnpacked(unpacked.bytes, packed.place, depth.needles, depth.names)
      finds.push(...scan.finds)
      for (const inner of scan.packed) finds.push(...await findsIn(inner, { ...depth, nested: depth.nested + 1 }))
    }
  }
  return finds
}
