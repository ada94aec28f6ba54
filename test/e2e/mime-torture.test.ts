// RELIABILITY group C through the real program: whatever the MIME, the forward has the body that was sent, and the owner of a held one sees it or
// is told that it cannot be shown, and can have the original.
import { createServer } from 'node:http'
import { afterAll, expect, test } from 'vitest'
import { createToken } from '../../src/flow/create-token.ts'
import { createAuth } from '../../src/http/auth.ts'
import { bomb, hostileMime } from '../support/hostile-mime.ts'
import { startMailHost } from '../support/mail-host.ts'
import { sendAlone } from '../support/smtp-client.ts'
import { until } from '../support/until.ts'
import { bodyOf } from '../torture/sample.ts'
import { openHolding } from '../torture/held-view.ts'

const { program, port, nextHop, names, host, owner } = await startMailHost()
const { token } = await createToken(createAuth(host), { accountId: owner, name: 'torture', scopes: [] })
const url = program.url.replace('//localhost:', '//127.0.0.1:')
const holding = openHolding({ url }, token)
const get = async (path: string): Promise<Response> => fetch(url + path, { headers: { authorization: `Bearer ${token}` } })

/** The newest of the held, as the list names it. */
const newest = async (): Promise<string> => {
  const { items } = await (await get('/v1/held?limit=1')).json() as { items: readonly { readonly id: string }[] }
  return items[0]!.id
}

const [taken, refused] = [hostileMime.filter((one) => one.refused === undefined), hostileMime.filter((one) => one.refused !== undefined)]

test.each(taken)('$name: forwarded octet for octet; held, and shown or said not to be', async ({ content }) => {
  const message = content()
  const before = nextHop.arrived.length
  expect(await sendAlone(port, { to: names['alias']!, content: message })).toMatch(/^250 /)
  await until(() => nextHop.arrived.length > before, 'the message at the next hop', { milliseconds: 60_000 })
  expect(bodyOf(nextHop.arrived[before]!.bytes).equals(bodyOf(message)), 'the body at the next hop').toBe(true)
  expect(await sendAlone(port, { to: names['burned']!, content: message })).toMatch(/^250 /)
  const held = await holding.takeNewest()
  expect(held!.failures).toEqual([])
  expect(held!.bytes.equals(message), 'the original').toBe(true)
})

test.each(refused)('$name: $refused, for the one alias as for the other', async ({ content, refused: reply = '' }) => {
  const before = nextHop.arrived.length
  for (const to of [names['alias']!, names['burned']!]) expect((await sendAlone(port, { to, content: content() })).slice(0, reply.length)).toBe(reply)
  expect(nextHop.arrived).toHaveLength(before)
  expect(await holding.takeNewest()).toBeUndefined()
})

test('C12 the document of a held message is UTF-8, whatever its charset says, and runs nothing', async () => {
  for (const { content } of hostileMime.filter(({ name }) => /^C1[12] /.test(name))) {
    expect(await sendAlone(port, { to: names['burned']!, content: content() })).toMatch(/^250 /)
    const page = await get(`/v1/held/${await newest()}/view`)
    expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8')
    expect(page.headers.get('x-content-type-options')).toBe('nosniff')
    expect(await page.text()).not.toMatch(/<script/i)
    await holding.takeNewest()
  }
})

test('C13 an archive is an attachment: the octets that were sent, and nobody looks into it', async () => {
  const { content } = hostileMime.find(({ name }) => name.startsWith('C13 an archive'))!
  expect(await sendAlone(port, { to: names['burned']!, content: content() })).toMatch(/^250 /)
  const id = await newest()
  const { attachments } = await (await get(`/v1/held/${id}`)).json() as { attachments: readonly { readonly url: string; readonly size: number }[] }
  expect(attachments).toMatchObject([{ size: bomb().length }])
  expect(Buffer.from(await (await get(attachments[0]!.url)).arrayBuffer()).equals(bomb())).toBe(true)
  await holding.takeNewest()
})

test('C14 what a message says lies elsewhere is not fetched, neither at the door nor by the reader', async () => {
  const asked: string[] = []
  const server = createServer((request, response) => { asked.push(request.url ?? ''); response.end('fetched') }).listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  afterAll(() => server.close())
  const { port: elsewhere } = server.address() as { port: number }
  const content = Buffer.from([
    'From: Shop <shop@shop.example>', 'Subject: elsewhere', 'MIME-Version: 1.0', 'Content-Type: multipart/mixed; boundary=b', '', '--b',
    `Content-Type: message/external-body; access-type=URL; URL="http://127.0.0.1:${elsewhere}/body"`, '', 'Content-Type: text/html', '', '',
    '--b', 'Content-Type: text/html', '', `<img src="http://127.0.0.1:${elsewhere}/image">`,
    `<link rel=stylesheet href="http://127.0.0.1:${elsewhere}/style">`, '--b--', '',
  ].join('\r\n'))
  for (const to of [names['alias']!, names['burned']!]) expect(await sendAlone(port, { to, content })).toMatch(/^250 /)
  const held = await holding.takeNewest()
  expect(held).toMatchObject({ shown: true, failures: [] })
  expect(asked).toEqual([])
})

test('C15 attachments are saved under harmless names', async () => {
  const { content } = hostileMime.find(({ name }) => name.startsWith('C15'))!
  expect(await sendAlone(port, { to: names['burned']!, content: content() })).toMatch(/^250 /)
  const { attachments } = await (await get(`/v1/held/${await newest()}`)).json() as { attachments: readonly { readonly url: string }[] }
  expect(attachments).toHaveLength(8)
  for (const one of attachments) {
    const disposition = (await get(one.url)).headers.get('content-disposition')!
    const [, plain = '', utf8 = ''] = /^attachment; filename="([^"\\]*)"; filename\*=UTF-8''(\S*)$/i.exec(disposition) ?? []
    expect(plain, disposition).toMatch(/^[^/\\:\p{Cc}\p{Cf}]{1,150}$/u)
    expect(decodeURIComponent(utf8), disposition).toMatch(/^[^/\\:\p{Cc}\p{Cf}]{1,150}$/u)
    expect(plain).not.toMatch(/^\.+$/)
  }
  await holding.takeNewest()
})

test('the program is whole after all this: no fault in its log, and the next message goes through', async () => {
  expect((await get('/readyz')).status).toBe(200)
  expect(program.output().split('\n').filter((line) => /"level":(50|60)/.test(line))).toEqual([])
})
