// The server's interface as this program sees it: one function per call. Signing in and the operator's have files of their own.
import type { InferResponseType } from 'hono/client'
import { answer, api, ask, done, filled, one, until, type Page } from './calls.ts'

export type Alias = InferResponseType<(typeof api.aliases)[':id']['$get'], 200>
export type AliasState = Alias['state']
export type AliasPage = InferResponseType<typeof api.aliases.$get, 200>
export type Plot = NonNullable<AliasPage['items'][number]['plot']>
export type Label = InferResponseType<typeof api.aliases.labels.$get, 200>['items'][number]
export type HeldPage = InferResponseType<typeof api.held.$get, 200>
export type Held = HeldPage['items'][number]
export type HeldMessage = InferResponseType<(typeof api.held)[':id']['$get'], 200>
/** What the server could make of a message; not `shown`: it can only be downloaded. */
export type Content = Pick<HeldMessage, 'shown' | 'why' | 'remote' | 'attachments' | 'invites'>
export type Attachment = Content['attachments'][number]
export type LocalPage = InferResponseType<typeof api.local.$get, 200>
export type LocalMessage = LocalPage['items'][number]
/** What held mail and the local inbox have in common. */
export type Message = Pick<LocalMessage, 'id' | 'received_at' | 'from' | 'subject' | 'size'>
export type ActivityPage = InferResponseType<typeof api.activity.$get, 200>
export type Activity = ActivityPage['items'][number]
export type Inboxes = InferResponseType<typeof api.inboxes.$get, 200>
export type Inbox = Inboxes['items'][number]
export type Tokens = InferResponseType<typeof api.tokens.$get, 200>
export type Correspondent = InferResponseType<typeof api.correspondents.$get, 200>['items'][number]
export type HeldGroup = InferResponseType<typeof api.held.groups.$get, 200>['items'][number]
export type Day = InferResponseType<typeof api.stats.$get, 200>['items'][number]
export type Talker = InferResponseType<typeof api.stats.top.$get, 200>['items'][number]
export type Token = Tokens['items'][number]
export type Scope = Token['scopes'][number]
export type Me = InferResponseType<typeof api.me.$get, 200>

export type AliasSort = 'created' | 'last_message' | 'address'
export type AliasFilter = {
  readonly q?: string
  readonly state?: AliasState | ''
  readonly site?: string
  readonly label?: string
  readonly inbox_id?: string
  readonly unused?: boolean
  readonly strangers?: boolean
  readonly sort?: AliasSort | ''
  readonly cursor?: string | undefined
  readonly limit: number
  readonly plot_days?: number
  readonly pinned_first?: boolean
}
export const aliases = ({ limit, state, sort, unused, strangers, plot_days: days, pinned_first: pinned, ...words }: AliasFilter, signal?: AbortSignal) => {
  const only = { ...(state && { state }), ...(sort && { sort }), ...(unused && { unused: 'true' as const }), ...(strangers && { strangers: 'true' as const }) }
  const shown = { ...(days && { plot_days: String(days) }), ...(pinned && { pinned_first: 'true' as const }) }
  const query = filled({ ...words, ...only, ...shown, limit: String(limit) })
  return answer<AliasPage>(api.aliases.$get({ query }, until(signal)))
}
export const siteOf = (of: string, signal?: AbortSignal) => answer<{ site: string }>(api.site.$get({ query: { of } }, until(signal)))
export const labels = (signal?: AbortSignal) => answer<Page<Label>>(api.aliases.labels.$get({ query: {} }, until(signal)))
export const alias = (id: string, signal?: AbortSignal) => answer<Alias>(api.aliases[':id'].$get(one(id), until(signal)))
export type NewAlias = { site?: string; label?: string; local_part?: string; domain?: string; inbox_ids?: string[] }
export const createAlias = (json: NewAlias) => answer<Alias>(api.aliases.$post({ json, header: {} }))
export type AliasChange = Parameters<(typeof api.aliases)[':id']['$patch']>[0]['json']
export const changeAlias = (id: string, json: AliasChange) => answer<Alias>(api.aliases[':id'].$patch({ ...one(id), json }))
export const burnAlias = (id: string) => answer<Alias>(api.aliases[':id'].burn.$post(one(id)))
export const restoreAlias = (id: string, andDeliver: boolean) =>
  answer<Alias>(api.aliases[':id'].restore.$post({ ...one(id), json: { release_held: andDeliver } }))
