// The burn button in a forward (RFC 8058): in the header, over HTTP as a mail program presses it, by mail, and undone. Real SMTP, the real web app.
import { describe, expect, onTestFinished, test } from 'vitest'
import { createAuth } from '../../../src/http/auth.ts'
import { createWeb } from '../../../src/http/create-web.ts'
import { dkimVerify } from 'mailauth/lib/dkim/verify.js'
import { openCompanies, type Companies } from '../../support/companies.ts'
import { createDatabase } from '../../support/database.ts'
import { listHeldRows } from '../../support/mail-rows.ts'
import { ownMails } from '../../support/own-mail.ts'

const { db, url } = await createDatabase()
const DAY_MS = 86_400_000
const ONE_CLICK = 'List-Unsubscribe=One-Click'

type Scene = Companies & {
  readonly call: (method: string, link: string, body?: string | object) => Promise<Response>
  readonly stateOf: (alias: { readonly id: number }) => Promise<string>
}

async function open(mode?: 'ours' | 'theirs' | 'off'): Promise<Scene> {
  const companies = await openCompanies(url, { env: { BURNBOX_URL: 'https://burn.example' } })
  const { host } = companies.mail
  const web = createWeb({ host, auth: createAuth(host), webFolder: '/nonexistent' })
  onTestFinished(() => web[Symbol.asyncDispose]())
  if (mode) await db.updateTable('account_settings').set({ burn_link: mode }).where('account_id', '=', companies.owner.id).execute()
  return {
    ...companies,
    call: async (method, link, body) => web.app.request(new URL(link, 'https://burn.example').href, {
      method, ...(body !== undefined && {
        body: typeof body === 'string' ? body : JSON.stringify(body),
        headers: { 'content-type': typeof body === 'string' ? 'application/x-www-form-urlencoded' : 'application/json' },
      }),
    }),
    stateOf: async ({ id }) => (await db.selectFrom('aliases').select('state').where('id', '=', id).executeTakeFirstOrThrow()).state,
  }
}

const linkOf = (field: string): string => /<(https:[^>]*)>/.exec(field)?.[1] ?? ''
const tokenOf = (link: string): string => new URL(link).pathname.split('/').at(-1)!
const apiOf = (link: string): string => `/v1/burn/${tokenOf(link)}${new URL(link).search}`

describe('in the header', () => {
  test('ours stands in each forward, covered by our signature; the sender\'s own is kept beside it', async () => {
    const { alias, write, last, hop } = await open()
    const shop = await alias('shop.example')
    await write(shop, 'news@shop.example', {
      header: 'List-Unsubscribe: <https://shop.example/u?c=1>, <mailto:leave@shop.example>\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n',
    })
    expect(last('List-Unsubscribe'))
      .toMatch(/^<https:\/\/burn\.example\/burn\/[a-z2-7]{48}\?their=[\w-]+>, <mailto:u\.[a-z2-7]{48}@burn\.example\?subject=burn>$/)
    expect(last('List-Unsubscribe-Post')).toBe(ONE_CLICK)
    expect(last('X-Burnbox-List-Unsubscribe')).toMatch(/^<https:\/\/shop\.example\/u\?c=1>, <mailto:r\.[^@]+@burn\.example>$/)
    const bytes = hop.accepted.at(-1)!.bytes
    expect(bytes.toString('latin1').match(/^list-unsubscribe(-post)?:/gim)).toHaveLength(2)
    const { results } = await dkimVerify(bytes, { resolver: async () => { throw new Error('no key is asked for') } } as never)
    const signed = (results[0] as unknown as { readonly signingHeaders: { readonly keys: string } }).signingHeaders.keys.toLowerCase()
    expect(signed).toContain('list-unsubscribe')
    expect(signed).toContain('list-unsubscribe-post')
  })

  test('the sender\'s own, where it is wanted and there; nothing where it is not', async () => {
    const theirs = await open('theirs')
    const shop = await theirs.alias('shop.example')
    await theirs.write(shop, 'news@shop.example', { header: 'List-Unsubscribe: <https://shop.example/u>\r\n' })
    expect(theirs.last('List-Unsubscribe')).toBe('<https://shop.example/u>')
    await theirs.write(shop, 'news@shop.example')
    expect(theirs.last('List-Unsubscribe')).toContain('https://burn.example/burn/')
    const off = await open('off')
    await off.write(await off.alias('shop.example'), 'news@shop.example')
    expect(off.last('List-Unsubscribe')).toBe('')
  })

  test('N13 N18 the token names no account, no inbox and no other alias, and is another one in each message', async () => {
    const { alias, write, last, owner } = await open()
    const links: string[] = []
    for (const site of ['shop.example', 'bank.example', 'shop.example']) {
      await write(await alias(site), `news@${site}`)
      links.push(linkOf(last('List-Unsubscribe')))
    }
    expect(new Set(links.map((link) => link.slice(0, 40))).size).toBe(3)
    for (const link of links) for (const secret of [owner.id, 'home.example', 'companies']) expect(link).not.toContain(secret)
  })
})

