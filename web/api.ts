// The server's interface as this program sees it: shapes, one function per call, and the two ways in which a call can fail.

export type AliasState = 'active' | 'burned' | 'closed'
export type Inbox = { readonly id: string; readonly address: string; readonly verified: boolean; readonly aliases: number }
export type Alias = {
  readonly id: string
  readonly address: string
  readonly state: AliasState
  readonly site: string | null
  readonly label: string | null
  readonly note: string | null
  readonly inboxes: readonly { readonly id: string; readonly address: string; readonly verified: boolean }[]
  readonly created_at: string
  readonly burned_at: string | null
  readonly last_message_at: string | null
  readonly counts: { readonly delivered: number; readonly held: number; readonly replied: number }
  readonly system: boolean
}
export type Message = {
  readonly id: string
  readonly received_at: string
  readonly from: string
  readonly subject: string
  readonly size: number
}
export type Held = Message & {
  readonly alias_id: string
  readonly alias: string
  readonly direction: 'in' | 'out'
  readonly reason: string
  readonly reason_text: string
  readonly held_at: string
  readonly read_at: string | null
}
export type LocalMessage = Message & { readonly to: string }
export type Attachment = { readonly n: number; readonly name: string; readonly type: string; readonly size: number }
/** What the server could make of a message; not `shown`: it can only be downloaded. */
export type Content = { readonly shown: boolean; readonly why: string | null; readonly attachments: readonly Attachment[]; readonly remote: number }
export type Activity = {
  readonly id: string
  readonly at: string
  readonly kind: string
  readonly reason: string | null
  readonly from: string | null
  readonly reply: string | null
}
export type Token = { readonly id: string; readonly name: string; readonly start: string; readonly scopes: readonly string[]; readonly created_at: string }
export type Page<T> = { readonly items: readonly T[]; readonly next: string | null }
export type Session = {
  readonly signed_in: boolean
  readonly setup_needed: boolean
  readonly domain: string
  readonly local: boolean
  readonly local_inbox: boolean
  readonly smtp: string
  readonly email: string | null
}
export type Me = {
  readonly default_inbox_id: string | null
  readonly held_days: number
  readonly counts: { readonly active: number; readonly burned: number; readonly closed: number; readonly holding: number; readonly holding_bytes: number }
  readonly limits: { readonly held_bytes: number }
}

/** The server said no, with its reason in one sentence (RFC 9457). */
export class Refused extends Error {
  readonly status: number
  readonly code: string
  /** The field that it is about. */
  readonly field: string | undefined
  /** The number under which the fault is in the log. */
  readonly fault: string | undefined

  constructor(status: number, problem: Problem) {
    const [first] = problem.errors ?? []
    super(first?.detail ?? problem.detail ?? problem.message ?? problem.title ?? 'The server could not do this.')
    this.status = status
    this.code = problem.code ?? ''
    this.field = problem.field ?? first?.field
    this.fault = status >= 500 ? problem.id : undefined
  }
}
/** There was no answer: offline, or the server is away. */
export class NoAnswer extends Error {}

type Problem = {
  readonly code?: string
  readonly detail?: string
  readonly title?: string
  readonly message?: string
  readonly id?: string
  readonly field?: string
  readonly errors?: readonly { readonly field: string; readonly detail: string }[]
}

/** Called for each 401, so that the page can ask to sign in again. */
export const onSignedOut: { do: () => void } = { do: () => {} }

async function call<T>(method: string, path: string, body?: unknown, signal?: AbortSignal): Promise<T> {
  const init: RequestInit = { method, headers: body === undefined ? {} : { 'content-type': 'application/json' } }
  if (body !== undefined) init.body = JSON.stringify(body)
  if (signal) init.signal = signal
  let response: Response
  try {
    response = await fetch(path, init)
  } catch (cause) {
    if (signal?.aborted) throw cause
    throw new NoAnswer('The server did not answer.', { cause })
  }
  if (response.ok) return response.status === 204 ? (undefined as T) : ((await response.json().catch(() => undefined)) as T)
  const problem = (await response.json().catch(() => ({}))) as Problem
  if (response.status === 401 && path.startsWith('/v1/')) onSignedOut.do()
  if ([502, 503, 504].includes(response.status)) throw new NoAnswer('The server did not answer.')
  throw new Refused(response.status, problem)
}

const get = <T>(path: string, signal?: AbortSignal) => call<T>('GET', path, undefined, signal)
const post = <T>(path: string, body: unknown = {}) => call<T>('POST', path, body)