type Many = Parameters<typeof api.aliases.many.$post>[0]['json']
/** At most 200 at once; what became of each, in their order. */
export const changeMany = (json: Many) =>
  answer<InferResponseType<typeof api.aliases.many.$post, 200>>(api.aliases.many.$post({ json })).then(({ items }) => items)
export const closeAlias = (id: string) => answer<Alias>(api.aliases[':id'].close.$post(one(id)))
export const forgetAlias = (id: string, discard: boolean) =>
  done(api.aliases[':id'].$delete({ ...one(id), query: { discard: discard ? 'true' : 'false' } }))

export type HeldFilter = {
  readonly alias_id?: string | undefined
  readonly unread?: boolean
  readonly cursor?: string | undefined
  readonly limit: number
}
export const heldList = ({ limit, unread, ...filter }: HeldFilter, signal?: AbortSignal) =>
  answer<HeldPage>(api.held.$get({ query: filled({ ...filter, ...(unread && { unread: 'true' as const }), limit: String(limit) }) }, until(signal)))
export const held = (id: string, signal?: AbortSignal) => answer<HeldMessage>(api.held[':id'].$get(one(id), until(signal)))
/** `how`: of a reply that would tell who one is. */
export const releaseHeld = (id: string, how: { anyway?: boolean; without?: boolean } = {}) => done(api.held[':id'].release.$post({ ...one(id), json: how }))
export const deleteHeld = (id: string) => done(api.held[':id'].$delete(one(id)))

export const heldGroups = (cursor?: string, signal?: AbortSignal) =>
  answer<Page<HeldGroup>>(api.held.groups.$get({ query: filled({ cursor, limit: '50' }) }, until(signal)))
export type Released = InferResponseType<typeof api.held.release.$post, 200>
/** At most a hundred a call; `next` says from where to go on. */
export const releaseMany = (json: { ids?: string[]; alias_id?: string; since?: string; cursor?: string }) =>
  answer<Released>(api.held.release.$post({ json }))
export const deleteMany = (ids: string[]) => done(api.held.delete.$post({ json: { ids } }))
export const markMany = (ids: string[], read: boolean) => done(api.held.read.$post({ json: { ids, read } }))

export const correspondents = (query: { alias_id?: string; cursor?: string | undefined; limit: number }, signal?: AbortSignal) =>
  answer<Page<Correspondent>>(api.correspondents.$get({ query: filled({ ...query, limit: String(query.limit) }) }, until(signal)))
export const writeTo = (aliasId: string, json: { address: string; name?: string | null }) =>
  answer<Correspondent>(api.aliases[':id'].correspondents.$post({ ...one(aliasId), json }))
export type CorrespondentChange = Parameters<(typeof api.correspondents)[':id']['$patch']>[0]['json']
export const changeCorrespondent = (id: string, json: CorrespondentChange) => answer<Correspondent>(api.correspondents[':id'].$patch({ ...one(id), json }))
export type Block = InferResponseType<typeof api.blocks.$get, 200>['items'][number]
export const blocks = (cursor?: string, signal?: AbortSignal) =>
  answer<Page<Block>>(api.blocks.$get({ query: filled({ cursor, limit: '50' }) }, until(signal)))
export const block = (address: string) => done(api.blocks.$post({ json: { address } }))
export const unblock = (id: string) => done(api.blocks[':id'].$delete(one(id)))
export const days = (query: { from: string; to: string; alias_id?: string }, signal?: AbortSignal) =>
  answer<{ items: Day[] }>(api.stats.$get({ query }, until(signal)))
export const talkers = (query: { from: string; to: string; limit: string }, signal?: AbortSignal) =>
  answer<{ items: Talker[] }>(api.stats.top.$get({ query }, until(signal)))

export const localList = (cursor?: string, signal?: AbortSignal) =>
  answer<LocalPage>(api.local.$get({ query: filled({ cursor, limit: '100' }) }, until(signal)))
export const local = (id: string, signal?: AbortSignal) =>
  answer<InferResponseType<(typeof api.local)[':id']['$get'], 200>>(api.local[':id'].$get(one(id), until(signal)))
export const sendTest = (aliasId: string) =>
  answer<InferResponseType<typeof api.local.test.$post, 200>>(api.local.test.$post({ json: { alias_id: aliasId } }))

export const inboxes = (signal?: AbortSignal) => answer<Inboxes>(api.inboxes.$get({ query: {} }, until(signal)))
export const addInbox = (address: string) => done(api.inboxes.$post({ json: { address } }))
export const verifyInbox = (token: string) =>
  answer<InferResponseType<typeof api.inboxes.verify.$post, 200>>(api.inboxes.verify.$post({ json: { token } }))
