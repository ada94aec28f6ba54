// The owner's side of strangers: who wrote, whom an address was given to, one click for "this is the company too", and the counts in lists.
import { beforeAll, describe, expect, test } from 'vitest'
import { parseMailbox } from '../../../src/mail/address.ts'
import { authorOf } from '../../../src/policy/stranger.ts'
import { createDatabase } from '../../support/database.ts'
import { startWeb } from '../../support/web-host.ts'

const { db } = await createDatabase()
const web = await startWeb(db)
const ada = await web.person('ada', { role: 'operator' })
const bob = await web.person('bob')

type Row = Readonly<Record<string, never>> & { readonly id: string }
const call = async (method: string, path: string, json?: object, who = ada) =>
  web.call(method, path, { token: who.token, ...(json && { json }) })
const get = async (path: string, who = ada) => (await call('GET', path, undefined, who)).body

let shop: { id: string; address: string }
let quiet: { id: string }

/** As DATA notes it. */
const meet = async (uuid: string, from: string, { proven = true, stranger = true } = {}) => {
  const alias = await db.selectFrom('aliases').select(['id', 'uuid']).where('uuid', '=', uuid).executeTakeFirstOrThrow()
  const mailbox = parseMailbox(from)!
  const results = `burn.example; dkim=pass header.d=${from.split('@')[1]} header.s=s1`
  web.host.senders.met({ alias, author: authorOf(mailbox, proven, results), stranger, at: new Date(), evidence: () => undefined })
  await web.host.senders.flush()
}

beforeAll(async () => {
  shop = (await call('POST', '/v1/aliases', { site: 'shop.example' })).body
  quiet = (await call('POST', '/v1/aliases', { site: 'quiet.example' })).body
  await meet(shop.id, 'news@shop.example', { stranger: false })
  await meet(shop.id, 'a@deals.example')
  await meet(shop.id, 'b@mail.deals.example')
  await meet(shop.id, 'ann@gmail.com')
  await meet(shop.id, 'forged@bank.example', { proven: false })
})

const strangers = async (): Promise<string[]> =>
  (await get(`/v1/aliases/${shop.id}/senders?strangers=true`)).items.map((one: { address: string }) => one.address)

describe('who wrote', () => {
  test('is listed newest first, and counted where addresses are listed', async () => {
    const { items } = await get(`/v1/aliases/${shop.id}/senders`)
    expect(items).toMatchObject([
      { address: 'forged@bank.example', proven: false, stranger: true }, { address: 'ann@gmail.com', organisation: 'gmail.com', stranger: true },
      { address: 'b@mail.deals.example', organisation: 'deals.example' }, { address: 'a@deals.example' }, { address: 'news@shop.example', stranger: false },
    ])
    expect((await get(`/v1/aliases/${shop.id}`)).strangers).toBe(4)
    expect((await get('/v1/aliases?strangers=true')).items.map((one: Row) => one.id)).toEqual([shop.id])
    expect((await get('/v1/me')).counts.strangers).toBe(1)
    expect((await get(`/v1/aliases/${quiet.id}`)).strangers).toBe(0)
  })

  test('page by page, and to its owner alone', async () => {
    const first = await get(`/v1/aliases/${shop.id}/senders?limit=2`)
    const next = await get(`/v1/aliases/${shop.id}/senders?limit=2&cursor=${first.next}`)
    expect(next.items[0]).toMatchObject({ address: 'b@mail.deals.example' })
    expect((await call('GET', `/v1/aliases/${shop.id}/senders`, undefined, bob)).status).toBe(404)
    expect((await call('GET', `/v1/aliases/${shop.id}/senders/expected`, undefined, bob)).status).toBe(404)
    expect((await call('POST', `/v1/aliases/${shop.id}/senders/expected`, { sender: 'x.example' }, bob)).status).toBe(404)
  })
})

