// addy.io's dialect, every call that its extension, its phone apps and others make: fields, codes, refusals.
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { domain, startCompat, type Tenant } from '../support/compat-program.ts'
import { holdsFor, type Row } from '../support/dialect-contract.ts'
import { until } from '../support/until.ts'

const program = await startCompat()
const { call, own, ada, bob, receive } = program
const headersOf = (key: string) => ({
  authorization: `Bearer ${key}`, 'content-type': 'application/json', 'x-requested-with': 'XMLHttpRequest', 'x-requested-from': 'browser-extension',
})
const addy = (method: string, path: string, json?: unknown, key = ada.manage) =>
  call(method, path, { headers: headersOf(key), ...(json !== undefined && { json }) })

const Count = z.int().min(0)
/** The Android app reads nothing else. */
const DateText = z.string().regex(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/)
const Recipient = z.strictObject({
  id: z.uuid(), user_id: z.string(), email: z.email(), can_reply_send: z.boolean(), should_encrypt: z.boolean(), inline_encryption: z.boolean(),
  protected_headers: z.boolean(), remove_pgp_keys: z.boolean(), remove_pgp_signatures: z.boolean(), fingerprint: z.null(),
  email_verified_at: DateText.nullable(), created_at: DateText, updated_at: DateText,
})
const Counted = Recipient.extend({ aliases_count: Count })
const Alias = z.strictObject({
  id: z.uuid(), user_id: z.string(), aliasable_id: z.null(), aliasable_type: z.null(), local_part: z.string().min(1), extension: z.string().nullable(),
  domain: z.string(), email: z.email(), active: z.boolean(), pinned: z.boolean(), description: z.string().nullable(), from_name: z.string().nullable(),
  attached_recipients_only: z.boolean(), emails_forwarded: Count, emails_blocked: Count, emails_replied: Count, emails_sent: Count,
  recipients: z.array(Recipient), last_forwarded: DateText.nullable(), last_blocked: DateText.nullable(), last_replied: DateText.nullable(),
  last_sent: DateText.nullable(), created_at: DateText, updated_at: DateText, deleted_at: DateText.nullable(),
}).refine((alias) => alias.email === `${alias.local_part}${alias.extension === null ? '' : `+${alias.extension}`}@${alias.domain}`)
const Link = z.url().nullable()
const Page = <S extends z.ZodType>(item: S) => z.strictObject({
  data: z.array(item), links: z.strictObject({ first: Link, last: Link, prev: Link, next: Link }),
  meta: z.strictObject({
    current_page: z.int().min(1), from: Count.nullable(), last_page: z.int().min(1), path: z.url(), per_page: z.int().min(1), to: Count.nullable(),
    total: Count,
    links: z.array(z.strictObject({ url: Link, label: z.string(), active: z.boolean() })),
  }),
})
const One = <S extends z.ZodType>(item: S) => z.strictObject({ data: item })
const Many = z.strictObject({ message: z.string(), ids: z.array(z.uuid()).length(1) })
const Week = z.array(z.int()).length(7)
const Details = z.strictObject({
  id: z.string(), username: z.string(), from_name: z.string().nullable(), email_subject: z.null(), banner_location: z.string(), bandwidth: Count,
  bandwidth_limit: Count, username_count: Count, username_limit: Count, default_username_id: z.string(), default_recipient_id: z.uuid(),
  default_alias_domain: z.string(), default_alias_format: z.string(), recipient_count: Count, recipient_limit: z.null(), active_domain_count: Count,
  active_domain_limit: z.null(), active_shared_domain_alias_count: Count, active_shared_domain_alias_limit: Count.nullable(), active_rule_count: Count,
  active_rule_limit: Count, total_emails_forwarded: Count, total_emails_blocked: Count, total_emails_replied: Count, total_emails_sent: Count,
  total_aliases: Count, total_active_aliases: Count, total_inactive_aliases: Count, total_deleted_aliases: Count, subscription: z.null(),
  subscription_type: z.null(), subscription_ends_at: z.null(), created_at: DateText, updated_at: DateText,
})
const Chart = z.strictObject({
  labels: z.array(z.string()).length(7), forwardsData: Week, repliesData: Week, sendsData: Week, outboundMessageTotals: z.array(z.int()).length(3),
  inboundQuarantinedData: Week, inboundRejectionsData: Week, outboundBouncesData: Week, failedDeliveriesTotal: Count,
})