export const verifyInboxByCode = (id: string, code: string) => answer<Inbox>(api.inboxes[':id'].code.$post({ ...one(id), json: { code } }))
export const verifyInboxAgain = (id: string) => done(api.inboxes[':id'].verify.$post(one(id)))
export const setReplySecret = (id: string, on: boolean) => done(api.inboxes[':id'].$patch({ ...one(id), json: { reply_secret: on } }))
export const removeInbox = (id: string, moveTo?: string) =>
  done(api.inboxes[':id'].$delete({ ...one(id), query: filled({ move_to: moveTo }) }))

export type DomainWithRecords = InferResponseType<(typeof api.domains)[':id']['$get'], 200>
export type OwnDomain = Omit<DomainWithRecords, 'records'>
export const domains = (signal?: AbortSignal) => answer<Page<OwnDomain>>(api.domains.$get({ query: {} }, until(signal)))
export const domain = (id: string, signal?: AbortSignal) =>
  answer<DomainWithRecords>(api.domains[':id'].$get({ ...one(id), query: { check: 'true' } }, until(signal)))
export const addDomain = (name: string) => answer<DomainWithRecords>(api.domains.$post({ json: { name } }))
export const proveDomain = (id: string) => answer<DomainWithRecords>(api.domains[':id'].verify.$post(one(id)))
export type DomainChange = { made_up?: OwnDomain['made_up']; made_up_pattern?: string | null; made_up_daily?: number }
export const changeDomain = (id: string, change: DomainChange) => answer<OwnDomain>(api.domains[':id'].$patch({ ...one(id), json: change }))
export const removeDomain = (id: string) => done(api.domains[':id'].$delete(one(id)))

export const activity = (aliasId: string, cursor?: string, signal?: AbortSignal) =>
  answer<ActivityPage>(api.activity.$get({ query: filled({ alias_id: aliasId, cursor, limit: '50' }) }, until(signal)))
export const me = (signal?: AbortSignal) => answer<Me>(api.me.$get({}, until(signal)))
type MeChange = Parameters<typeof api.me.$patch>[0]['json']
export const changeMe = (json: MeChange) => answer<Me>(api.me.$patch({ json }))

export const tokens = (signal?: AbortSignal) => answer<Tokens>(api.tokens.$get({ query: {} }, until(signal)))
type NewToken = Parameters<typeof api.tokens.$post>[0]['json']
export const createToken = (json: NewToken) => answer<InferResponseType<typeof api.tokens.$post, 201>>(api.tokens.$post({ json }))
export const revokeToken = (id: string) => done(api.tokens[':id'].$delete(one(id)))

export type AppPasswords = InferResponseType<(typeof api)['app-passwords']['$get'], 200>
export type AppPassword = AppPasswords['items'][number]
export type MailServer = AppPasswords['servers'][number]
export const appPasswords = (signal?: AbortSignal) => answer<AppPasswords>(api['app-passwords'].$get({ query: {} }, until(signal)))
export const createAppPassword = (json: { name: string; alias_id?: string }) =>
  answer<InferResponseType<(typeof api)['app-passwords']['$post'], 201>>(api['app-passwords'].$post({ json }))
export const revokeAppPassword = (id: string) => done(api['app-passwords'][':id'].$delete(one(id)))

export type Webhooks = InferResponseType<typeof api.webhooks.$get, 200>
export type Webhook = Webhooks['items'][number]
export type WebhookEvent = Webhook['events'][number]
export const webhooks = (signal?: AbortSignal) => answer<Webhooks>(api.webhooks.$get({ query: {} }, until(signal)))
export const addWebhook = (json: { url: string; events: WebhookEvent[] }) =>
  answer<InferResponseType<typeof api.webhooks.$post, 201>>(api.webhooks.$post({ json }))
export const changeWebhook = (id: string, json: { url?: string; events?: WebhookEvent[]; enabled?: boolean }) =>
  answer<Webhook>(api.webhooks[':id'].$patch({ ...one(id), json }))
export const renewWebhookSecret = (id: string) =>
  answer<InferResponseType<(typeof api.webhooks)[':id']['secret']['$post'], 200>>(api.webhooks[':id'].secret.$post(one(id)))
export const tryWebhook = (id: string) => answer<InferResponseType<(typeof api.webhooks)[':id']['test']['$post'], 200>>(api.webhooks[':id'].test.$post(one(id)))
export const deleteWebhook = (id: string) => done(api.webhooks[':id'].$delete(one(id)))

