// /v1/domains: named, proved by the DNS, used for addresses, removed.
import { afterAll, expect, test } from 'vitest'
import { dnsRecords } from '../../../src/flow/dns-records.ts'
import { routeRecipient } from '../../../src/flow/route-recipient.ts'
import { parseMailbox } from '../../../src/mail/address.ts'
import { ensureHostDomain } from '../../../src/store/domains.ts'
import { createDatabase } from '../../support/database.ts'
import { startWeb } from '../../support/web-host.ts'
import { openZone } from '../../support/zone.ts'

const { db } = await createDatabase()
const zone = await openZone({})
afterAll(() => zone[Symbol.asyncDispose]())
const web = await startWeb(db, {
  env: { BURNBOX_DOMAIN: 'burn.example', BURNBOX_DNS: zone.server, BURNBOX_RELAY: 'local', BURNBOX_URL: 'https://in.burn.example' },
})
await db.transaction().execute((tx) => ensureHostDomain(tx, 'burn.example'))
const [ada, bob] = [await web.person('ada'), await web.person('bob')]
await db.updateTable('account_settings').set({ domain_limit: null }).where('account_id', '=', ada.id).execute()

type Records = readonly { readonly name: string; readonly type: 'MX' | 'TXT'; readonly value: string; readonly published?: boolean }[]
const call = (method: string, path: string, json?: unknown, token = ada.token) =>
  web.call(method, `/v1/domains${path}`, { token, ...(json !== undefined && { json }) })
const add = async (name: string, token = ada.token) => (await call('POST', '', { name }, token)).body
const publishProof = (...domains: readonly { readonly records: Records }[]) =>
  zone.set(`${domains[0]!.records[0]!.name} TXT`, domains.map(({ records }) => records[0]!.value))
const rcpt = async (address: string) => {
  const { kind, ...rest } = await routeRecipient(web.host, parseMailbox(address)!, { reversePath: { kind: 'null' }, declaredSize: 0 })
  return 'reason' in rest ? `${kind} ${rest.reason}` : kind
}

test('N16 the records of a domain name no account and no inbox; the proof differs by account and by domain', async () => {
  const [mine, other, theirs] = [await add('ada-one.example'), await add('ada-two.example'), await add('ada-one.example', bob.token)]
  expect(mine).toMatchObject({ name: 'ada-one.example', verified: false, verified_at: null, aliases: 0 })
  expect(mine.records.map(({ name, type }: Records[number]) => `${type} ${name}`)).toEqual([
    'TXT _burnbox.ada-one.example', 'MX ada-one.example', 'TXT ada-one.example', 'TXT _dmarc.ada-one.example',
  ])
  expect(mine.records[1].value).toBe('10 in.burn.example.')
  const proofs = [mine, other, theirs].map(({ records }) => records[0].value)
  expect(new Set(proofs).size).toBe(3)
  for (const proof of proofs) expect(proof).toMatch(/^burnbox-verification=[a-z2-7]{26}$/)
  expect(JSON.stringify(mine.records)).not.toMatch(new RegExp(`${ada.id}|home\\.example|@`))
})

test('a domain that is proved has a key, takes mail, and addresses are made of it', async () => {
  const domain = await add('Family.Example.')
  expect(domain.name).toBe('family.example')
  const make = (token = ada.token) => web.call('POST', '/v1/aliases', { token, json: { site: 'shop.example', domain: 'family.example' } })
  expect(await make()).toMatchObject({ status: 422 })
  expect(await rcpt('any@family.example')).toBe('reject relay-not-permitted')

  publishProof(domain)
  const proved = await call('POST', `/${domain.id}/verify`)
  expect(proved).toMatchObject({ status: 200, body: { verified: true, verified_at: expect.any(String) } })
  const byName = new Map((proved.body.records as Records).map((record) => [record.name, record]))
  expect(byName.get('_burnbox.family.example')).toMatchObject({ published: true })
  expect(byName.get('burnbox1._domainkey.family.example')).toMatchObject({ published: false, value: expect.stringMatching(/^v=DKIM1; /) })

  const { status, body: alias } = await make()
  expect([status, alias.address]).toEqual([201, expect.stringMatching(/^shop-[a-z0-9]+@family\.example$/)])
  expect(await make(bob.token)).toMatchObject({ status: 422 })
  expect([await rcpt(alias.address), await rcpt('nobody@family.example'), await rcpt('Postmaster@family.example'), await rcpt('abuse@FAMILY.example')])
    .toEqual(['forward', 'reject no-such-address', 'forward', 'forward'])
  expect((await web.call('GET', '/v1/me', { token: ada.token })).body.domains).toContainEqual({ name: 'family.example', own: true })
  expect((await call('GET', '')).body.items).toContainEqual(expect.objectContaining({ name: 'family.example', verified: true, aliases: 1 }))

  expect(await call('DELETE', `/${domain.id}`))
    .toMatchObject({ status: 409, body: { code: 'in-use', detail: expect.stringContaining('1 of your addresses') } })
  expect(await rcpt('abuse@family.example')).toBe('forward')
  await web.call('DELETE', `/v1/aliases/${alias.id}`, { token: ada.token })
  expect(await call('DELETE', `/${domain.id}`)).toMatchObject({ status: 204 })
  expect(await rcpt('abuse@family.example')).toBe('reject relay-not-permitted')
  expect(await db.selectFrom('dkim_keys').select('selector').where('domain', '=', 'family.example').execute()).toEqual([])

  const again = await add('family.example')
  expect(again.records[0].value).toBe(domain.records[0].value)
  expect(await call('POST', `/${again.id}/verify`)).toMatchObject({ status: 200 })
  expect(await rcpt('postmaster@family.example')).toBe('forward')
})