type Ids = { readonly alias: string; readonly recipient: string }
let made = 0
const fresh = async (tenant: Tenant): Promise<Ids> => {
  const { body: { data } } = await addy('POST', '/api/v1/aliases', { domain, description: 'fresh' }, tenant.manage)
  return { alias: data.id, recipient: data.recipients[0].id }
}

type Rest = Pick<Row<Ids>, 'body' | 'wrongBodies' | 'foreignBodies'>
const row = (scope: Row<Ids>['scope'], asked: string, status: number, shape?: z.ZodType, rest: Rest = {}): Row<Ids> => {
  const [method = '', path = ''] = asked.split(' ')
  return { scope, method, path, status, ...(shape && { shape }), ...rest }
}
const byId = { body: ({ alias }: Ids) => ({ id: alias }), wrongBodies: [{}, { id: 5 }, []], foreignBodies: ({ alias }: Ids) => [{ id: alias }, { id: 'x' }] }
const byIds = {
  body: ({ alias }: Ids) => ({ ids: [alias] }), wrongBodies: [{}, { ids: [] }, { ids: 'x' }, { ids: Array.from({ length: 26 }, () => crypto.randomUUID()) }],
  foreignBodies: ({ alias }: Ids) => [{ ids: [alias] }, { ids: ['x'] }],
}
const noFilter = ['deleted', 'active', 'pinned', 'search'].map((name) => `filter[${name}]=`).join('&')
const lists = ['usernames', 'rules', 'failed-deliveries', 'blocklist', 'labels', 'account-notifications', 'domains']

const rows: readonly Row<Ids>[] = [
  row('create', 'GET /api/v1/domain-options', 200, z.strictObject({
    data: z.array(z.string()).min(1), sharedDomains: z.array(z.string()), defaultAliasDomain: z.string(), defaultAliasFormat: z.string(),
  })),
  row('create', 'POST /api/v1/aliases', 201, One(Alias.refine(({ recipients }) => recipients.length === 0)), {
    body: () => ({ domain, local_part: '', description: 'x', format: 'random_characters', recipient_ids: [] }),
    wrongBodies: [
      {}, { domain: 5 }, { domain: 'elsewhere.example' }, { domain, format: 'nonsense' }, { domain, format: 'custom' },
      { domain, format: 'custom', local_part: 'a b' }, { domain, recipient_ids: ['x'] }, { domain, recipient_ids: 5 },
    ],
    foreignBodies: ({ recipient }) => [{ domain, recipient_ids: [recipient] }],
  }),
  row('read', `GET /api/v1/aliases?${noFilter}&sort=-created_at&page[number]=1&page[size]=10`, 200, Page(Alias)),
  row('read', 'GET /api/v1/aliases/{alias}', 200, One(Alias)),
  ...['', '/description', '/from-name'].map((end) => row('manage', `PATCH /api/v1/aliases/{alias}${end}`, 200, One(Alias), {
    body: () => ({ description: 'd' }), wrongBodies: [{ description: 5 }, { from_name: [] }],
  })),
  row('manage', 'DELETE /api/v1/aliases/{alias}', 204),
  row('manage', 'PATCH /api/v1/aliases/{alias}/restore', 200, One(Alias)),
  row('manage', 'DELETE /api/v1/aliases/{alias}/forget', 204),
  row('manage', 'PUT /api/v1/aliases/{alias}/recipients', 200, One(Alias), {
    body: ({ recipient }) => ({ recipient_ids: [recipient] }), wrongBodies: [{}, { recipient_ids: 'x' }, { recipient_ids: ['x'] }],
    foreignBodies: ({ recipient }) => [{ recipient_ids: [recipient] }],
  }),
  row('manage', 'POST /api/v1/alias-recipients', 200, One(Alias), {
    body: ({ alias, recipient }) => ({ alias_id: alias, recipient_ids: [recipient] }), wrongBodies: [{}, { alias_id: 5, recipient_ids: [] }],
    foreignBodies: ({ alias, recipient }) => [{ alias_id: alias, recipient_ids: [recipient] }, { alias_id: alias, recipient_ids: [] }],
  }),
  row('manage', 'POST /api/v1/active-aliases', 200, One(Alias), byId),
  row('manage', 'DELETE /api/v1/active-aliases/{alias}', 204),
  row('manage', 'POST /api/v1/pinned-aliases', 200, One(Alias), byId),
  row('manage', 'DELETE /api/v1/pinned-aliases/{alias}', 204),
  row('read', 'POST /api/v1/aliases/get/bulk', 200, z.strictObject({ data: z.array(Alias).length(1) }), byIds),
  ...['activate', 'deactivate', 'delete', 'restore', 'forget', 'pin', 'unpin'].map((name) =>
    row('manage', `POST /api/v1/aliases/${name}/bulk`, 200, Many, byIds)),
  row('manage', 'POST /api/v1/aliases/recipients/bulk', 200, Many, {
    body: ({ alias, recipient }) => ({ ids: [alias], recipient_ids: [recipient] }), wrongBodies: [{}, { ids: [] }],
    foreignBodies: ({ alias, recipient }) => [{ ids: [alias], recipient_ids: [recipient] }, { ids: [alias], recipient_ids: [] }],
  }),
  row('read', 'GET /api/v1/recipients?filter[verified]=true&alias_count=false', 200, z.strictObject({ data: z.array(Recipient).min(1) })),
  row('read', 'GET /api/v1/recipients', 200, z.strictObject({ data: z.array(Counted).min(1) })),
  row('read', 'GET /api/v1/recipients/{recipient}', 200, One(Counted)),
  row('manage', 'POST /api/v1/recipients', 201, One(Counted), {
    body: () => ({ email: `m${++made}@home.example` }), wrongBodies: [{}, { email: 5 }, { email: 'nobody' }, { email: 'ada@home.example' }],
  }),
  row('manage', 'POST /api/v1/recipients/email/resend', 200, z.strictObject({ message: z.string() }), {
    body: ({ recipient }) => ({ recipient_id: recipient }), wrongBodies: [{}, { recipient_id: 5 }],
    foreignBodies: ({ recipient }) => [{ recipient_id: recipient }],
  }),
  row('read', 'GET /api/v1/account-details', 200, One(Details)),
  row('read', 'GET /api/v1/app-version', 200, z.strictObject({ version: z.string(), major: z.literal(1), minor: z.int().min(7), patch: z.int() })),
  row('read', 'GET /api/v1/api-token-details', 200, z.strictObject({ name: z.string(), created_at: DateText, expires_at: DateText.nullable() })),
  row('read', 'GET /api/v1/chart-data', 200, Chart),
  ...lists.map((name) => row('read', `GET /api/v1/${name}`, 200, Page(z.never()))),
]

