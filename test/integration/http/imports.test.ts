// POST /v1/imports and what follows: what becomes of rows, that it can be repeated, and that nobody's addresses are anybody else's.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { deflateRawSync } from 'node:zlib'
import { ZipFile } from 'yazl'
import { afterAll, describe, expect, test } from 'vitest'
import { deleteLeftAccounts } from '../../../src/flow/suspend-account.ts'
import { lapse } from '../../../src/flow/lapse.ts'
import { updateSettings } from '../../../src/store/accounts.ts'
import { ensureHostDomain } from '../../../src/store/domains.ts'
import { createDatabase } from '../../support/database.ts'
import { startWeb, type Answer, type Person } from '../../support/web-host.ts'

const { db } = await createDatabase()
const data = await mkdtemp(path.join(tmpdir(), 'burnbox-imports-'))
afterAll(() => rm(data, { recursive: true }))
const web = await startWeb(db, { env: { BURNBOX_DATA: data } })
const { call } = web
const domain = web.host.domain
await db.transaction().execute((tx) => ensureHostDomain(tx, domain))
const octets = { 'content-type': 'application/octet-stream' }

const send = (person: Pick<Person, 'token'>, query: string, body: string | Uint8Array): Promise<Answer> =>
  call('POST', `/v1/imports?${query}`, { token: person.token, headers: octets, body: body as string })

/** The import at its end. */
const imported = async (person: Pick<Person, 'token'>, query: string, body: string | Uint8Array): Promise<any> => {
  const begun = await send(person, query, body)
  expect(begun.status, begun.text).toBe(202)
  return expect.poll(async () => (await call('GET', `/v1/imports/${begun.body.id}`, { token: person.token })).body).not.toMatchObject({ state: 'running' })
    .then(async () => (await call('GET', `/v1/imports/${begun.body.id}`, { token: person.token })).body)
}
const report = async (person: Pick<Person, 'token'>, id: string): Promise<readonly string[]> =>
  (await call('GET', `/v1/imports/${id}/report`, { token: person.token })).text.trim().split('\r\n').slice(1)
const aliases = async (person: Pick<Person, 'token'>, query = ''): Promise<any[]> =>
  (await call('GET', `/v1/aliases?limit=200&${query}`, { token: person.token })).body.items.filter((alias: any) => !/^(postmaster|abuse)@/.test(alias.address))

const zip = async (files: Readonly<Record<string, string>>): Promise<Uint8Array> => {
  const file = new ZipFile()
  for (const [name, text] of Object.entries(files)) file.addBuffer(Buffer.from(text), name)
  file.end()
  const chunks: Buffer[] = []
  for await (const chunk of file.outputStream) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}

