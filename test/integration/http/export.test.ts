// GET /v1/export: what is in it, that another host takes it with its reverse aliases; and an account that its owner deletes.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { fromBufferPromise } from 'yauzl'
import type { Mailbox } from '../../../src/mail/address.ts'
import { aliasByAddress } from '../../../src/store/aliases.ts'
import { blockForAccount } from '../../../src/store/blocks.ts'
import { ensureHostDomain } from '../../../src/store/domains.ts'
import { findReverseAliases } from '../../../src/store/reverse-aliases.ts'
import { createDatabase } from '../../support/database.ts'
import { holdMessage } from '../../support/held-message.ts'
import { startWeb, type Person, type TestWeb } from '../../support/web-host.ts'

const data = await mkdtemp(path.join(tmpdir(), 'burnbox-export-'))
afterAll(() => rm(data, { recursive: true }))
const start = async (name: string) => {
  const { db } = await createDatabase()
  const web = await startWeb(db, { env: { BURNBOX_DATA: path.join(data, name), BURNBOX_SECRET: `a secret of its own for ${name}` } })
  await db.transaction().execute((tx) => ensureHostDomain(tx, web.host.domain))
  return { db, web }
}
const [one, two] = [await start('one'), await start('two')]
const { domain } = one.web.host

const archive = async (web: TestWeb, person: Pick<Person, 'token'>): Promise<Buffer> => {
  const answer = await fetch(`${web.origin}/v1/export`, { headers: { authorization: `Bearer ${person.token}` } })
  expect(answer.status).toBe(200)
  expect(answer.headers.get('content-type')).toBe('application/zip')
  return Buffer.from(await answer.arrayBuffer())
}
const unzipped = async (bytes: Buffer): Promise<Readonly<Record<string, string>>> => {
  const zip = await fromBufferPromise(bytes, { lazyEntries: true })
  const files: Record<string, string> = {}
  for await (const entry of zip.eachEntry()) {
    const chunks: Buffer[] = []
    for await (const chunk of await zip.openReadStreamPromise(entry)) chunks.push(chunk as Buffer)
    files[entry.fileName] = Buffer.concat(chunks).toString('latin1')
  }
  return files
}
const imported = async (web: TestWeb, person: Pick<Person, 'token'>, bytes: Buffer): Promise<any> => {
  const begun = await web.call('POST', '/v1/imports?from=burnbox', {
    token: person.token, headers: { 'content-type': 'application/octet-stream' }, body: bytes as unknown as string,
  })
  expect(begun.status, begun.text).toBe(202)
  const look = async () => (await web.call('GET', `/v1/imports/${begun.body.id}`, { token: person.token })).body
  await expect.poll(async () => (await look()).state).not.toBe('running')
  return look()
}
const scopes = ['manage', 'read', 'create'] as const
const shop = 'news@shop.example' as Mailbox
const message = 'Subject: x\r\n\r\nFrom the shop\r\n>From \u00e9\r\n\r\n'

/** Two addresses, one burned with a held message; a correspondent of each; somebody blocked. */
const fill = async (person: Person) => {
  const { web: { call, host }, db } = one
  const make = async (localPart: string) => (await call('POST', '/v1/aliases', {
    token: person.token, json: { local_part: localPart, site: 'shop.example', label: '=cmd()', note: 'two\nlines' },
  })).body
  const [kept, burned] = [await make('kept'), await make('burned')]
  await call('POST', `/v1/aliases/${burned.id}/burn`, { token: person.token })
  await holdMessage(db, burned.id, Buffer.from(message, 'latin1'), { subject: 'x', reason: 'burned' })
  for (const { address } of [kept, burned]) {
    await host.correspondents.reverseLocalPartFor((await aliasByAddress(db, address))!, shop, { remember: false })
  }
  await db.updateTable('aliases').set({ quiet: true, strangers: 'hold', ends_left: 5 }).where('uuid', '=', kept.id).execute()
  await blockForAccount(db, host.keys, person.id, 'spam@bad.example' as Mailbox, new Date())
  return { kept, burned }
}