holdsFor({
  program, rows, headersOf, says: 'message', wrongStatus: 422, fresh,
  refusalOf: (_scope, path) => path === '/api/v1/aliases' ? 422 : 403,
  unknownIds: ['1', 'x', '%00', crypto.randomUUID()].map((id) => ({ alias: id, recipient: id })),
})

describe('as clients use it', () => {
  const newAlias = async (json: object = {}, key = ada.manage): Promise<any> => (await addy('POST', '/api/v1/aliases', { domain, ...json }, key)).body.data
  const list = async (query: string, key = ada.manage): Promise<any> => (await addy('GET', `/api/v1/aliases?${query}`, undefined, key)).body
  const read = async (id: string) => (await addy('GET', `/api/v1/aliases/${id}`)).body.data
  const stateOf = async (id: string) => (await own(ada, 'GET', `/v1/aliases/${id}`)).body.state

  test('off is burned, deleted is closed, restored and on are active; twice is no mistake', async () => {
    const { id } = await newAlias()
    const steps = [
      ['DELETE', `/api/v1/active-aliases/${id}`, undefined, 'burned'], ['POST', '/api/v1/active-aliases', { id }, 'active'],
      ['DELETE', `/api/v1/aliases/${id}`, undefined, 'closed'], ['PATCH', `/api/v1/aliases/${id}/restore`, undefined, 'active'],
    ] as const
    for (const [method, path, json, state] of steps) {
      for (let times = 0; times < 2; times++) expect((await addy(method, path, json)).status).toBeLessThan(300)
      expect(await stateOf(id)).toBe(state)
      expect(await read(id)).toMatchObject({ active: state === 'active', deleted_at: state === 'closed' ? expect.stringMatching(/^\d{4}-/) : null })
    }
    await addy('DELETE', `/api/v1/aliases/${id}/forget`)
    expect((await addy('GET', `/api/v1/aliases/${id}`)).status).toBe(404)
  })

  test('what is written on an alias is there; null clears it; pins come first', async () => {
    const { id } = await newAlias()
    await addy('PATCH', `/api/v1/aliases/${id}`, { description: 'for the shop', from_name: 'Ada' })
    expect(await read(id)).toMatchObject({ description: 'for the shop', from_name: 'Ada' })
    await newAlias()
    expect((await addy('POST', '/api/v1/pinned-aliases', { id })).body.data.pinned).toBe(true)
    expect((await list('sort=-created_at')).data[0].id).toBe(id)
    await addy('PATCH', `/api/v1/aliases/${id}`, { description: null })
    expect(await read(id)).toMatchObject({ description: null, from_name: 'Ada' })
    expect(await addy('DELETE', `/api/v1/pinned-aliases/${id}`)).toMatchObject({ status: 204, text: '' })
  })

  test('an address of one’s own choice, with an extension; taken: 422 with the field', async () => {
    const custom = { format: 'custom', local_part: `shop${++made}+news` }
    const alias = await newAlias(custom)
    expect(alias).toMatchObject({ local_part: `shop${made}`, extension: 'news', email: `shop${made}+news@${domain}` })
    const again = await addy('POST', '/api/v1/aliases', { domain, ...custom })
    expect(again).toMatchObject({ status: 422, body: { errors: { local_part: [expect.stringContaining('taken')] } } })
    expect((await newAlias({ format: 'random_words' })).email).toMatch(/^[a-z]+-[a-z]+-\d{3}@/)
    expect((await newAlias({ format: 'uuid', local_part: 'ignored' })).email).toMatch(/^[a-z0-9]{10}@/)
  })

  test('filters, and pages with links, as each client writes them', async () => {
    const paged = () => newAlias({ description: 'paged %' })
    const [active, burned, closed] = [await paged(), await paged(), await paged()]
    await addy('DELETE', `/api/v1/active-aliases/${burned.id}`)
    await addy('DELETE', `/api/v1/aliases/${closed.id}`)
    const ids = async (query: string) => (await list(`filter[search]=paged%20%25&${query}`)).data.map(({ id }: { id: string }) => id)
    expect(await ids('filter[deleted]=&filter[active]=')).toEqual([burned.id, active.id])
    expect(await ids('sort=created_at')).toEqual([active.id, burned.id])
    expect(await ids('filter[deleted]=with')).toHaveLength(3)
    expect(await ids('filter[deleted]=only')).toEqual([closed.id])
    expect(await ids('filter[active]=true&filter[deleted]=with')).toEqual([active.id])
    expect(await ids('filter[active]=false')).toEqual([burned.id])
    // Android: the sign is in the name.
    expect(await ids('filter%5Bdeleted%5D%3D=only')).toEqual([closed.id])
    expect(await ids('filter[recipient]=x')).toHaveLength(2)
    expect(await ids(`filter[recipient]=${active.recipients[0].id}`)).toHaveLength(2)
    expect(await ids('filter[domain]=elsewhere.example')).toEqual([])
    const first = await list('filter[search]=paged&filter[deleted]=with&page[size]=2')
    expect(first.meta).toMatchObject({ current_page: 1, last_page: 2, per_page: 2, from: 1, to: 2, total: 3 })
    expect([first.links.prev, first.links.next]).toEqual([null, expect.stringContaining('filter%5Bsearch%5D=paged')])
    const next = new URL(first.links.next)
    const second = (await addy('GET', next.pathname + next.search)).body
    expect(second.meta).toMatchObject({ current_page: 2, from: 3, to: 3, total: 3 })
    expect(second.links).toMatchObject({ next: null, prev: expect.stringContaining('page%5Bnumber%5D=1') })
    expect([...first.data, ...second.data].map(({ id }: { id: string }) => id).sort()).toEqual([active.id, burned.id, closed.id].sort())
    expect((await list('page=2&page[size]=2')).meta).toMatchObject({ current_page: 2, per_page: 2 })
    expect((await list('page[number]=9999&page[size]=100')).data).toEqual([])
    expect((await list('page[number]=x&page[size]=-1')).meta).toMatchObject({ current_page: 1, per_page: 100 })
  })

  test.each([
    'active', 'email', 'local_part', 'created_at', 'deleted_at', 'domain', 'emails_blocked', 'emails_forwarded', 'emails_replied', 'emails_sent',
    'last_blocked', 'last_forwarded', 'last_replied', 'last_sent', 'last_used', 'updated_at', 'nonsense',
  ])('sort by %s, up and down: the same aliases', async (field) => {
    const three = await Promise.all([1, 2, 3].map(() => newAlias({ description: `sorted by ${field}` })))
    await addy('DELETE', `/api/v1/aliases/${three[0].id}`)
    const ids = async (sort: string): Promise<string[]> =>
      (await list(`filter[search]=sorted%20${field}&filter[deleted]=with&sort=${sort}`)).data.map(({ id }: { id: string }) => id)
    const all = three.map(({ id }) => id).sort()
    expect((await ids(field)).sort()).toEqual(all)
    expect((await ids(`-${field}`)).sort()).toEqual(all)
  })

  test('mail that comes is counted, in the list, the account and the week', async () => {
    const { id, email } = await newAlias()
    await receive(email, 'news@shop.example')
    await until(async () => (await read(id)).emails_forwarded === 1, 'the forwarded message')
    expect(await read(id)).toMatchObject({ last_forwarded: expect.stringMatching(/^\d{4}-/), last_blocked: null })
    await addy('DELETE', `/api/v1/active-aliases/${id}`)
    await receive(email, 'news@shop.example')
    await until(async () => (await read(id)).emails_blocked === 1, 'the held message')
    expect(await read(id)).toMatchObject({ last_forwarded: null, last_blocked: expect.stringMatching(/^\d{4}-/) })
    const forgotten = await addy('DELETE', `/api/v1/aliases/${id}/forget`)
    expect(forgotten).toMatchObject({ status: 409, body: { message: expect.stringContaining('Mail is queued or held') } })
    expect((await addy('GET', '/api/v1/account-details')).body.data).toMatchObject({ total_emails_forwarded: 1, total_emails_blocked: 1 })
    expect((await addy('GET', '/api/v1/chart-data')).body).toMatchObject({ outboundMessageTotals: [1, 0, 0], failedDeliveriesTotal: 1 })
  })

  test('recipients: a new one waits for its mail; an alias that leads to it keeps it; none named is the default one', async () => {
    const { body: { data: recipient } } = await addy('POST', '/api/v1/recipients', { email: `late${++made}@home.example` })
    expect(recipient).toMatchObject({ email_verified_at: null, aliases_count: 0 })
    const verified = (await addy('GET', '/api/v1/recipients?filter[verified]=true')).body.data
    expect(verified.map(({ email }: { email: string }) => email)).toEqual([ada.email])
    const alias = await newAlias({ recipient_ids: [recipient.id] })
    expect(alias.recipients.map(({ id }: { id: string }) => id)).toEqual([recipient.id])
    expect((await addy('DELETE', `/api/v1/recipients/${recipient.id}`)).status).toBe(409)
    expect((await addy('DELETE', `/api/v1/recipients/${recipient.id}`, undefined, bob.manage)).status).toBe(404)
    const moved = await addy('POST', '/api/v1/alias-recipients', { alias_id: alias.id, recipient_ids: [] })
    expect(moved.body.data.recipients).toMatchObject([{ email: ada.email }])
    expect(await addy('DELETE', `/api/v1/recipients/${recipient.id}`)).toMatchObject({ status: 204, text: '' })
  })

  test('the limit of addresses is 403 on creating, and nothing else is', async () => {
    const { body: { items } } = await own(ada, 'GET', '/v1/host/accounts')
    const { id, aliases } = items.find(({ email }: { email: string }) => email === bob.email)
    await own(ada, 'PATCH', `/v1/host/accounts/${id}`, { aliases })
    const refused = await addy('POST', '/api/v1/aliases', { domain }, bob.manage)
    expect(refused).toMatchObject({ status: 403, body: { message: expect.stringContaining('may have') } })
    expect((await call('GET', '/api/v4/alias/options', { headers: { authentication: bob.create } })).body.can_create).toBe(false)
    expect((await call('POST', '/api/alias/random/new', { headers: { authentication: bob.create } })).status).toBe(400)
    await own(ada, 'PATCH', `/v1/host/accounts/${id}`, { aliases: null })
  })

  test('a key of one domain is offered that one alone; the token knows its name', async () => {
    const { body: { token } } = await own(ada, 'POST', '/v1/tokens', { name: 'bitwarden', scopes: ['create', 'read'], domain })
    expect((await addy('GET', '/api/v1/domain-options', undefined, token)).body).toMatchObject({ data: [domain], defaultAliasDomain: domain })
    expect((await addy('GET', '/api/v1/api-token-details', undefined, token)).body).toMatchObject({ name: 'bitwarden', expires_at: null })
  })

  test('one account sees nothing of the other in any list', async () => {
    const { email } = await newAlias({ description: 'mine alone' })
    const { text } = await addy('GET', '/api/v1/aliases?filter[deleted]=with&page[size]=100', undefined, bob.manage)
    for (const secret of [email, ada.email, 'mine alone']) expect(text).not.toContain(secret)
    expect((await addy('GET', '/api/v1/nowhere')).body).toEqual({ message: 'There is no such endpoint.' })
  })
})