describe('what rows become', () => {
  test('state, note, counts, times and inboxes are kept; a second time nothing is made', async () => {
    const person = await web.person('keeps', { scopes: ['manage', 'read', 'create'] })
    const csv = `local_part,email,domain,active,description,emails_forwarded,emails_blocked,created_at,last_forwarded\n`
      + `one,one@${domain},${domain},1,the first,7,2,2023-01-31 12:00:00,2024-01-31 12:00:00\ntwo,two@${domain},${domain},,,0,0,,\n`
    const first = await imported(person, 'from=addy', csv)
    expect(first).toMatchObject({ state: 'done', total: 2, looked: 2, taken: 2, same: 0, not_taken: 0 })
    const [two, one] = await aliases(person)
    expect(one).toMatchObject({
      address: `one@${domain}`, state: 'active', note: 'the first', created_at: '2023-01-31T12:00:00.000Z', last_message_at: '2024-01-31T12:00:00.000Z',
      counts: { delivered: 7, held: 2, replied: 0 }, inboxes: [{ address: 'keeps@home.example' }],
    })
    expect(two).toMatchObject({ address: `two@${domain}`, state: 'burned' })
    expect(two.burned_at).not.toBeNull()
    expect(await imported(person, 'from=addy', csv)).toMatchObject({ state: 'done', taken: 0, same: 2, not_taken: 0 })
    expect(await aliases(person)).toHaveLength(2)
  })

  test('a dry run changes nothing and says the same', async () => {
    const person = await web.person('dry', { scopes: ['manage', 'read'] })
    const text = `dry1@${domain} note\nnot an address\nx@elsewhere.example\ndry1@${domain}\nr.abc@${domain}\nadmin@${domain}\n`
    const dry = await imported(person, 'from=text&dry_run=true', text)
    expect(dry).toMatchObject({ dry_run: true, taken: 1, not_taken: 5 })
    expect(await aliases(person)).toEqual([])
    expect(await report(person, dry.id)).toEqual([
      '2,not,not-taken,,This is not an e-mail address.',
      '3,x@elsewhere.example,not-taken,,"elsewhere.example is not a domain of yours here. With ""new addresses"" it would get one of this host."',
      `4,dry1@${domain},not-taken,,It is in this file twice: line 1 has it too.`,
      `5,r.abc@${domain},not-taken,,Names that begin with r. or b. are for the host’s own addresses.`,
      `6,admin@${domain},not-taken,,“admin” is reserved on this host.`,
    ])
    const real = await imported(person, 'from=text', text)
    expect(real).toMatchObject({ dry_run: false, taken: 1, not_taken: 5 })
    expect(await report(person, real.id)).toEqual(await report(person, dry.id))
  })

  test('a new address for each row of another service, the same one when it comes again', async () => {
    const person = await web.person('moves', { scopes: ['manage', 'read'] })
    const json = JSON.stringify([
      { full_address: 'a1@mozmail.example', enabled: true, generated_for: 'https://shop.example.com', description: 'Shop' },
      { full_address: 'a2@mozmail.example', enabled: false },
    ])
    const first = await imported(person, 'from=relay&new_addresses=true', json)
    expect(first).toMatchObject({ taken: 1, not_taken: 1 })
    const [alias] = await aliases(person)
    expect(alias).toMatchObject({ site: 'example.com', note: 'Shop', address: expect.stringMatching(/^example-[a-z0-9]{5}@/) })
    expect(await report(person, first.id)).toContainEqual(`1,a1@mozmail.example,taken,${alias.address},`)
    const again = await imported(person, 'from=relay&new_addresses=true', json)
    expect(again).toMatchObject({ taken: 0, same: 1, not_taken: 1 })
    expect(await report(person, again.id)).toContainEqual(`1,a1@mozmail.example,same,${alias.address},`)
    expect(await aliases(person)).toHaveLength(1)
    // Forgotten, it is made anew.
    await call('DELETE', `/v1/aliases/${alias.id}`, { token: person.token })
    expect(await imported(person, 'from=relay&new_addresses=true', json)).toMatchObject({ taken: 1 })
  })

  test('inboxes that are not there are added unverified, each with its mail; or all leads to one that was named', async () => {
    const person = await web.person('inboxes', { scopes: ['manage', 'read'] })
    const map = `in1@${domain} inboxes@home.example, New@else.example\nin2@${domain} new@else.example\nin3@${domain} other@${domain}\n`
    const dry = await imported(person, 'from=postfix&dry_run=true', map)
    expect(dry).toMatchObject({ taken: 3, new_inboxes: ['new@else.example'] })
    const done = await imported(person, 'from=postfix', map)
    expect(done).toMatchObject({ taken: 3, new_inboxes: ['new@else.example'] })
    const [three, two, one] = await aliases(person)
    expect(one.inboxes.map((inbox: any) => inbox.address)).toEqual(['inboxes@home.example', 'new@else.example'])
    expect(two.inboxes).toMatchObject([{ address: 'new@else.example' }])
    expect(three.inboxes).toMatchObject([{ address: 'inboxes@home.example' }])
    expect(await report(person, done.id)).toEqual([expect.stringContaining(`3,in3@${domain},taken,,`)])
    const { body } = await call('GET', '/v1/inboxes', { token: person.token })
    expect(body.items.map((inbox: any) => [inbox.address, inbox.verified])).toEqual([['inboxes@home.example', true], ['new@else.example', false]])
    const mails = await db.selectFrom('deliveries').innerJoin('inboxes', 'inboxes.id', 'deliveries.inbox_id').select('inboxes.address')
      .where('deliveries.account_id', '=', person.id).where('deliveries.kind', '=', 'own').execute()
    expect(mails).toEqual([{ address: 'new@else.example' }])

    const named = await imported(person, `from=postfix&inbox_id=${body.items[0].id}`, `in4@${domain} third@else.example\n`)
    expect(named).toMatchObject({ taken: 1, new_inboxes: [] })
    expect((await aliases(person))[0].inboxes).toMatchObject([{ address: 'inboxes@home.example' }])
  })

  test('L20 a limit of addresses holds, in a dry run too', async () => {
    const person = await web.person('limited', { scopes: ['manage', 'read'] })
    await db.transaction().execute((tx) => updateSettings(tx, person.id, { aliasLimit: 3 }))
    const text = Array.from({ length: 1_200 }, (_, n) => `lim${n}@${domain}`).join('\n')
    for (const query of ['from=text&dry_run=true', 'from=text']) expect(await imported(person, query, text)).toMatchObject({ taken: 3, not_taken: 1_197 })
    expect(await aliases(person)).toHaveLength(3)
  })

  test('whoever runs the host may bring info@ along; a zip, a workbook', async () => {
    const operator = await web.person('operator', { role: 'operator', scopes: ['manage', 'read'] })
    expect(await imported(operator, 'from=aliases', 'info: operator@home.example\npostmaster: operator@home.example\n')).toMatchObject({ taken: 1, same: 1 })
    const archive = await zip({ 'aliases.json': JSON.stringify([{ email: `zipped@${domain}`, enabled: true, name: 'Me' }]), 'user.json': '{}' })
    expect(await imported(operator, 'from=simplelogin', archive)).toMatchObject({ taken: 1 })
    expect((await aliases(operator))[0]).toMatchObject({ address: `zipped@${domain}`, display_name: 'Me' })
    const sheet = '<worksheet><sheetData><row r="1"><c t="inlineStr"><is><t>alias</t></is></c></row><row r="2">'
      + `<c t="inlineStr"><is><t>xl@${domain}</t></is></c></row></sheetData></worksheet>`
    expect(await imported(operator, 'from=addy', await zip({ 'xl/worksheets/sheet1.xml': sheet }))).toMatchObject({ taken: 1 })
  })
})