test('webhooks come along without their secrets, switched off, once, and only those that this host may call', async () => {
  const person = await one.web.person('hooked', { scopes })
  const there = await two.web.person('hooked', { scopes })
  const add = async (web: TestWeb, { token }: Person, json: object) => (await web.call('POST', '/v1/webhooks', { token, json })).body
  const list = async () => (await two.web.call('GET', '/v1/webhooks', { token: there.token })).body.items
  const { secret } = await add(one.web, person, { url: 'https://hook.example/in?key=abc', events: ['alias.burned', 'message.held'] })
  await add(one.web, person, { url: 'https://both.example/' })
  const { id } = await add(one.web, person, { url: 'https://inside.example/' })
  await one.db.updateTable('webhooks').set({ url_encrypted: one.web.host.keys.encrypt('http://10.0.0.1/') }).where('uuid', '=', id).execute()
  const mine = await add(two.web, there, { url: 'https://both.example/', events: ['alias.created'] })

  const bytes = await archive(one.web, person)
  const files = await unzipped(bytes)
  expect(files['webhooks.jsonl']!.trim().split('\n').map((line) => JSON.parse(line))[0])
    .toEqual({ url: 'https://hook.example/in?key=abc', events: ['alias.burned', 'message.held'], enabled: true, created_at: expect.any(String) })
  expect(Object.values(files).join('')).not.toContain(secret)
  for (let times = 0; times < 2; times++) {
    await imported(two.web, there, bytes)
    expect(await list()).toMatchObject([
      { url: 'https://hook.example/in?key=abc', events: ['alias.burned', 'message.held'], enabled: false, state: 'off', last: null },
      { id: mine.id, events: ['alias.created'], enabled: true },
    ])
  }
  const keys = await two.db.selectFrom('webhooks').select('secret_encrypted').execute()
  expect(keys.map(({ secret_encrypted: sealed }) => two.web.host.keys.decrypt(sealed))).not.toContain(secret)

  await Promise.all(Array.from({ length: 9 }, (_, n) => add(two.web, there, { url: `https://x${n}.example/` })))
  await two.web.call('DELETE', `/v1/webhooks/${mine.id}`, { token: there.token })
  await imported(two.web, there, bytes)
  expect(await list()).toHaveLength(10)
})

test('an archive has everything, and another host takes it: the same reverse alias answers', async () => {
  const person = await one.web.person('ada', { scopes })
  await fill(person)
  const bytes = await archive(one.web, person)
  const files = await unzipped(bytes)
  expect(Object.keys(files)).toEqual(['README.txt', 'account.json', 'aliases.jsonl', 'aliases.csv', 'correspondents.jsonl', 'expected-senders.jsonl',
    'blocks.jsonl', 'webhooks.jsonl', 'activity.jsonl', 'held.jsonl', 'held.mbox'])
  expect(JSON.parse(files['account.json']!)).toMatchObject({ format: 'burnbox-export', version: 1, account: { email: 'ada@home.example' } })
  expect(files['aliases.csv']).toContain(`kept@${domain},active,shop.example,'=cmd(),"two\nlines",ada@home.example,`)
  expect(files['held.mbox']).toMatch(/^From .*\nX-Burnbox-Held: [\w-]+\nSubject: x\n\n>From the shop\n>>From .\n\n\n$/)
  expect(Object.values(files).join('')).not.toMatch(/\$argon|password_hash|BEGIN PRIVATE KEY/)

  const there = await two.web.person('ada', { scopes })
  expect(await imported(two.web, there, bytes)).toMatchObject({ state: 'done', taken: 2, not_taken: 0 })
  const look = (web: TestWeb, { token }: Pick<Person, 'token'>, what: string) => web.call('GET', what, { token }).then(({ body }) => body.items as any[])
  const before = await look(one.web, person, '/v1/correspondents')
  const after = await look(two.web, there, '/v1/correspondents')
  const reverse = (items: any[]) => items.map((item) => [item.alias, item.address, item.reverse_address]).sort()
  expect(reverse(after)).toEqual(reverse(before))
  // New mail of the same correspondent gets the same one; and what is written to it is for the alias.
  const [{ reverse_address: address, alias }] = before
  const alive = (await aliasByAddress(two.db, alias))!
  expect(`${await two.web.host.correspondents.reverseLocalPartFor(alive, shop, { remember: true })}@${domain}`).toBe(address)
  expect(await findReverseAliases(two.db, two.web.host.keys, [address.split('@')[0]])).toMatchObject([{ aliasId: alive.id, address: shop }])
  // A pair that nobody brought along follows from this host's secret.
  const fresh = await two.web.host.correspondents.reverseLocalPartFor(alive, 'new@shop.example' as Mailbox, { remember: true })
  expect(await findReverseAliases(two.db, two.web.host.keys, [fresh])).toMatchObject([{ aliasId: alive.id, address: 'new@shop.example' }])

  expect(await two.db.selectFrom('aliases').select(['quiet', 'strangers', 'ends_left', 'ends_at']).where('address', '=', `kept@${domain}`).executeTakeFirst())
    .toEqual({ quiet: true, strangers: 'hold', ends_left: 5, ends_at: null })
  const [burned] = await look(two.web, there, '/v1/aliases?state=burned')
  expect(burned).toMatchObject({ address: `burned@${domain}`, label: '=cmd()', note: 'two\nlines', site: 'shop.example' })
  const [held] = await look(two.web, there, '/v1/held')
  expect(held).toMatchObject({ alias: `burned@${domain}`, reason: 'burned', subject: 'x' })
  const raw = await fetch(`${two.web.origin}/v1/held/${held.id}/raw`, { headers: { authorization: `Bearer ${there.token}` } })
  expect(Buffer.from(await raw.arrayBuffer()).toString('latin1')).toBe(message)
  expect(await look(two.web, there, '/v1/blocks')).toMatchObject([{ address: 'spam@bad.example' }])

  expect(await imported(two.web, there, bytes)).toMatchObject({ state: 'done', taken: 0, same: 2 })
  for (const what of ['/v1/held', '/v1/blocks']) expect(await look(two.web, there, what)).toHaveLength(1)
  expect(await look(two.web, there, '/v1/correspondents')).toHaveLength(3)
})

