// SimpleLogin's dialect, every call that its extension, its phone apps and others make: fields, codes, refusals.
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { domain, startCompat, type Tenant } from '../support/compat-program.ts'
import { holdsFor, type Row } from '../support/dialect-contract.ts'
import { until } from '../support/until.ts'

const program = await startCompat()
const { call, own, ada, bob, receive } = program
const headersOf = (key: string) => ({ authentication: key })
const sl = (method: string, path: string, json?: unknown, key = ada.manage) =>
  call(method, path, { headers: headersOf(key), ...(json !== undefined && { json }) })

/** 32 bits, which Swift and Gson need. */
const Id = z.int().min(1).max(2_147_483_647)
const Count = z.int().min(0)
const Stamp = z.int().min(1_700_000_000).max(2_147_483_647)
const DateText = z.string().regex(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\+00:00$/)
const MailboxLite = z.strictObject({ id: Id, email: z.email() })
const Latest = z.strictObject({
  timestamp: Stamp, action: z.enum(['forward', 'reply', 'block', 'bounced']),
  contact: z.strictObject({ email: z.string(), name: z.string().nullable(), reverse_alias: z.string() }),
})
const Alias = z.strictObject({
  id: Id, email: z.email(), enabled: z.boolean(), note: z.string().nullable(), name: z.string().nullable(), pinned: z.boolean(),
  nb_forward: Count, nb_block: Count, nb_reply: Count, mailbox: MailboxLite, mailboxes: z.array(MailboxLite).min(1), support_pgp: z.boolean(),
  disable_pgp: z.boolean(), creation_date: DateText, creation_timestamp: Stamp, latest_activity: Latest.nullable(),
})
const Unseen = z.strictObject({ id: z.literal(0), email: z.string() })
const NewAlias = Alias.extend({ alias: z.email(), mailbox: Unseen, mailboxes: z.array(Unseen).length(1) }).refine((alias) =>
  alias.alias === alias.email && alias.mailboxes[0]!.email === alias.email)
const Contact = z.strictObject({
  id: Id, contact: z.email(), reverse_alias: z.string(), reverse_alias_address: z.email(), creation_date: DateText, creation_timestamp: Stamp,
  last_email_sent_date: z.null(), last_email_sent_timestamp: z.null(), block_forward: z.boolean(),
})
const Mailbox = z.strictObject({ id: Id, email: z.email(), verified: z.boolean(), default: z.boolean(), creation_timestamp: Stamp, nb_alias: Count })
const UserInfo = z.strictObject({
  name: z.string(), email: z.email(), is_premium: z.boolean(), in_trial: z.boolean(), trial_end_timestamp: z.null(), can_create_reverse_alias: z.boolean(),
  max_alias_free_plan: z.int().max(2_147_483_647), connected_proton_address: z.null(), profile_picture_url: z.null(),
})
const Setting = z.strictObject({
  notification: z.boolean(), alias_generator: z.enum(['word', 'uuid']), random_alias_default_domain: z.string(), sender_format: z.enum(['A', 'AT']),
  random_alias_suffix: z.enum(['word', 'random_string']),
})
const options = { can_create: z.boolean(), prefix_suggestion: z.string() }
const Key = z.string().regex(/^[A-Za-z0-9]{48}$/)
const Aliases = z.strictObject({ aliases: z.array(Alias).max(20) })

type Ids = { readonly alias: number; readonly contact: number; readonly mailbox: number; readonly ownMailbox: number; readonly suffix: string }
let made = 0
const fresh = async (tenant: Tenant, path: string): Promise<Ids> => {
  const { body: { id: alias } } = await sl('POST', '/api/alias/random/new', { note: 'fresh' }, tenant.manage)
  const addContact = () => sl('POST', `/api/aliases/${alias}/contacts`, { contact: `c${++made}@shop.example` }, tenant.manage)
  const contact = path.includes('{contact}') ? (await addContact()).body.id : 0
  const mailbox = (await sl('GET', '/api/mailboxes', undefined, tenant.manage)).body.mailboxes[0].id
  return { alias, contact, mailbox, ownMailbox: mailbox, suffix: `-${++made}@${domain}` }
}