describe('K18 pressed', () => {
  test('a POST as a mail program sends it burns; GET and HEAD change nothing', async () => {
    const { alias, write, last, call, stateOf, mail } = await open()
    const shop = await alias('shop.example')
    await write(shop, 'news@shop.example')
    const link = linkOf(last('List-Unsubscribe'))
    for (const method of ['GET', 'HEAD', 'OPTIONS', 'PUT']) await call(method, link)
    expect((await call('GET', apiOf(link))).status).toBe(200)
    expect((await call('POST', link, '')).status).toBe(400)
    expect((await call('POST', link, 'List-Unsubscribe=Two-Clicks')).status).toBe(400)
    expect(await stateOf(shop)).toBe('active')
    const pressed = await call('POST', link, ONE_CLICK)
    expect([pressed.status, await stateOf(shop)]).toEqual([200, 'burned'])
    await mail.host.recorder.flush()
    expect(await db.selectFrom('activity').select('reason').where('alias_id', '=', shop.id).where('kind', '=', 'burned').execute())
      .toEqual([{ reason: 'button' }])
    await write(shop, 'news@shop.example')
    expect((await listHeldRows(db)).at(-1)).toMatchObject({ alias_id: shop.id, reason: 'burned' })
  })

  test('as multipart/form-data too (RFC 8058 §3.2), and by a page of somebody else, as webmail does', async () => {
    const { alias, write, last, stateOf, mail } = await open()
    const shop = await alias('shop.example')
    await write(shop, 'news@shop.example')
    const form = new FormData()
    form.set('List-Unsubscribe', 'One-Click')
    const web = createWeb({ host: mail.host, auth: createAuth(mail.host) })
    onTestFinished(() => web[Symbol.asyncDispose]())
    const pressed = await web.app.request(linkOf(last('List-Unsubscribe')), {
      method: 'POST', body: form, headers: { origin: 'https://webmail.example', 'sec-fetch-site': 'cross-site' },
    })
    expect(pressed.status).toBe(200)
    expect(await stateOf(shop)).toBe('burned')
  })

  test('forged, of another alias, and expired ones are refused', async () => {
    const { alias, write, last, call, stateOf, clock } = await open()
    const shop = await alias('shop.example')
    await write(shop, 'news@shop.example')
    const link = linkOf(last('List-Unsubscribe'))
    const token = tokenOf(link)
    const other = `${token.slice(0, -1)}${token.endsWith('a') ? 'b' : 'a'}`
    for (const wrong of [other, `${token.startsWith('b') ? 'c' : 'b'}${token.slice(1)}`, 'a'.repeat(48), token.slice(2), `${token}aa`]) {
      expect((await call('POST', `/burn/${wrong}`, ONE_CLICK)).status).toBe(404)
    }
    await clock.advance(61 * DAY_MS)
    expect((await call('POST', link, ONE_CLICK)).status).toBe(410)
    expect(await stateOf(shop)).toBe('active')
  })

  test('replayed, it does not burn what was undone', async () => {
    const { alias, write, last, call, stateOf } = await open()
    const shop = await alias('shop.example')
    await write(shop, 'news@shop.example')
    const link = linkOf(last('List-Unsubscribe'))
    await call('POST', link, ONE_CLICK)
    expect((await call('POST', link, ONE_CLICK)).status).toBe(410)
    expect((await call('POST', apiOf(link), { action: 'undo' })).status).toBe(200)
    expect(await stateOf(shop)).toBe('active')
    expect((await call('POST', link, ONE_CLICK)).status).toBe(410)
    expect(await stateOf(shop)).toBe('active')
    expect((await call('POST', apiOf(link), { action: 'undo' })).status).toBe(410)
    await write(shop, 'news@shop.example')
    expect((await call('POST', linkOf(last('List-Unsubscribe')), ONE_CLICK)).status).toBe(200)
  })

  test('postmaster has no button', async () => {
    const { alias, write, last } = await open()
    const postmaster = await alias('shop.example')
    await db.updateTable('aliases').set({ system: true }).where('id', '=', postmaster.id).execute()
    await write(postmaster, 'news@shop.example')
    expect(last('List-Unsubscribe')).toBe('')
  })
})

