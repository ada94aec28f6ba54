// Burning and taking it back. The row changes at once, the request goes at once, and for eight seconds Undo is one key away.
import { signal } from '@preact/signals'
import { refreshAccount } from './account.ts'
import { change, keep } from './alias-store.ts'
import { burnAlias, restoreAlias, type Alias } from './api.ts'
import { NoAnswer } from './refused.ts'
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

export function burn(alias: Alias) {
  if (alias.state !== 'active' || underWay.has(alias.id)) return
  setRefused(alias.id, undefined)
  change(alias.id, { state: 'burned', burned_at: new Date().toISOString() })
  light([...(lit.value?.ids ?? []), alias.id], [...(lit.value?.addresses ?? []), alias.address])
  const { name, random } = addressParts(alias.address)
  say(`Burned ${name}${random}. Mail goes to Holding. Undo for 8 seconds.`)
  const sent = burnAlias(alias.id)
    .then((burned) => {
      if (lit.value?.ids.includes(alias.id)) keep(burned)
      refreshAccount(soonMs)
    })
    .catch((error: unknown) => {
      putOut([alias.id])
      change(alias.id, { state: alias.state, burned_at: alias.burned_at })
      setRefused(alias.id, `Not burned: ${whyNot(error)} Mail is still delivered.`)
      say(`Not burned: ${whyNot(error)} Mail is still delivered.`)
    })
    .finally(() => underWay.delete(alias.id))
  underWay.set(alias.id, sent)
}

/** Takes back the burns that are still lit: all of them, or one. Nothing that came meanwhile stays behind. */
export async function undo(id?: string) {
  const ids = (lit.value?.ids ?? []).filter((each) => id === undefined || each === id)
  if (!ids.length) return
  putOut(ids)
  for (const each of ids) change(each, { state: 'active' })
  await Promise.all(
    ids.map(async (each) => {
      await underWay.get(each)
      await restore(each, true)
    }),
  )
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
    change(id, { state: 'burned' })
    setRefused(id, `Not restored: ${whyNot(error)} Mail still goes to Holding.`)
    say(`Not restored: ${whyNot(error)} Mail still goes to Holding.`)
    return false
  }
}