/** A key of that scope is enough. */
type Rest = Pick<Row<Ids>, 'body' | 'wrongBodies' | 'foreignBodies'>
const row = (scope: Row<Ids>['scope'], call: string, status: number, shape: z.ZodType, rest: Rest = {}): Row<Ids> => {
  const [method = '', path = ''] = call.split(' ')
  return { scope, method, path, status, shape, ...rest }
}
const said = <N extends string>(name: N, value: boolean) => z.strictObject({ [name]: z.literal(value) })
const Suffix = z.strictObject({ suffix: z.string(), signed_suffix: z.string(), is_custom: z.boolean(), is_premium: z.boolean() })
const custom = (prefix: unknown, suffix: unknown, rest: object = {}) => ({ alias_prefix: prefix, signed_suffix: suffix, ...rest })
const here = `@${domain}`

const rows: readonly Row<Ids>[] = [
  row('read', 'GET /api/user_info', 200, UserInfo),
  row('manage', 'PATCH /api/user_info', 200, UserInfo, { body: () => ({ name: 'Ada' }), wrongBodies: [{ name: 5 }, { profile_picture: 'AAAA' }] }),
  row('manage', 'POST /api/api_key', 201, z.strictObject({ api_key: Key }), { body: () => ({ device: 'x'.repeat(200) }), wrongBodies: [{ device: [] }] }),
  row('read', 'GET /api/stats', 200, z.strictObject({ nb_alias: Count, nb_forward: Count, nb_block: Count, nb_reply: Count })),
  row('read', 'GET /api/setting', 200, Setting),
  row('manage', 'PATCH /api/setting', 200, Setting, {
    body: () => ({ notification: true }),
    wrongBodies: [{ notification: 'yes' }, { alias_generator: 'x' }, { sender_format: 'A' }, { random_alias_default_domain: 'x.example' }],
  }),
  row('read', 'GET /api/setting/domains', 200, z.array(z.tuple([z.boolean(), z.string()])).min(1)),
  row('read', 'GET /api/v2/setting/domains', 200, z.array(z.strictObject({ domain: z.string(), is_custom: z.boolean() })).min(1)),
  row('read', 'GET /api/custom_domains', 200, z.strictObject({ custom_domains: z.array(z.never()) })),
  row('read', 'GET /api/notifications?page=0', 200, z.strictObject({ more: z.boolean(), notifications: z.array(z.never()) })),
  row('manage', 'PATCH /api/sudo', 200, said('ok', true), { body: () => ({ password: ada.password }), wrongBodies: [{}, { password: 5 }] }),
  row('create', 'GET /api/v4/alias/options?hostname=shop.example', 200,
    z.strictObject({ ...options, suffixes: z.array(z.tuple([z.string(), z.string()])).min(1) })),
  row('create', 'GET /api/v5/alias/options', 200, z.strictObject({ ...options, suffixes: z.array(Suffix).min(1) })),
  row('create', 'POST /api/alias/random/new?hostname=shop.example', 201, NewAlias, { body: () => ({ note: null }), wrongBodies: [[], 5, 'text', { note: 5 }] }),
  row('create', 'POST /api/alias/random/new?mode=uuid', 201, NewAlias),
  ...['v2', 'v3'].map((version) => row('create', `POST /api/${version}/alias/custom/new?hostname=`, 201, NewAlias, {
    body: ({ suffix }) => custom('chosen', suffix, { note: '' }),
    wrongBodies: [
      {}, { alias_prefix: 'x' }, custom(5, here), custom('x', 'none'), custom('x', '@elsewhere.example'), custom('a b', here),
      custom('x', `-1${here}`, { mailbox_ids: [] }),
    ],
    foreignBodies: ({ ownMailbox }) => [custom('theirs', here, { mailbox_ids: [ownMailbox] })],
  })),
  row('read', 'GET /api/v2/aliases?page_id=0', 200, Aliases),
  row('read', 'POST /api/v2/aliases?page_id=0', 200, Aliases, { body: () => ({ query: '' }), wrongBodies: [{ query: 5 }] }),
  row('read', 'GET /api/aliases?page_id=0', 200, Aliases),
  row('read', 'GET /api/aliases/{alias}', 200, Alias),
  ...['PUT', 'PATCH'].map((method) => row('manage', `${method} /api/aliases/{alias}`, 200, said('ok', true), {
    body: ({ ownMailbox }) => ({ note: 'n', name: 'N', disable_pgp: false, mailbox_ids: [ownMailbox], pinned: true }),
    wrongBodies: [
      { note: 5 }, { pinned: 'yes' }, { mailbox_ids: [] }, { mailbox_ids: ['x'] }, { mailbox_id: 2_147_483_648 }, { mailbox_ids: [999_999] },
    ],
    foreignBodies: ({ ownMailbox }) => [{ mailbox_ids: [ownMailbox] }, { mailbox_id: ownMailbox }],
  })),
  row('manage', 'DELETE /api/aliases/{alias}', 200, said('deleted', true)),
  row('manage', 'POST /api/aliases/{alias}/toggle', 200, said('enabled', false), { body: () => ({}) }),
  row('read', 'GET /api/aliases/{alias}/activities?page_id=0', 200, z.strictObject({ activities: z.array(z.never()) })),
  row('read', 'GET /api/aliases/{alias}/contacts?page_id=0', 200, z.strictObject({ contacts: z.array(Contact) })),
  row('manage', 'POST /api/aliases/{alias}/contacts', 201, Contact.extend({ existed: z.literal(false) }), {
    body: () => ({ contact: 'First Last <first@shop.example>' }),
    wrongBodies: [{}, { contact: 5 }, { contact: '' }, { contact: 'nobody' }, { contact: 'a b@c' }, { contact: 'ada@home.example' }],
  }),
  row('manage', 'DELETE /api/contacts/{contact}', 200, said('deleted', true)),
  row('manage', 'POST /api/contacts/{contact}/toggle', 200, said('block_forward', true)),
  row('read', 'GET /api/mailboxes', 200, z.strictObject({ mailboxes: z.array(Mailbox.extend({ verified: z.literal(true) })).min(1) })),
  row('read', 'GET /api/v2/mailboxes', 200, z.strictObject({ mailboxes: z.array(Mailbox).min(1) })),
  row('manage', 'POST /api/mailboxes', 201, Mailbox, {
    body: () => ({ email: `m${++made}@home.example` }),
    wrongBodies: [{}, { email: 5 }, { email: 'nobody' }, { email: 'ada@home.example' }, { email: `x${here}` }],
  }),
  row('manage', 'PUT /api/mailboxes/{mailbox}', 200, said('updated', true), {
    body: () => ({ default: true }), wrongBodies: [{ default: 'x' }, { email: 'other@home.example' }],
  }),
]