test('without the proof it is nobody\'s, and who proves it second is told so', async () => {
  const nobodys = await add('nobodys.example')
  expect(await call('POST', `/${nobodys.id}/verify`))
    .toMatchObject({ status: 409, body: { code: 'not-published', detail: expect.stringContaining('not found') } })
  zone.set('_burnbox.away.example TXT', 'SERVFAIL')
  const away = await add('away.example')
  expect(await call('POST', `/${away.id}/verify`)).toMatchObject({ body: { code: 'not-published', detail: expect.stringContaining('no answer') } })
  const [mine, theirs] = [await add('shared.example'), await add('shared.example', bob.token)]
  publishProof(theirs, mine)
  expect(await call('POST', `/${theirs.id}/verify`, undefined, bob.token)).toMatchObject({ status: 200 })
  expect(await call('POST', `/${mine.id}/verify`)).toMatchObject({ status: 409, body: { code: 'domain-taken' } })
  expect(await call('POST', `/${theirs.id}/verify`)).toMatchObject({ status: 404 })
  expect(await call('GET', `/${theirs.id}`)).toMatchObject({ status: 404 })
  expect(await call('DELETE', `/${theirs.id}`)).toMatchObject({ status: 404 })
})

test('what is no domain, the host\'s own, one twice, one of an own inbox, one too many', async () => {
  const carol = await web.person('carol')
  const post = (name: string) => call('POST', '', { name }, carol.token)
  for (const name of ['', 'com', 'a b.example', 'x@y.example', '192.0.2.1', 'co.uk']) expect(await post(name)).toMatchObject({ status: 422 })
  expect(await post('burn.example')).toMatchObject({ status: 422, body: { detail: expect.stringContaining('this host') } })
  const { body: home } = await post('home.example')
  publishProof(home)
  expect(await call('POST', `/${home.id}/verify`, undefined, carol.token)).toMatchObject({ status: 409, body: { code: 'in-use' } })
  expect(await post('HOME.example')).toMatchObject({ status: 409, body: { code: 'domain-exists' } })

  const operator = await web.person('operator', { role: 'operator' })
  const limits = (domains: number | null) => web.call('PATCH', `/v1/host/accounts/${carol.id}`, { token: operator.token, json: { domains } })
  expect(await limits(1)).toMatchObject({ status: 200, body: { limits: { domains: 1 } } })
  expect(await post('second.example')).toMatchObject({ status: 409, body: { code: 'limit-reached' } })
  await limits(null)
  expect(await post('bücher.example')).toMatchObject({ status: 201, body: { name: 'xn--bcher-kva.example' } })
  expect(await web.call('GET', '/v1/domains', { token: await web.token(carol, ['create']) })).toMatchObject({ status: 403 })
  expect(await web.call('POST', '/v1/domains', { token: await web.token(carol, ['read']), json: { name: 'third.example' } })).toMatchObject({ status: 403 })
})

test('a name below the host\'s domain is theirs at once, needs the host\'s MX alone, and stays', async () => {
  const dora = await web.person('dora')
  const { status, body: domain } = await call('POST', '', { name: 'Dora.burn.example' }, dora.token)
  expect([status, domain]).toMatchObject([201, {
    name: 'dora.burn.example', verified: true, of_host: true, made_up: 'off', made_up_pattern: null, made_up_daily: 20,
    records: [{ name: 'dora.burn.example', type: 'MX', value: '10 in.burn.example.' }],
  }])
  expect((await dnsRecords(web.host)).at(-1)).toMatchObject({ name: '*.burn.example', type: 'MX' })
  expect(await dnsRecords(web.host, 'dora.burn.example')).toHaveLength(1)
  expect(await db.selectFrom('dkim_keys').select('domain').where('domain', '=', 'dora.burn.example').execute()).toEqual([])
  expect(await call('POST', '', { name: 'webmail.burn.example' }, bob.token))
    .toMatchObject({ status: 422, body: { detail: expect.stringContaining('reserved') } })
  expect(await call('DELETE', `/${domain.id}`, undefined, dora.token)).toMatchObject({ status: 409, body: { code: 'in-use' } })
  const made = await web.call('POST', '/v1/aliases', { token: dora.token, json: { local_part: 'mine', domain: 'dora.burn.example' } })
  expect(made).toMatchObject({ status: 201, body: { address: 'mine@dora.burn.example', made_up: null } })

  const change = (json: unknown, token = dora.token) => call('PATCH', `/${domain.id}`, json, token)
  expect(await rcpt('new@dora.burn.example')).toBe('reject no-such-address')
  expect(await change({ made_up: 'pattern' })).toMatchObject({ status: 422 })
  expect(await change({ made_up: 'pattern', made_up_pattern: ' n* ', made_up_daily: 3 }))
    .toMatchObject({ status: 200, body: { made_up: 'pattern', made_up_pattern: 'n*', made_up_daily: 3 } })
  expect([await rcpt('new@dora.burn.example'), await rcpt('other@dora.burn.example')]).toEqual(['make-up', 'reject no-such-address'])
  expect(await change({ made_up: 'off' }, bob.token)).toMatchObject({ status: 404 })
  expect(await change({ made_up_daily: 1001 })).toMatchObject({ status: 422 })
  const unproved = await add('unproved.example', bob.token)
  expect(await call('PATCH', `/${unproved.id}`, { made_up: 'on' }, bob.token)).toMatchObject({ status: 409, body: { code: 'not-published' } })
})