describe('what is refused', () => {
  test('N15 nobody else’s addresses, imports or inboxes; what was forgotten is not given out again', async () => {
    const [mine, other] = [await web.person('mine', { scopes: ['manage', 'read'] }), await web.person('other', { scopes: ['manage', 'read'] })]
    const theirs = await imported(other, 'from=text', `theirs@${domain}\nforgotten@${domain}\n`)
    const [forgotten] = await aliases(other, 'q=forgotten')
    await call('DELETE', `/v1/aliases/${forgotten.id}`, { token: other.token })
    const done = await imported(mine, 'from=text', `theirs@${domain}\nforgotten@${domain}\n`)
    expect(done).toMatchObject({ taken: 0, not_taken: 2 })
    // One sentence for both, and nothing of who has it.
    expect((await report(mine, done.id)).map((line) => line.split('not-taken')[1])).toEqual([
      ',,"This address is taken here, or was deleted and is not given out again."',
        ',,"This address is taken here, or was deleted and is not given out again."',
    ])
    expect(await aliases(other)).toMatchObject([{ address: `theirs@${domain}`, state: 'active' }])

    for (const [method, path] of [['GET', ''], ['GET', '/report'], ['POST', '/stop']] as const) {
      expect((await call(method, `/v1/imports/${theirs.id}${path}`, { token: mine.token })).status, path).toBe(404)
      expect((await call(method, `/v1/imports/nonsense${path}`, { token: mine.token })).status, path).toBe(404)
    }
    expect((await call('GET', '/v1/imports', { token: mine.token })).body.items.map((one: any) => one.id)).toEqual([done.id])
    const { body: { items: [inbox] } } = await call('GET', '/v1/inboxes', { token: other.token })
    expect(await imported(mine, `from=text&inbox_id=${inbox.id}`, `x1@${domain}\n`)).toMatchObject({ state: 'failed',
      problem: 'The inbox must be one of yours.' })
  })

  test('scopes, types of body, formats, another one under way', async () => {
    const person = await web.person('refused', { scopes: ['manage', 'read'] })
    const reads = { token: await web.token(person, ['read', 'create']) }
    expect((await send(reads, 'from=text', `a@${domain}`)).status).toBe(403)
    expect((await send({ token: 'wrong' }, 'from=text', `a@${domain}`)).status).toBe(401)
    expect((await send(person, 'from=csv', 'x')).status).toBe(400)
    for (const type of ['text/plain', 'application/json', 'multipart/form-data; boundary=x', 'application/x-www-form-urlencoded']) {
      const answer = await call('POST', '/v1/imports?from=text', { token: person.token, headers: { 'content-type': type }, body: 'x' })
      expect([answer.status, answer.body.code], type).toEqual([415, 'unsupported-media-type'])
    }
    // A form of somebody else's page, with the cookie.
    const cookie = await web.signIn(person)
    const forged = await call('POST', '/v1/imports?from=text', { headers: { ...octets, cookie, origin: 'https://evil.example' }, body: `a@${domain}` })
    expect(forged.status).toBe(403)
    const own = await call('POST', '/v1/imports?from=text', { headers: { ...octets, cookie, origin: web.origin }, body: `cookie@${domain}` })
    expect(own.status).toBe(202)
    await expect.poll(() => aliases(person, 'q=cookie')).toHaveLength(1)

    await db.insertInto('imports').values({ account_id: person.id, format: 'text', dry_run: false, state: 'running', started_at: new Date(),
      seen_at: new Date() }).execute()
    const busy = await send(person, 'from=text', `a@${domain}`)
    expect([busy.status, busy.body.code]).toEqual([409, 'import-running'])
    // Its process is gone: silent for a minute, it is no longer in the way.
    await db.updateTable('imports').set({ seen_at: new Date(Date.now() - 120_000) }).where('account_id', '=', person.id).where('state', '=',
      'running').execute()
    const { body: { items: [dead] } } = await call('GET', '/v1/imports', { token: person.token })
    expect(dead).toMatchObject({ state: 'failed', problem: expect.stringContaining('stopped in the middle') })
    expect(await imported(person, 'from=text', `after@${domain}`)).toMatchObject({ taken: 1 })
  })

  test('files that are not what they are said to be, a bomb, one that is too large', async () => {
    const person = await web.person('hostile', { scopes: ['manage', 'read'] })
    expect(await imported(person, 'from=simplelogin', 'x,y\n1,2\n')).toMatchObject({ state: 'failed', problem: expect.stringContaining('columns') })
    expect(await imported(person, 'from=simplelogin', 'PK\u0003\u0004 no archive')).toMatchObject({ state: 'failed',
      problem: expect.stringContaining('archive') })
    expect(await imported(person, 'from=text', '')).toMatchObject({ state: 'done', total: 0 })
    expect(await imported(person, 'from=text', Buffer.from([0xff, 0xfe, 0, 0xd8, 0, 1, 2]))).toMatchObject({ state: 'done' })
    expect(await imported(person, 'from=simplelogin', bomb())).toMatchObject({ state: 'failed', problem: expect.stringContaining('archive') })
    const large = await send(person, 'from=text', 'x'.repeat(64 * 1024 * 1024 + 1))
    expect([large.status, large.body.code]).toEqual([413, 'too-large'])
  })

  test('Stop, after the batch under way; a month later the report is gone', async () => {
    const person = await web.person('stops', { scopes: ['manage', 'read'] })
    const text = Array.from({ length: 20_000 }, (_, n) => `stop${n}@${domain}`).join('\n')
    const begun = await send(person, 'from=text', text)
    const stopped = await call('POST', `/v1/imports/${begun.body.id}/stop`, { token: person.token })
    expect(stopped.status).toBe(200)
    const look = async () => (await call('GET', `/v1/imports/${begun.body.id}`, { token: person.token })).body
    await expect.poll(async () => (await look()).state).toBe('stopped')
    const { taken, total } = await look()
    expect(taken).toBeLessThan(total)
    await db.updateTable('imports').set({ started_at: new Date(Date.now() - 31 * 86_400_000) }).where('id', '=', begun.body.id).execute()
    await lapse(web.host)
    expect((await call('GET', `/v1/imports/${begun.body.id}`, { token: person.token })).status).toBe(404)
  })
})

