// Who is here: nobody knows yet, nobody, or an account. And whose host this is.
import { signal } from '@preact/signals'
import { session as readSession, signOut as endSession, type Session } from './api-sign-in.ts'
import { onSignedOut } from './calls.ts'

export type Who =
  | { readonly kind: 'unknown' }
  | { readonly kind: 'away' }
  | { readonly kind: 'out'; readonly host: Session; readonly meanwhile: boolean }
  | { readonly kind: 'in'; readonly host: Session }

export const who = signal<Who>({ kind: 'unknown' })

export async function findOutWho() {
  try {
    const host = await readSession()
    who.value = host.signed_in ? { kind: 'in', host } : { kind: 'out', host, meanwhile: false }
  } catch {
    who.value = { kind: 'away' }
  }
}

onSignedOut.do = () => {
  const now = who.value
  if (now.kind !== 'in') return
  who.value = { kind: 'out', host: { ...now.host, signed_in: false }, meanwhile: true }
}

export async function leave() {
  await endSession().catch(() => {})
  location.assign('/')
}
