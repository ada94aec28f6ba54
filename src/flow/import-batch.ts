// One batch of an import, in one transaction: what is to be had is made, everything else is told with its reason.
import { localPartOf, type Mailbox } from '../mail/address.ts'
import type { ImportLine, ImportRow } from '../policy/import/row.ts'
import { verdictOf, type Policy, type Verdict } from '../policy/import/verdict.ts'
import { localPartFor } from '../policy/local-part.ts'
import { lockAccount, type Account } from '../store/accounts.ts'
import { insertAliases, knownAddresses, type AliasToInsert } from '../store/alias-batch.ts'
import { countAliases } from '../store/aliases.ts'
import type { Tx } from '../store/database.ts'
import type { Domain } from '../store/domains.ts'
import { insertReport, noteProgress, type Outcome, type ReportLine } from '../store/imports.ts'
import { retried } from '../store/retried.ts'
import { mostTries, randomBelow } from './create-alias.ts'
import type { Host } from './host.ts'
import type { ImportInboxes, Leads } from './import-inboxes.ts'

export type Run = {
  readonly importId: string
  readonly account: Account
  readonly dryRun: boolean
  readonly policy: Policy
  readonly domains: ReadonlyMap<string, Domain>
  /** Where addresses are made that cannot be taken as they are. */
  readonly newDomain: Domain
  readonly inboxesOf: ImportInboxes
  /** Addresses that the file had before, with their lines. */
  readonly seen: Map<Mailbox, number>
  /** What a dry run would have made so far: it counts against the limit. */
  wouldTake: number
  looked: number
}

type Told = {
  readonly line: number
  readonly address: string
  readonly outcome: Outcome
  readonly newAddress?: Mailbox | null
  readonly remark?: string | null
}
type Wanted = { readonly row: ImportRow; readonly verdict: Extract<Verdict, { kind: 'take' | 'new-address' }>; readonly leads: Leads }

/** False: its owner asked to stop. */
export const importBatch = async (host: Host, run: Run, lines: readonly ImportLine[]): Promise<boolean> => {
  const rows = lines.filter((line) => line.kind === 'row')
  const first = new Map<Mailbox, number>()
  for (const { address, line } of rows) if (!run.seen.has(address) && !first.has(address)) first.set(address, line)
  const leads = new Map<ImportRow, Leads>()
  for (const row of rows) leads.set(row, await run.inboxesOf(row.inboxes))

  const { goesOn, taken } = await retried(() => host.db.transaction().execute(async (tx) => {
    const hashOf = (address: Mailbox): Buffer => host.keys.hash('retired-address', address)
    const known = await knownAddresses(tx, run.account.id, [...first.keys()], hashOf)
    const room = await roomOf(tx, run)
    const wanted: Wanted[] = []
    const told = new Map<ImportLine, Told>()
    for (const line of lines) {
      if (line.kind === 'unreadable') told.set(line, { line: line.line, address: line.text, outcome: 'not-taken', remark: line.why })
      else {
        const verdict = first.get(line.address) === line.line
          ? verdictOf(line, { here: known.aliases.get(line.address), madeBefore: known.former.get(line.address) }, run.policy)
          : { kind: 'not-taken' as const, why: `It is in this file twice: line ${first.get(line.address) ?? run.seen.get(line.address)} has it too.` }
        const one = consider(line, verdict, leads.get(line)!, wanted.length < room, run.account)
        if ('outcome' in one) told.set(line, one)
        else wanted.push(one)
      }
    }
    for (const one of await (run.dryRun ? would(wanted) : make(host, tx, run, wanted))) told.set(one.row, one.told)

    const report = lines.map((line, n) => ({ ...told.get(line)!, seq: run.looked + n }))
    const count = (outcome: Outcome): number => report.filter((one) => one.outcome === outcome).length
    await insertReport(tx, run.importId, report.filter(isWorthTelling).map(lineOfReport))
    const progress = { looked: lines.length, taken: count('taken'), same: count('same'), notTaken: count('not-taken') }
    return { goesOn: await noteProgress(tx, run.importId, progress, host.clock.now()), taken: progress.taken }
  }))

  for (const [address, line] of first) run.seen.set(address, line)
  run.looked += lines.length
  if (run.dryRun) run.wouldTake += taken
  return goesOn
}

const consider = (row: ImportRow, verdict: Verdict, leads: Leads, hasRoom: boolean, account: Account): Told | Wanted => {
  switch (verdict.kind) {
    case 'not-taken': return { line: row.line, address: row.address, outcome: 'not-taken', remark: verdict.why }
    case 'same': return { line: row.line, address: row.address, outcome: 'same', newAddress: verdict.newAddress }
    case 'take':
    case 'new-address':
      if (hasRoom) return { row, verdict, leads }
      return { line: row.line, address: row.address, outcome: 'not-taken', remark: `This account may have ${account.aliasLimit} addresses.` }
  }
}