test('settings move where they are nobody else’s, and what finds no room is told', async () => {
  const person = await one.web.person('eve', { scopes })
  const { body: alias } = await one.web.call('POST', '/v1/aliases', { token: person.token, json: { local_part: 'eve-shop' } })
  await one.db.updateTable('account_settings').set({
    address_format: 'words', notices: false, rewrite_invitations: true, held_days: 10, activity_days: 200, spam_threshold: null, real_name: 'Eve Example',
    held_bytes: 5_000_000, alias_limit: 7, strangers: 'hold', stranger_subject: '[Stranger]', burn_link: 'theirs', banner: true, digest: 'daily',
    evidence_days: 7,
  }).where('account_id', '=', person.id).execute()
  const letters = ['a', 'b', 'c'].map((subject) => `Subject: ${subject}\n\n${'x'.repeat(2_000)}\n`)
  for (const [n, letter] of letters.entries()) await holdMessage(one.db, alias.id, letter, { reason: 'stranger', at: new Date(Date.now() - n * 1_000) })
  await holdMessage(one.db, alias.id, letters[0]!, { reason: 'would-reveal', out: { correspondentIds: [] } })
  const bytes = await archive(one.web, person)

  const there = await two.web.person('eve', { scopes })
  const settings = () => two.db.selectFrom('account_settings').selectAll().where('account_id', '=', there.id).executeTakeFirstOrThrow()
  await two.db.updateTable('account_settings').set({ held_bytes: 4_500 }).where('account_id', '=', there.id).execute()
  const before = await settings()
  const done = await imported(two.web, there, bytes)
  expect(done).toMatchObject({ state: 'done', taken: 1, not_taken: 2 })
  // Longer is taken, shorter is not; what the operator grants is not the archive's to say.
  expect(await settings()).toEqual({
    ...before, address_format: 'words', notices: false, rewrite_invitations: true, activity_days: 200, spam_threshold: null, real_name: 'Eve Example',
    strangers: 'hold', stranger_subject: '[Stranger]', burn_link: 'theirs', banner: true, digest: 'daily',
  })
  expect((await two.web.call('GET', '/v1/held', { token: there.token })).body.items).toHaveLength(2)
  const { text: report } = await two.web.call('GET', `/v1/imports/${done.id}/report`, { token: there.token })
  expect(report.trim().split(/\r\n/).sort()).toEqual([
    `,eve-shop@${domain},not-taken,,Held messages (1) were left out: a held reply is sent by the host that it was written through.`,
    `,eve-shop@${domain},not-taken,,Held messages (1) were left out: there is no more room for held mail here.`,
    'line,address,outcome,new_address,remark',
  ])

  await two.db.updateTable('account_settings').set({ address_format: 'letters' }).where('account_id', '=', there.id).execute()
  expect(await imported(two.web, there, bytes)).toMatchObject({ same: 1, not_taken: 2 })
  expect((await settings()).address_format).toBe('letters')
})

test('N15 an archive gives nobody what is somebody else’s', async () => {
  const [mine, other] = [await two.web.person('mine', { scopes }), await two.web.person('other', { scopes })]
  const source = await one.web.person('source', { scopes })
  await one.web.call('POST', '/v1/aliases', { token: source.token, json: { local_part: 'contested' } })
  const alias = (await aliasByAddress(one.db, `contested@${domain}` as Mailbox))!
  const reverse = await one.web.host.correspondents.reverseLocalPartFor(alias, shop, { remember: false })
  const bytes = await archive(one.web, source)
  expect(await imported(two.web, mine, bytes)).toMatchObject({ taken: 1 })
  expect(await imported(two.web, other, bytes)).toMatchObject({ taken: 0, not_taken: 1 })
  expect((await two.web.call('GET', '/v1/correspondents', { token: other.token })).body.items).toEqual([])
  const owner = (await aliasByAddress(two.db, `contested@${domain}` as Mailbox))!
  expect(owner.accountId).toBe(mine.id)
  expect(await findReverseAliases(two.db, two.web.host.keys, [reverse])).toMatchObject([{ aliasId: owner.id }])
  expect((await two.web.call('GET', '/v1/export')).status).toBe(401)
  const creates = await two.web.token(mine, ['create'])
  expect((await two.web.call('GET', '/v1/export', { token: creates })).status).toBe(403)
  expect((await two.web.call('GET', '/v1/export/aliases.csv', { token: creates })).status).toBe(403)
})