function search(path: string, params: Readonly<Record<string, string | number | undefined | null>>): string {
  const filled = Object.entries(params).flatMap(([key, value]) => (value === undefined || value === null || value === '' ? [] : [[key, String(value)]]))
  return filled.length ? `${path}?${new URLSearchParams(filled)}` : path
}

export const session = () => get<Session>('/v1/session')
export const signIn = (email: string, password: string) => post<unknown>('/auth/sign-in/email', { email, password })
export const signOut = () => post<unknown>('/auth/sign-out')
export type LinkPurpose = { readonly purpose: 'setup' | 'sign-in'; readonly email: string | null }
export const readLink = (token: string) => post<LinkPurpose>('/v1/setup/link', { token })
export const setUp = (answer: { token: string; email?: string; password: string }) => post<unknown>('/v1/setup', answer)

export type AliasSort = 'created' | 'last_message' | 'address'
export type AliasFilter = { readonly q?: string; readonly state?: AliasState | ''; readonly site?: string; readonly sort?: AliasSort | ''; readonly cursor?: string; readonly limit?: number }
export const aliases = (filter: AliasFilter, signal?: AbortSignal) => get<Page<Alias>>(search('/v1/aliases', filter), signal)
export const alias = (id: string, signal?: AbortSignal) => get<Alias>(`/v1/aliases/${id}`, signal)
export type NewAlias = { site?: string; label?: string; local_part?: string; inbox_ids?: string[] }
export const createAlias = (wanted: NewAlias) => post<Alias>('/v1/aliases', wanted)
export type AliasChange = { label?: string | null; note?: string | null; inbox_ids?: string[] }
export const changeAlias = (id: string, change: AliasChange) => call<Alias>('PATCH', `/v1/aliases/${id}`, change)
export const burnAlias = (id: string) => post<Alias>(`/v1/aliases/${id}/burn`)
export const restoreAlias = (id: string, releaseHeld: boolean) => post<Alias>(`/v1/aliases/${id}/restore`, { release_held: releaseHeld })
export const closeAlias = (id: string) => post<Alias>(`/v1/aliases/${id}/close`)
export const forgetAlias = (id: string, discard: boolean) => call<unknown>('DELETE', search(`/v1/aliases/${id}`, { discard: discard ? 'true' : undefined }))

export const heldList = (filter: { alias_id?: string | undefined; cursor?: string; limit?: number }, signal?: AbortSignal) => get<Page<Held>>(search('/v1/held', filter), signal)
export const held = (id: string, signal?: AbortSignal) => get<Held & { readonly message: Content }>(`/v1/held/${id}`, signal)
export const releaseHeld = (id: string) => post<unknown>(`/v1/held/${id}/release`)
export const deleteHeld = (id: string) => call<unknown>('DELETE', `/v1/held/${id}`)

export const localList = (cursor?: string, signal?: AbortSignal) => get<Page<LocalMessage>>(search('/v1/local', { cursor, limit: 100 }), signal)
export const local = (id: string, signal?: AbortSignal) => get<LocalMessage & { readonly message: Content }>(`/v1/local/${id}`, signal)
export type TestAnswer = { readonly address: string; readonly accepted: boolean; readonly reply: string }
export const sendTest = (aliasId: string) => post<TestAnswer>('/v1/local/test', { alias_id: aliasId })

export const inboxes = (signal?: AbortSignal) => get<Page<Inbox>>('/v1/inboxes?limit=200', signal)
export const addInbox = (address: string) => post<Inbox>('/v1/inboxes', { address })
export const verifyInboxAgain = (id: string) => post<Inbox>(`/v1/inboxes/${id}/verify`)
export const removeInbox = (id: string, moveTo?: string) => call<unknown>('DELETE', search(`/v1/inboxes/${id}`, { move_to: moveTo }))
export const verifyInbox = (token: string) => post<{ readonly address: string }>('/v1/inboxes/verify', { token })

export const activity = (aliasId: string, cursor?: string, signal?: AbortSignal) => get<Page<Activity>>(search('/v1/activity', { alias_id: aliasId, cursor, limit: 50 }), signal)
export const me = (signal?: AbortSignal) => get<Me>('/v1/me', signal)
export const changeMe = (change: { default_inbox_id: string }) => call<Me>('PATCH', '/v1/me', change)

export const tokens = (signal?: AbortSignal) => get<Page<Token>>('/v1/tokens', signal)
export const createToken = (name: string, scopes: string[]) => post<{ readonly token: string }>('/v1/tokens', { name, scopes })
export const revokeToken = (id: string) => call<unknown>('DELETE', `/v1/tokens/${id}`)
