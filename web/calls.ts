// How a call is made: through Hono's typed client, so that the shapes are the server's own. Types only come from src/; nothing of it is in the bundle.
import { hc } from 'hono/client'
import type { Api } from '../src/http/api.ts'
import { NoAnswer, Refused, type ProblemDocument } from './refused.ts'

/** Called for each 401, so that the page can ask to sign in again. */
export const onSignedOut: { do: () => void } = { do: () => {} }

export async function ask(input: RequestInfo | URL, init?: RequestInit): Promise<Response> {
  let response: Response
  try {
    response = await fetch(input, init)
  } catch (cause) {
    if (init?.signal?.aborted) throw cause
    throw new NoAnswer('The server did not answer.', { cause })
  }
  if (response.ok) return response
  if ([502, 503, 504].includes(response.status)) throw new NoAnswer('The server did not answer.')
  if (response.status === 401 && String(input).includes('/v1/')) onSignedOut.do()
  throw new Refused(response.status, (await response.json().catch(() => ({}))) as ProblemDocument)
}

export const api = hc<Api>(location.origin, { fetch: ask }).v1

/** What came is what was asked for: `ask` throws everything else. */
export async function answer<T>(request: Promise<{ json(): Promise<unknown> }>): Promise<T> {
  return (await (await request).json()) as T
}
export const done = async (request: Promise<unknown>) => {
  await request
}
/** The signal goes with the call. */
export const until = (signal: AbortSignal | undefined) => (signal ? { init: { signal } } : {})

export const one = (id: string) => ({ param: { id } })

/** Only what was filled in goes into the query. */
export const filled = <T extends Record<string, string | undefined>>(query: T): T =>
  Object.fromEntries(Object.entries(query).filter(([, value]) => value)) as T

export type Page<T> = { readonly items: readonly T[]; readonly next: string | null }