test('keys of own domains alone, and only with the password', async () => {
  const person = await one.web.person('keys', { scopes })
  const { db, web } = one
  await db.insertInto('domains').values({ name: 'own.example', account_id: person.id }).execute()
  for (const name of [domain, 'own.example']) {
    await db.insertInto('dkim_keys').values({
      domain: name, selector: 's1', algorithm: 'rsa-sha256', state: 'active', public_key: 'x', private_key_encrypted: web.host.keys.encrypt('QUJD'),
      created_at: new Date(), changed_at: new Date(),
    }).execute()
  }
  const cookie = await web.signIn(person)
  const ask = (json: unknown, headers: Record<string, string>) => fetch(`${web.origin}/v1/export`, {
    method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(json),
  })
  const session = { cookie, origin: web.origin }
  expect((await ask({ password: person.password }, { authorization: `Bearer ${person.token}` })).status).toBe(403)
  expect((await ask({ password: 'wrong password' }, session)).status).toBe(403)
  expect((await ask({}, session)).status).toBe(403)
  const answer = await ask({ password: person.password }, session)
  const files = await unzipped(Buffer.from(await answer.arrayBuffer()))
  expect(JSON.parse(files['dkim-keys.json']!)).toEqual([{
    domain: 'own.example', selector: 's1', algorithm: 'rsa-sha256', state: 'active',
    private_key: '-----BEGIN PRIVATE KEY-----\nQUJD\n-----END PRIVATE KEY-----\n',
  }])
})

test('an account that its owner deletes: typed and confirmed, readable meanwhile, kept again', async () => {
  const { web, db } = one
  await web.person('boss', { role: 'operator', scopes })
  const person = await web.person('leaves', { scopes })
  const cookie = await web.signIn(person)
  const session = { cookie, origin: web.origin }
  const ask = (path: string, json: unknown) => web.call('POST', path, { headers: session, json })
  const me = async () => (await web.call('GET', '/v1/me', { token: person.token })).body
  expect((await web.call('POST', '/v1/me/delete', { token: person.token, json: { email: person.email, password: person.password } })).status).toBe(403)
  expect((await ask('/v1/me/delete', { email: 'other@home.example', password: person.password })).body).toMatchObject({ code: 'invalid', field: 'email' })
  expect((await ask('/v1/me/delete', { email: person.email, password: 'wrong password' })).body).toMatchObject({ code: 'forbidden' })
  expect((await ask('/v1/me/keep', {})).status).toBe(403)
  const gone = await ask('/v1/me/delete', { email: ` ${person.email.toUpperCase()}`, password: person.password })
  expect(gone.status).toBe(200)
  expect(Date.parse(gone.body.delete_at) - Date.now()).toBeGreaterThan(29 * 86_400_000)
  expect(await me()).toMatchObject({ suspended: true, delete_at: gone.body.delete_at, may_keep: true })
  expect((await web.call('POST', '/v1/aliases', { token: person.token, json: {} })).status).toBe(403)
  expect((await fetch(`${web.origin}/v1/export`, { headers: { authorization: `Bearer ${person.token}` } })).status).toBe(200)
  const mail = await db.selectFrom('messages').innerJoin('deliveries', 'deliveries.message_id', 'messages.id').select('subject')
    .where('account_id', '=', person.id).execute()
  expect(mail).toEqual([{ subject: 'Your Burnbox account will be deleted' }])
  expect((await ask('/v1/me/keep', {})).body).toEqual({ delete_at: null })
  expect(await me()).toMatchObject({ suspended: false, delete_at: null, may_keep: false })

  // What whoever runs the host did, its owner does not undo: a deletion, or a suspension from before.
  const set = (values: object) => db.updateTable('account_settings').set(values).where('account_id', '=', person.id).execute()
  await set({ suspended_at: new Date(Date.now() - 60_000) })
  expect((await ask('/v1/me/delete', { email: person.email, password: person.password })).status).toBe(200)
  expect((await ask('/v1/me/keep', {})).status).toBe(200)
  expect(await me()).toMatchObject({ suspended: true, delete_at: null })
  await set({ delete_at: new Date(Date.now() + 60_000) })
  expect(await me()).toMatchObject({ may_keep: false })
  expect((await ask('/v1/me/keep', {})).status).toBe(403)
})
