// Burning and taking it back. The row changes at once, the request goes at once, and for eight seconds Undo is one key away.
import { signal } from '@preact/signals'
import { refreshAccount } from './account.ts'
import { change, keep } from './alias-store.ts'
import { burnAlias, changeMany, restoreAlias, type Alias } from './api.ts'
import { NoAnswer } from './refused.ts'
import { inTurn } from './in-turn.ts'
import { addressParts } from './name-of.ts'
import { say } from './say.ts'

/** The same eight seconds as --undo in tokens.css: the fuse is drawn by CSS, the offer ends here. */
export const undoMs = 8000

const soonMs = 300

export type Lit = { readonly ids: readonly string[]; readonly addresses: readonly string[]; readonly until: number }

/** What can still be undone. A second burn joins the first, and the fuse starts again for both. */
export const lit = signal<Lit | undefined>(undefined)
/** Why an address was not burned or restored, by id: the row came back and says so. */
export const refusedFor = signal<ReadonlyMap<string, string>>(new Map())

const underWay = new Map<string, Promise<unknown>>()
/** Burned to the eye, and not sent yet. */
const waiting = new Set<string>()
let timer: ReturnType<typeof setTimeout> | undefined

function setRefused(id: string, why: string | undefined) {
  const next = new Map(refusedFor.value)
  if (why === undefined) next.delete(id)
  else next.set(id, why)
  refusedFor.value = next
}

function light(ids: readonly string[], addresses: readonly string[]) {
  clearTimeout(timer)
  lit.value = ids.length ? { ids, addresses, until: Date.now() + undoMs } : undefined
  if (ids.length)
    timer = setTimeout(() => {
      lit.value = undefined
    }, undoMs)
}

function putOut(ids: readonly string[]) {
  const now = lit.value
  if (!now) return
  const stay = now.ids.flatMap((id, i) => (ids.includes(id) ? [] : [i]))
  lit.value = stay.length ? { ...now, ids: stay.map((i) => now.ids[i]!), addresses: stay.map((i) => now.addresses[i]!) } : undefined
}

const whyNot = (error: unknown) =>
  error instanceof NoAnswer ? 'the server did not answer.' : error instanceof Error ? error.message : 'the server could not do this.'

const nameFor = (address: string) => {
  const { name, random } = addressParts(address)
  return name + random
}

/** Changes the row, before anything is asked of the server. */
function strike(aliases: readonly Alias[]) {
  for (const { id } of aliases) {
    setRefused(id, undefined)
    change(id, { state: 'burned', burned_at: new Date().toISOString() })
  }
  const ids = aliases.map((alias) => alias.id)
  light([...(lit.value?.ids ?? []), ...ids], [...(lit.value?.addresses ?? []), ...aliases.map((alias) => alias.address)])
  const what = aliases.length === 1 ? nameFor(aliases[0]!.address) : `${aliases.length} addresses`
  say(`Burned ${what}. Mail goes to Holding. Undo for 8 seconds.`)
}

function comeBack(alias: Alias) {
  putOut([alias.id])
  change(alias.id, { state: alias.state, burned_at: alias.burned_at })
}

function notBurned(alias: Alias, error: unknown) {
  comeBack(alias)
  setRefused(alias.id, `Not burned: ${whyNot(error)} Mail is still delivered.`)
  say(`Not burned: ${whyNot(error)} Mail is still delivered.`)
}

function notRestored(id: string, error: unknown) {
  change(id, { state: 'burned' })
  setRefused(id, `Not restored: ${whyNot(error)} Mail still goes to Holding.`)
  say(`Not restored: ${whyNot(error)} Mail still goes to Holding.`)
}

function send(alias: Alias): Promise<void> {
  const sent = burnAlias(alias.id)
    .then((burned) => {
      if (lit.value?.ids.includes(alias.id)) keep(burned)
      refreshAccount(soonMs)
    })
    .catch((error: unknown) => notBurned(alias, error))
    .finally(() => underWay.delete(alias.id))
  underWay.set(alias.id, sent)
  return sent
}

const canBurn = (alias: Alias) => alias.state === 'active' && !alias.system && !underWay.has(alias.id) && !waiting.has(alias.id)

export function burn(alias: Alias) {
  if (!canBurn(alias)) return
  strike([alias])
  void send(alias)
}

/** All rows change at once; the requests go in batches. Undo takes back those that were not sent yet without a word to the server. */
export async function burnSeveral(aliases: readonly Alias[]) {
  const these = aliases.filter(canBurn)
  if (!these.length) return
  strike(these)
  for (const { id } of these) waiting.add(id)
  await inTurn('Burning', these, async (batch) => {
    const now = batch.filter(({ id }) => waiting.delete(id))
    const sent = sendMany(now).finally(() => {
      for (const { id } of now) underWay.delete(id)
    })
    for (const { id } of now) underWay.set(id, sent)
    await sent
  })
  for (const alias of these) if (waiting.delete(alias.id)) comeBack(alias)
  refreshAccount(soonMs)
}

async function sendMany(aliases: readonly Alias[]) {
  if (!aliases.length) return
  try {
    const results = await changeMany({ action: 'burn', ids: aliases.map(({ id }) => id) })
    for (const [i, result] of results.entries()) {
      if (!result.ok) notBurned(aliases[i]!, new Error(result.detail))
      else if (lit.value?.ids.includes(result.id)) keep(result.alias)
    }
  } catch (error) {
    for (const alias of aliases) notBurned(alias, error)
  }
}

/** Takes back the burns that are still lit: all of them, or one. Nothing that came meanwhile stays behind. */
export async function undo(id?: string) {
  const ids = (lit.value?.ids ?? []).filter((each) => id === undefined || each === id)
  if (!ids.length) return
  putOut(ids)
  for (const each of ids) change(each, { state: 'active' })
  const sent = ids.filter((each) => !waiting.delete(each))
  if (sent.length === 1) {
    await underWay.get(sent[0]!)
    await restore(sent[0]!, true)
    return
  }
  await inTurn('Undoing', sent, async (batch) => {
    await Promise.all(batch.map((each) => underWay.get(each)))
    try {
      const results = await changeMany({ action: 'restore', ids: [...batch], release_held: true })
      for (const result of results) {
        if (result.ok) keep(result.alias)
        else notRestored(result.id, new Error(result.detail))
      }
    } catch (error) {
      for (const each of batch) notRestored(each, error)
    }
  })
  refreshAccount(soonMs)
  say('Undone. Mail is delivered again.')
}

/** Makes it active from any state; with `andDeliver` what was held because of the latest burn is delivered too. */
export async function restore(id: string, andDeliver: boolean): Promise<boolean> {
  setRefused(id, undefined)
  try {
    keep(await restoreAlias(id, andDeliver))
    refreshAccount(soonMs)
    say('Undone. Mail is delivered again.')
    return true
  } catch (error) {
    notRestored(id, error)
    return false
  }
}