describe('Undo', () => {
  test('by page: active again, and what was held since is delivered; the owner is told by mail, with the way back', async () => {
    const { alias, write, last, call, stateOf, owner } = await open()
    const shop = await alias('shop.example')
    await write(shop, 'news@shop.example')
    const link = linkOf(last('List-Unsubscribe'))
    await call('POST', link, ONE_CLICK)
    const told = (await ownMails(db)).filter(({ to }) => to === `${shop.address}` || to.includes('companies')).at(-1)!
    expect(told.subject).toBe(`${shop.address} is burned`)
    expect(told.text).toContain(`https://burn.example/burn/${tokenOf(link)}`)
    await write(shop, 'news@shop.example', { subject: 'Held' })
    expect(await (await call('GET', apiOf(link))).json()).toMatchObject({ alias: shop.address, state: 'burned', can_undo: true, used: true })
    expect(await (await call('POST', apiOf(link), { action: 'undo' })).json()).toMatchObject({ state: 'active', can_undo: false })
    expect(await stateOf(shop)).toBe('active')
    expect((await listHeldRows(db)).filter(({ alias_id: id }) => id === shop.id)).toEqual([])
    expect(owner.id).toBeDefined()
  })

  test('is not there for a burn that its owner made', async () => {
    const { alias, write, last, call } = await open()
    const shop = await alias('shop.example')
    await write(shop, 'news@shop.example')
    const link = linkOf(last('List-Unsubscribe'))
    await db.updateTable('aliases').set({ state: 'burned', burned_at: new Date() }).where('id', '=', shop.id).execute()
    expect((await call('POST', link, ONE_CLICK)).status).toBe(200)
    expect((await call('POST', apiOf(link), { action: 'undo' })).status).toBe(410)
  })
})

describe('K19 by mail', () => {
  const order = (address: string, from: string, wrote = {}) => [{ address } as never, from, { subject: 'burn', ...wrote }] as const

  test('from an inbox of the alias, proven, it burns, and with the subject undo that is undone', async () => {
    const { alias, write, last, stateOf, mail, call } = await open()
    const owner = await mail.account('by-mail', ['me@mine.example'])
    const shop = await alias('shop.example', { account: owner })
    await write(shop, 'news@shop.example')
    const button = last('List-Unsubscribe')
    const address = /<mailto:([^?>]*)/.exec(button)![1]!
    expect(await write(...order(address, 'me@mine.example'))).toMatch(/^250 /)
    expect(await stateOf(shop)).toBe('burned')
    expect(await write(...order(address, 'me@mine.example', { subject: 'Undo' }))).toMatch(/^250 /)
    expect(await stateOf(shop)).toBe('active')
    // Replayed, by mail as by POST.
    expect(await write(...order(address, 'me@mine.example'))).toMatch(/^250 /)
    expect((await call('POST', linkOf(button), ONE_CLICK)).status).toBe(410)
    expect(await stateOf(shop)).toBe('active')
  })

  test('spoofed, from another inbox, or to a forged address it does nothing', async () => {
    const { alias, write, last, stateOf, mail } = await open()
    const owner = await mail.account('by-mail-2', ['me@mine.example'])
    const shop = await alias('shop.example', { account: owner })
    await write(shop, 'news@shop.example')
    const address = /<mailto:([^?>]*)/.exec(last('List-Unsubscribe'))![1]!
    expect(await write(...order(address, 'me@mine.example', { signers: [], returnPath: 'x@evil.example' }))).toMatch(/^550 5\.7\.1/)
    expect(await write(...order(address, 'other@evil.example'))).toMatch(/^550 5\.7\.1/)
    const { rcpt } = await mail.send({ to: `u.${'a'.repeat(48)}@burn.example`, from: 'me@mine.example' })
    expect({ rcpt }).toMatchObject({ rcpt: [expect.stringMatching(/^550 5\.1\.1/)] })
    expect(await stateOf(shop)).toBe('active')
    expect((await mail.activity()).at(-1)).toMatchObject({ kind: 'refused', reason: 'unauthentic' })
  })
})

describe('unsubscribed there', () => {
  test('who writes again within 10 days burns the address, an hour after at the earliest; others do not', async () => {
    const { alias, write, last, call, stateOf, clock } = await open()
    const shop = await alias('shop.example')
    await write(shop, 'news@shop.example', { header: 'List-Unsubscribe: <https://shop.example/u>\r\n' })
    const link = linkOf(last('List-Unsubscribe'))
    expect(await (await call('GET', apiOf(link))).json()).toMatchObject({ theirs: { organisation: 'shop.example', uri: 'https://shop.example/u' } })
    const their = new URL(link).searchParams.get('their')
    expect((await call('POST', apiOf(link), { action: 'burn-if-they-write' })).status).toBe(422)
    expect((await call('POST', apiOf(link), { action: 'burn-if-they-write', their: `${their?.slice(0, -2)}AA` })).status).toBe(422)
    expect((await call('POST', apiOf(link), { action: 'burn-if-they-write', their })).status).toBe(200)
    await write(shop, 'bye@shop.example', { subject: 'You are unsubscribed' })
    await clock.advance(DAY_MS)
    await write(shop, 'news@deals.example')
    expect(await stateOf(shop)).toBe('active')
    await write(shop, 'news@shop.example', { subject: 'One more thing' })
    expect(await stateOf(shop)).toBe('burned')
    expect((await listHeldRows(db)).at(-1)).toMatchObject({ alias_id: shop.id, reason: 'burned' })
  })
})