describe('this is the company too', () => {
  test('one click expects the organisation, and whoever wrote from there is a stranger no longer', async () => {
    const [one] = (await get(`/v1/aliases/${shop.id}/senders`)).items.filter(({ address }: { address: string }) => address === 'b@mail.deals.example')
    const { status, body } = await call('POST', `/v1/aliases/${shop.id}/senders/${one.id}/expect`)
    expect([status, body]).toMatchObject([200, { kind: 'domain', name: 'deals.example', origin: 'owner', unproven: false }])
    expect(await strangers()).toEqual(['forged@bank.example', 'ann@gmail.com'])
    expect(await get(`/v1/aliases/${shop.id}/senders/expected`)).toMatchObject({ site: 'shop.example', learning: false, items: [{ name: 'deals.example' }] })
    expect((await call('DELETE', `/v1/aliases/${shop.id}/senders/expected/${body.id}`)).status).toBe(204)
    expect(await strangers()).toHaveLength(4)
    expect((await call('DELETE', `/v1/aliases/${shop.id}/senders/expected/${body.id}`)).status).toBe(404)
  })

  test('where anybody may have a mailbox it is that mailbox; who proved nothing is expected without proof', async () => {
    const { items } = await get(`/v1/aliases/${shop.id}/senders?strangers=true`)
    for (const { id } of items.slice(0, 2)) await call('POST', `/v1/aliases/${shop.id}/senders/${id}/expect`)
    expect((await get(`/v1/aliases/${shop.id}/senders/expected`)).items).toMatchObject([
      { kind: 'domain', name: 'bank.example', unproven: true }, { kind: 'address', name: 'ann@gmail.com', unproven: false },
    ])
    expect(await strangers()).toEqual(['b@mail.deals.example', 'a@deals.example'])
  })

  test.each([
    ['deals.example', 201], ['Mail.DEALS.example', 201], ['someone@deals.example', 201], ['bücher.example', 201], ['github.io', 201],
    ['co.uk', 422], ['com', 422], ['not a domain', 422], ['@deals.example', 422], ['[192.0.2.1]', 422], ['', 422],
  ])('by domain or address: %s', async (sender, status) => {
    expect((await call('POST', `/v1/aliases/${quiet.id}/senders/expected`, { sender })).status).toBe(status)
  })

  test('a rule for one host of a company is for that host', async () => {
    const { body } = await call('POST', `/v1/aliases/${shop.id}/senders/expected`, { sender: 'mail.deals.example' })
    expect(await strangers()).toEqual(['a@deals.example'])
    await call('DELETE', `/v1/aliases/${shop.id}/senders/expected/${body.id}`)
    expect(await strangers()).toHaveLength(2)
  })

  test('another site is another company', async () => {
    await call('PATCH', `/v1/aliases/${shop.id}`, { site: 'deals.example' })
    expect(await strangers()).toEqual(['news@shop.example'])
    await call('PATCH', `/v1/aliases/${shop.id}`, { site: 'shop.example' })
  })
})

describe('what becomes of their mail', () => {
  test('is said for the account, and otherwise for an address', async () => {
    expect(await get('/v1/rules')).toMatchObject({ stranger_mail: 'flag', stranger_subject: null, evidence_days: 90, banner: false })
    const { body } = await call('PATCH', '/v1/rules', { stranger_mail: 'hold', stranger_subject: '[Stranger]', evidence_days: 0, banner: true })
    expect(body).toMatchObject({ stranger_mail: 'hold', stranger_subject: '[Stranger]', evidence_days: 0, banner: true })
    expect((await call('PATCH', `/v1/aliases/${shop.id}`, { stranger_mail: 'silent' })).body.stranger_mail).toBe('silent')
    expect((await web.host.routes.byId((await db.selectFrom('aliases').select('id').where('uuid', '=', shop.id).executeTakeFirstOrThrow()).id))?.rules)
      .toMatchObject({ strangers: 'silent', strangerSubject: '[Stranger]', evidenceDays: 0 })
    expect((await call('PATCH', `/v1/aliases/${shop.id}`, { stranger_mail: null })).body.stranger_mail).toBeNull()
    expect((await call('PATCH', '/v1/rules', { stranger_subject: '' })).body.stranger_subject).toBeNull()
  })

  test.each([
    [{ stranger_mail: 'drop' }], [{ banner: 'on' }], [{ evidence_days: -1 }], [{ stranger_subject: 'x\r\nBcc: y' }], [{ stranger_subject: 'ü' }],
  ])('not %j', async (json) => {
    expect((await call('PATCH', '/v1/rules', json)).status).toBe(422)
  })
})