/** With a limit the account is locked while its addresses are counted, as in create-alias. */
const roomOf = async (tx: Tx, { account, wouldTake }: Run): Promise<number> => {
  if (account.aliasLimit === null) return Infinity
  await lockAccount(tx, account.id)
  return account.aliasLimit - await countAliases(tx, account.id) - wouldTake
}

type Made = { readonly row: ImportRow; readonly told: Told }

const remarks = (...all: readonly (string | null)[]): string | null => all.filter((one) => one !== null).join(' ') || null

const would = async (wanted: readonly Wanted[]): Promise<readonly Made[]> => wanted.map(({ row, verdict, leads }) => ({
  row, told: {
    line: row.line, address: row.address, outcome: 'taken',
    remark: remarks(verdict.kind === 'new-address' ? 'It gets a new address.' : null, row.remark, leads.remark),
  },
}))

const make = async (host: Host, tx: Tx, run: Run, wanted: readonly Wanted[]): Promise<readonly Made[]> => {
  const now = host.clock.now()
  const insert = async (list: readonly { readonly one: Wanted; readonly address: Mailbox }[]) => {
    const made = await insertAliases(tx, run.account.id, list.map(({ one, address }) => aliasOf(host, run, one, address, now)), now)
    return list.map(({ one, address }) => ({ one, address: made.has(address) ? address : undefined }))
  }
  const asTheyAre = await insert(wanted.filter(({ verdict }) => verdict.kind === 'take').map((one) => ({ one, address: one.row.address })))
  const done: Made[] = asTheyAre.map(({ one: { row, leads }, address }) => ({
    row, told: address === undefined
      ? { line: row.line, address: row.address, outcome: 'not-taken', remark: 'This address is taken here, or was deleted and is not given out again.' }
      : { line: row.line, address: row.address, outcome: 'taken', remark: remarks(row.remark, leads.remark) },
  }))
  let without = wanted.filter(({ verdict }) => verdict.kind === 'new-address')
  for (let tries = 0; without.length > 0; tries++) {
    if (tries === mostTries) throw new Error(`no free address after ${mostTries} tries`)
    const tried = await insert(unique(without.map((one) => ({ one, address: newAddress(host, run, one.row) }))))
    const got = new Set<Wanted>()
    for (const { one, address } of tried) {
      if (address === undefined) continue
      got.add(one)
      const { row, leads } = one
      done.push({ row, told: { line: row.line, address: row.address, outcome: 'taken', newAddress: address, remark: remarks(row.remark, leads.remark) } })
    }
    without = without.filter((one) => !got.has(one))
  }
  return done
}

const newAddress = (host: Host, run: Run, row: ImportRow): Mailbox =>
  `${localPartFor(row.site, (below) => randomBelow(host, below), run.account.addressFormat)}@${run.newDomain.name}` as Mailbox

const unique = <T extends { readonly address: Mailbox }>(list: readonly T[]): readonly T[] => [...new Map(list.map((one) => [one.address, one])).values()]

const aliasOf = (host: Host, run: Run, { row, verdict, leads }: Wanted, address: Mailbox, now: Date): AliasToInsert => {
  const past = (at: Date | null): Date | null => at && at < now ? at : null
  return {
    address, localPart: localPartOf(address), domainId: (run.domains.get(address.slice(address.lastIndexOf('@') + 1)) ?? run.newDomain).id,
    state: row.state, burnedAt: row.state === 'burned' ? past(row.burnedAt) ?? now : past(row.burnedAt),
    site: row.site, label: row.label, note: row.note, displayName: row.displayName, pinned: row.pinned, createdAt: past(row.createdAt) ?? now,
    lastMessageAt: past(row.lastMessageAt), delivered: row.delivered, held: row.held, replied: row.replied, inboxIds: leads.ids,
    threadKey: row.threadKey !== null && verdict.kind === 'take' ? host.keys.encrypt(row.threadKey) : null,
    former: verdict.kind === 'new-address' ? row.address : null, retiredHash: host.keys.hash('retired-address', address),
  }
}

const isWorthTelling = (told: Told): boolean =>
  told.outcome === 'not-taken' || (told.newAddress ?? null) !== null || (told.remark ?? null) !== null

const lineOfReport = (told: Told & { readonly seq: number }): ReportLine => ({
  seq: told.seq, line: told.line, address: told.address.slice(0, 320), outcome: told.outcome, newAddress: told.newAddress ?? null, remark: told.remark ?? null,
})