test('an account that is deleted takes its imports along', async () => {
  const person = await web.person('leaves', { scopes: ['manage', 'read'] })
  await imported(person, 'from=text&new_addresses=true', 'x@elsewhere.example\n')
  const past = new Date(Date.now() - 1_000)
  await db.updateTable('account_settings').set({ suspended_at: past, delete_at: past }).where('account_id', '=', person.id).execute()
  await deleteLeftAccounts(web.host)
  for (const table of ['imports', 'former_addresses'] as const) {
    expect(await db.selectFrom(table).selectAll().where('account_id', '=', person.id).execute()).toEqual([])
  }
})

/** An archive whose aliases.json says 1 KB and unpacks to 50 MB. */
function bomb(): Uint8Array {
  const name = Buffer.from('aliases.json')
  const packed = deflateRawSync(Buffer.alloc(50_000_000, 0x20))
  const local = Buffer.alloc(30)
  local.write('PK\u0003\u0004', 'latin1')
  local.writeUInt16LE(20, 4)
  local.writeUInt16LE(8, 8)
  local.writeUInt32LE(packed.length, 18)
  local.writeUInt32LE(1_024, 22)
  local.writeUInt16LE(name.length, 26)
  const central = Buffer.alloc(46)
  central.write('PK\u0001\u0002', 'latin1')
  central.writeUInt16LE(20, 6)
  central.writeUInt16LE(8, 10)
  central.writeUInt32LE(packed.length, 20)
  central.writeUInt32LE(1_024, 24)
  central.writeUInt16LE(name.length, 28)
  const end = Buffer.alloc(22)
  end.write('PK\u0005\u0006', 'latin1')
  end.writeUInt16LE(1, 8)
  end.writeUInt16LE(1, 10)
  end.writeUInt32LE(central.length + name.length, 12)
  end.writeUInt32LE(local.length + name.length + packed.length, 16)
  return Buffer.concat([local, name, packed, central, name, end])
}