export type Sender = InferResponseType<(typeof api.aliases)[':id']['senders']['$get'], 200>['items'][number]
export type ExpectedSenders = InferResponseType<(typeof api.aliases)[':id']['senders']['expected']['$get'], 200>
export type Rules = InferResponseType<typeof api.rules.$get, 200>
export type Leak = InferResponseType<typeof api.leaks.$get, 200>['items'][number]
export type LeakReport = InferResponseType<(typeof api.leaks)[':id']['$get'], 200>
export type BurnLink = InferResponseType<(typeof api.burn)[':token']['$get'], 200>
export const strangersOf = (id: string, limit: number, signal?: AbortSignal) =>
  answer<Page<Sender>>(api.aliases[':id'].senders.$get({ ...one(id), query: { strangers: 'true', limit: String(limit) } }, until(signal)))
export const expectedSenders = (id: string, signal?: AbortSignal) =>
  answer<ExpectedSenders>(api.aliases[':id'].senders.expected.$get(one(id), until(signal)))
export const expectSender = (id: string, sender: string) => done(api.aliases[':id'].senders.expected.$post({ ...one(id), json: { sender } }))
export const expectWhoWrote = (id: string, sender: string) =>
  done(api.aliases[':id'].senders[':sender_id'].expect.$post({ param: { id, sender_id: sender } }))
export const expectNoLonger = (id: string, sender: string) =>
  done(api.aliases[':id'].senders.expected[':sender_id'].$delete({ param: { id, sender_id: sender } }))
export const rules = (signal?: AbortSignal) => answer<Rules>(api.rules.$get({}, until(signal)))
export const changeRules = (json: Partial<Rules>) => answer<Rules>(api.rules.$patch({ json }))
export const leaks = (signal?: AbortSignal) => answer<{ items: Leak[] }>(api.leaks.$get({ query: {} }, until(signal)))
export const leakReport = (id: string, signal?: AbortSignal) => answer<LeakReport>(api.leaks[':id'].$get(one(id), until(signal)))
export const burnLink = (token: string, their: string | undefined, signal?: AbortSignal) =>
  answer<BurnLink>(api.burn[':token'].$get({ param: { token }, query: filled({ their }) }, until(signal)))
type BurnAction = Parameters<(typeof api.burn)[':token']['$post']>[0]['json']
export const useBurnLink = (token: string, json: BurnAction) => answer<BurnLink>(api.burn[':token'].$post({ param: { token }, json }))
export type HeldLink = InferResponseType<(typeof api.waiting)[':token']['$get'], 200>
export const waiting = (token: string, signal?: AbortSignal) => answer<HeldLink>(api.waiting[':token'].$get({ param: { token } }, until(signal)))
export const useHeldLink = (token: string, action: 'release' | 'keep') => done(api.waiting[':token'].$post({ param: { token }, json: { action } }))

export type Import = InferResponseType<(typeof api.imports)[':id']['$get'], 200>
export type ImportFormat = 'simplelogin' | 'addy' | 'relay' | 'text' | 'postfix' | 'aliases' | 'burnbox'
type ImportQuery = { from: ImportFormat; dry_run: 'true' | 'false'; new_addresses: 'true' | 'false'; inbox_id?: string }
/** The file itself is the body. */
export const sendImport = (file: File, query: ImportQuery) =>
  answer<Import>(ask(`/v1/imports?${new URLSearchParams(query)}`, { method: 'POST', headers: { 'content-type': 'application/octet-stream' }, body: file }))
export const importProgress = (id: string) => answer<Import>(api.imports[':id'].$get(one(id)))
export const stopImport = (id: string) => done(api.imports[':id'].stop.$post(one(id)))
/** `about` is a guess: what it comes to is known at its end. */
export async function exportArchive(progress: (done: number, about: number) => void): Promise<{ name: string; blob: Blob }> {
  const response = await ask('/v1/export')
  const about = Number(response.headers.get('x-burnbox-about-bytes') ?? 0)
  const name = /filename="([^"]+)"/.exec(response.headers.get('content-disposition') ?? '')?.[1] ?? 'burnbox.zip'
  const parts: BlobPart[] = []
  let received = 0
  const reader = response.body!.getReader()
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    parts.push(part.value)
    received += part.value.length
    progress(received, about)
  }
  return { name, blob: new Blob(parts, { type: 'application/zip' }) }
}
export const leaveAccount = (email: string, password: string) => done(api.me.delete.$post({ json: { email, ...(password && { password }) } }))
export const keepAccount = () => done(api.me.keep.$post({}))