holdsFor({
  program, rows, headersOf, says: 'error', wrongStatus: 400, fresh, refusalOf: () => 403,
  unknownIds: ['0', '999999', '2147483648', '99999999999999999999', '-1', 'x', '1.5', '%00', crypto.randomUUID()]
    .map((id) => ({ alias: id, contact: id, mailbox: id })),
})

describe('as clients use it', () => {
  const newAlias = async (note = 'x'): Promise<any> => (await sl('POST', '/api/alias/random/new?hostname=shop.example', { note })).body
  const ownAlias = async (address: string) => (await own(ada, 'GET', `/v1/aliases?q=${address}`)).body.items[0]
  const read = async (id: number) => (await sl('GET', `/api/aliases/${id}`)).body

  test.each([
    ['Android: empty, as JSON', { 'content-type': 'application/json' }, ''], ['iOS: empty', {}, ''], ['the extension', {}, '{}'],
    ['Raycast', { 'content-type': 'application/json' }, '{"enabled":true}'], ['anything', {}, 'not json'],
  ])('toggle, %s: burned, and active again', async (_name, headers, body) => {
    const alias = await newAlias()
    const toggle = () => call('POST', `/api/aliases/${alias.id}/toggle`, { headers: { ...headersOf(ada.manage), ...headers }, body })
    expect(await toggle()).toMatchObject({ status: 200, body: { enabled: false } })
    expect(await ownAlias(alias.email)).toMatchObject({ state: 'burned' })
    expect(await toggle()).toMatchObject({ status: 200, body: { enabled: true } })
    expect(await ownAlias(alias.email)).toMatchObject({ state: 'active' })
  })

  test('what is written on an alias is there; null clears it; what is not said stays', async () => {
    const { id, email } = await newAlias()
    await sl('PUT', `/api/aliases/${id}`, { note: 'a note\nof two lines', name: 'Ada\r\nL.', pinned: true })
    expect(await read(id)).toMatchObject({ note: 'a note\nof two lines', name: 'Ada L.', pinned: true })
    await sl('PATCH', `/api/aliases/${id}`, { pinned: false })
    expect(await read(id)).toMatchObject({ note: 'a note\nof two lines', name: 'Ada L.', pinned: false })
    await sl('PATCH', `/api/aliases/${id}`, { note: '', name: null })
    expect(await ownAlias(email)).toMatchObject({ note: null, display_name: null })
  })

  test('the options of a site become an address; the same again is 409; its recommendation is the address that is there', async () => {
    const { body: { suffixes, prefix_suggestion: prefix } } = await sl('GET', '/api/v4/alias/options?hostname=www.options.example')
    expect(prefix).toBe('options')
    const [suffix, signed] = suffixes[0]
    const create = () => sl('POST', '/api/v3/alias/custom/new?hostname=www.options.example', custom(prefix, signed, { note: null, name: 'Ada' }))
    expect(await create()).toMatchObject({ status: 201, body: { alias: prefix + suffix, name: 'Ada' } })
    expect(await create()).toMatchObject({ status: 409, body: { error: expect.stringContaining('taken') } })
    const recommended = async (key: string) => (await sl('GET', '/api/v5/alias/options?hostname=options.example:8443', undefined, key)).body.recommendation
    expect(await recommended(ada.manage)).toEqual({ alias: prefix + suffix, hostname: 'options.example' })
    expect(await recommended(ada.create)).toBeUndefined()
    expect((await sl('GET', '/api/v4/alias/options?hostname=')).body).toMatchObject({ prefix_suggestion: '' })
  })

  test('all pages until an empty one have each alias once, pinned ones first; the search finds one; bare filters of iOS', async () => {
    const list = (query: string) => sl('GET', `/api/v2/aliases?${query}`)
    const burned = await newAlias('find me: 42%')
    await sl('POST', `/api/aliases/${burned.id}/toggle`)
    const pinned = await newAlias()
    await sl('PATCH', `/api/aliases/${pinned.id}`, { pinned: true })
    const all: any[] = []
    for (let page = 0; ; page++) {
      const { body } = await list(`page_id=${page}`)
      if (body.aliases.length === 0) break
      all.push(...body.aliases)
    }
    expect(new Set(all.map(({ id }) => id)).size).toBe(all.length)
    expect(all.length).toBeGreaterThan(20)
    expect(all.length).toBe((await sl('GET', '/api/stats')).body.nb_alias)
    const flags = all.map((alias) => alias.pinned)
    expect(flags).toEqual([...flags].sort((a, b) => Number(b) - Number(a)))
    expect((await sl('POST', '/api/v2/aliases?page_id=0', { query: 'find 42%' })).body.aliases.map(({ id }: any) => id)).toEqual([burned.id])
    const only = async (filter: string) => (await list(`page_id=0&${filter}`)).body.aliases
    expect((await only('disabled')).map(({ id }: any) => id)).toContain(burned.id)
    expect((await only('disabled')).every(({ enabled }: any) => !enabled)).toBe(true)
    expect((await only('enabled')).every(({ enabled }: any) => enabled)).toBe(true)
    expect((await only('pinned')).every((alias: any) => alias.pinned)).toBe(true)
    expect((await list('page_id=x')).status).toBe(200)
  })

  test('mail that comes is counted and told: forwarded, then held; its contact has a reverse alias', async () => {
    const { id, email } = await newAlias()
    await receive(email, 'news@shop.example')
    await until(async () => (await read(id)).nb_forward === 1, 'the forwarded message')
    await sl('POST', `/api/aliases/${id}/toggle`)
    await receive(email, 'News@shop.example')
    await until(async () => (await read(id)).nb_block === 1, 'the held message')
    const alias = Alias.parse(await read(id))
    const { body: { contacts: [contact] } } = await sl('GET', `/api/aliases/${id}/contacts?page_id=0`)
    Contact.parse(contact)
    expect(contact).toMatchObject({ contact: 'news@shop.example', block_forward: false })
    expect(contact.reverse_alias).toMatch(new RegExp(`^"?news at shop.example"? <${contact.reverse_alias_address}>$`))
    expect(alias.latest_activity).toMatchObject({ action: 'block', contact: { email: 'news@shop.example', reverse_alias: contact.reverse_alias } })
    const { body: { activities } } = await sl('GET', `/api/aliases/${id}/activities?page_id=0`)
    const line = { from: 'news@shop.example', to: email, timestamp: expect.any(Number) }
    const reverse = { reverse_alias: contact.reverse_alias, reverse_alias_address: contact.reverse_alias_address }
    expect(activities).toEqual([{ action: 'block', ...line, ...reverse }, { action: 'forward', ...line, ...reverse }])
    expect((await sl('GET', `/api/aliases/${id}/activities?page_id=1`)).body.activities).toEqual([])
  })

  test('held mail keeps an alias from being deleted, and says so', async () => {
    const { id, email } = await newAlias()
    await sl('POST', `/api/aliases/${id}/toggle`)
    await receive(email, 'news@shop.example')
    await until(async () => (await read(id)).nb_block === 1, 'the held message')
    expect(await sl('DELETE', `/api/aliases/${id}`)).toMatchObject({ status: 409, body: { error: expect.stringContaining('Mail is queued or held') } })
  })

  test('a deleted alias is gone, and never given out again', async () => {
    const { id, email } = await newAlias()
    expect((await sl('DELETE', `/api/aliases/${id}`)).body).toEqual({ deleted: true })
    expect((await sl('GET', `/api/aliases/${id}`)).status).toBe(404)
    const [local] = email.split('@')
    expect((await sl('POST', '/api/v2/alias/custom/new', { alias_prefix: local, signed_suffix: `@${domain}` })).status).toBe(409)
  })

  test('a contact: the same reverse alias twice, an id that stays, blocked and not, out of the list and back', async () => {
    const { id } = await newAlias()
    const add = () => sl('POST', `/api/aliases/${id}/contacts`, { contact: '"Last, First" <First@Shop.example>' })
    const contacts = async () => (await sl('GET', `/api/aliases/${id}/contacts?page_id=0`)).body.contacts
    const one = await add()
    expect(one).toMatchObject({ status: 201, body: { existed: false, contact: 'first@shop.example', block_forward: false } })
    expect(await add()).toMatchObject({ status: 200, body: { existed: true, id: one.body.id, reverse_alias: one.body.reverse_alias } })
    expect(one.body.reverse_alias).toContain('Last, First (first at shop.example)')
    const toggle = () => sl('POST', `/api/contacts/${one.body.id}/toggle`)
    expect((await toggle()).body).toEqual({ block_forward: true })
    expect(await contacts()).toMatchObject([{ id: one.body.id, block_forward: true }])
    expect((await toggle()).body).toEqual({ block_forward: false })
    expect((await sl('DELETE', `/api/contacts/${one.body.id}`)).body).toEqual({ deleted: true })
    expect(await contacts()).toEqual([])
    expect((await add()).body.id).toBe(one.body.id)
    expect(await contacts()).toHaveLength(1)
    await sl('POST', `/api/aliases/${id}/toggle`)
    expect(await sl('POST', `/api/aliases/${id}/contacts`, { contact: 'new@shop.example' })).toMatchObject({ status: 409, body: { error: expect.any(String) } })
  })

  test('mailboxes: a new one waits for its mail, its aliases move before it goes', async () => {
    const address = `new${++made}@home.example`
    const { body: mailbox } = await sl('POST', '/api/mailboxes', { email: address })
    expect(mailbox).toMatchObject({ email: address, verified: false, default: false, nb_alias: 0 })
    const listed = async (version: string) => (await sl('GET', `/api${version}/mailboxes`)).body.mailboxes.map(({ email }: any) => email)
    expect(await listed('/v2')).toContain(address)
    expect(await listed('')).not.toContain(address)
    const { id } = await newAlias()
    const first = (await sl('GET', '/api/mailboxes')).body.mailboxes[0].id
    expect((await sl('PUT', `/api/aliases/${id}`, { mailbox_ids: [mailbox.id] })).status).toBe(200)
    expect((await sl('DELETE', `/api/mailboxes/${mailbox.id}`)).status).toBe(409)
    expect((await sl('PUT', `/api/mailboxes/${mailbox.id}`, { default: true })).status).toBe(400)
    expect((await sl('DELETE', `/api/mailboxes/${mailbox.id}`, { transfer_aliases_to: 999_999 })).status).toBe(404)
    const removal = { headers: headersOf(bob.manage), json: { transfer_aliases_to: first } }
    expect((await call('DELETE', `/api/mailboxes/${mailbox.id}`, removal)).status).toBe(404)
    expect(await sl('DELETE', `/api/mailboxes/${mailbox.id}`, { transfer_aliases_to: first })).toMatchObject({ status: 200, body: { deleted: true } })
    expect((await read(id)).mailboxes).toEqual([{ id: first, email: ada.email }])
  })

  test('settings: words, letters and back, and notices', async () => {
    const patch = async (json: object) => (await sl('PATCH', '/api/setting', json)).body
    expect(await patch({ alias_generator: 'uuid' })).toMatchObject({ alias_generator: 'uuid' })
    expect((await newAlias()).email).toMatch(/^[a-z0-9]{10}@/)
    expect((await sl('GET', '/api/v4/alias/options?hostname=shop.example')).body).toMatchObject({
      prefix_suggestion: expect.stringMatching(/^[a-z0-9]{10}$/), suffixes: [[`@${domain}`, `@${domain}`]],
    })
    const asked = { alias_generator: 'word', notification: false, random_alias_default_domain: domain, sender_format: 'AT' }
    expect(await patch(asked)).toMatchObject(asked)
    expect((await newAlias()).email).toMatch(/^[a-z]+-[a-z]+-\d{3}@/)
    expect((await own(ada, 'GET', '/v1/me')).body).toMatchObject({ address_format: 'words', notices: false })
    await own(ada, 'PATCH', '/v1/me', { address_format: 'company', notices: true })
    expect((await sl('POST', '/api/alias/random/new?mode=word&hostname=shop.example')).body.alias).toMatch(/^[a-z]+-[a-z]+-\d{3}@/)
  })

  test('the account is not ended by a key, nor is a browser signed in by one', async () => {
    for (const [method, path] of [['DELETE', '/api/user'], ['GET', '/api/user/cookie_token']] as const) {
      expect(await sl(method, path)).toMatchObject({ status: 403, body: { error: expect.stringContaining(program.url) } })
    }
    expect(await sl('PATCH', '/api/sudo', { password: 'wrong' })).toMatchObject({ status: 403, body: { error: 'Invalid password' } })
  })

  test('sign-out is for the client alone: the key works on; unknown calls are 404 in JSON', async () => {
    expect(await sl('GET', '/api/logout')).toMatchObject({ status: 200, body: { msg: expect.any(String) } })
    expect((await sl('GET', '/api/user_info')).status).toBe(200)
    for (const path of ['/api', '/api/', '/api/nowhere', '/api/v9/aliases', '/api/alias/options']) {
      expect(await sl('GET', path)).toMatchObject({ status: 404, body: { error: expect.any(String) } })
    }
  })

  test('pages that its extension opens lead to ours', async () => {
    for (const path of ['/dashboard/', '/dashboard/api_key', '/onboarding/final']) {
      const { status, headers } = await call('GET', path)
      expect(status).toBe(302)
      expect((await call('GET', headers.location as string)).status).toBe(200)
    }
  })
})
