// The holding mailbox over HTTP, and the reader at this level: M01–M06, C07, C15, M11–M13. (What a browser does with it: test/browser.)
import { describe, expect, test } from 'vitest'
import { createReader } from '../../../src/http/reader/reader.ts'
import { createDatabase } from '../../support/database.ts'
import { holdMessage } from '../../support/held-message.ts'
import { startWeb } from '../../support/web-host.ts'

const { db } = await createDatabase()
const web = await startWeb(db)
const ada = await web.person('ada', { role: 'operator' })
const bob = await web.person('bob')
const { body: alias } = await web.call('POST', '/v1/aliases', { token: ada.token, json: { site: 'shop.example' } })
await web.call('POST', `/v1/aliases/${alias.id}/burn`, { token: ada.token })

const hold = (message: string | Buffer, options = {}) => holdMessage(db, alias.id, message, options)
const html = (body: string, more = ''): string =>
  `From: a@b.example\nTo: c@d.example\nMIME-Version: 1.0\nContent-Type: text/html; charset=utf-8\n${more}\n${body}\n`
const view = async (id: string) => (await web.call('GET', `/v1/held/${id}/view`, { token: ada.token }))
const viewOf = async (body: string) => (await view(await hold(html(body)))).text
const bodyOf = (document: string): string => document.slice(document.indexOf('<body>') + 6, document.indexOf('</body>'))
const get = (path: string, token = ada.token) => web.call('GET', path, { token })

const mixed = (parts: readonly string[]): string => [
  'From: a@b.example', 'MIME-Version: 1.0', 'Content-Type: multipart/mixed; boundary="x"', '', ...parts.flatMap((part) => ['--x', part]), '--x--', '',
].join('\n')
const png = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='

describe('holding', () => {
  test('list, read, original bytes, delete', async () => {
    const raw = [
      'From: "A shop" <shop@shop.example>', 'To: you@burn.localhost', 'Subject: =?utf-8?q?Gr=C3=B6=C3=9Fe?=', 'Date: Tue, 14 Jul 2026 09:30:00 +0200',
      '', 'Hello,', '', 'see https://shop.example/a?b=1&c=2.', '',
    ].join('\n')
    const authentication = 'burn.localhost; spf=pass smtp.mailfrom=shop.example; dkim=none; dmarc=none header.from=shop.example'
    const id = await hold(raw, { subject: 'Größe', authentication })
    const listed = (await get(`/v1/held?alias_id=${alias.id}&limit=1`)).body.items[0]
    expect(listed).toMatchObject({ id, alias_id: alias.id, alias: alias.address, subject: 'Größe', direction: 'in', reason: 'burned', read: false })
    const { body } = await get(`/v1/held/${id}`)
    expect(body).toMatchObject({
      ...listed, shown: true, to: 'you@burn.localhost', date: '2026-07-14T07:30:00.000Z',
      text: expect.stringContaining('Hello,'), remote: 0, attachments: [], authentication,
    })
    expect((await get(`/v1/held/${id}`)).body.read).toBe(true)

    const original = await get(`/v1/held/${id}/raw`)
    expect(original.text).toBe(raw.replaceAll('\n', '\r\n'))
    expect(original.headers.get('content-type')).toBe('message/rfc822')
    expect(original.headers.get('content-disposition')).toMatch(/^attachment; filename="Gr__e\.eml"/)
    expect(original.headers.get('content-security-policy')).toMatch(/^sandbox;/)

    expect((await view(id)).text).toContain('<a href="https://shop.example/a?b=1&amp;c=2" target="_blank" rel="noopener noreferrer nofollow">')
    for (const [method, expected] of [['DELETE', 204], ['GET', 404], ['DELETE', 404]] as const) {
      expect((await web.call(method, `/v1/held/${id}`, { token: ada.token })).status).toBe(expected)
    }
  })

  test('pages hold each message once', async () => {
    for (let n = 0; n < 5; n++) await hold('Subject: page\n\nx\n')
    const all = (await get('/v1/held?limit=200')).body.items.map((one: { id: string }) => one.id)
    const seen: string[] = []
    for (let cursor: string | null = ''; cursor !== null;) {
      const { body } = await get(`/v1/held?limit=2${cursor === '' ? '' : `&cursor=${cursor}`}`)
      seen.push(...body.items.map((one: { id: string }) => one.id))
      cursor = body.next
    }
    expect(seen).toEqual(all)
    expect((await get('/v1/held', bob.token)).body).toEqual({ items: [], next: null })
    expect((await get(`/v1/held?alias_id=${alias.id}`, bob.token)).body).toEqual({ items: [], next: null })
  })

  test('D29 released once, however often and from however many sides it is asked', async () => {
    const id = await hold('Subject: once\n\nx\n')
    const answers = await Promise.all(Array.from({ length: 10 }, () => web.call('POST', `/v1/held/${id}/release`, { token: ada.token })))
    expect(answers.map((one) => one.status)).toEqual(Array.from({ length: 10 }, () => 200))
    const rows = await db.selectFrom('deliveries as d').innerJoin('held as h', 'h.id', 'd.held_id').select('d.id').where('h.uuid', '=', id).execute()
    expect(rows).toHaveLength(1)
    expect((await web.call('POST', `/v1/held/${id}/release`, { token: bob.token })).status).toBe(404)
  })

  test('a reply that would show an inbox: 409, unless anyway', async () => {
    const id = await hold('Subject: reply\n\nx\n', { reason: 'would-reveal' })
    const release = (json?: object) => web.call('POST', `/v1/held/${id}/release`, { token: ada.token, json })
    expect(await release()).toMatchObject({ status: 409, body: { code: 'would-reveal' } })
    expect(await release({ anyway: 'yes' })).toMatchObject({ status: 422 })
    expect((await release({ anyway: true })).status).toBe(200)
  })

  test('what was found in it is read, and it is sent without that part', async () => {
    const { body: alias } = await web.call('POST', '/v1/aliases', { token: ada.token, json: { site: 'flat.example' } })
    const { body: landlord } = await web.call('POST', `/v1/aliases/${alias.id}/correspondents`, {
      token: ada.token, json: { address: 'landlord@flat.example' },
    })
    const { id: correspondent } = await db.selectFrom('correspondents').select('id').where('uuid', '=', landlord.id).executeTakeFirstOrThrow()
    const reply = [
      `From: ${alias.address}`, 'To: landlord@flat.example', 'Subject: Re: flat', 'MIME-Version: 1.0', 'Content-Type: multipart/mixed; boundary=b', '', '--b',
      'Content-Type: text/plain', '', 'Good day', '--b', 'Content-Type: text/plain; name=card.txt', 'Content-Disposition: attachment; filename=card.txt', '',
      'ada@home.example', '--b--', '',
    ].join('\n')
    const found = (part: string | null) => ({ what: 'address', shown: 'ada@home.example', where: 'attachment card.txt', part }) as const
    const held = (part: string | null) => holdMessage(db, alias.id, reply, {
      reason: 'would-reveal', out: { correspondentIds: [correspondent], finds: [found(part)] },
    })
    const [inHeader, inPart] = [await held(null), await held('2')]
    const read = async (id: string) => (await web.call('GET', `/v1/held/${id}`, { token: ada.token })).body
    expect(await read(inHeader)).toMatchObject({ direction: 'out', to: 'landlord@flat.example', finds: [{ removable: false }] })
    expect((await read(inPart)).finds).toEqual([{ what: 'address', shown: 'ada@home.example', where: 'attachment card.txt', removable: true }])
    const without = (id: string) => web.call('POST', `/v1/held/${id}/release`, { token: ada.token, json: { without: true } })
    expect(await without(inHeader)).toMatchObject({ status: 409, body: { code: 'would-reveal' } })
    expect((await without(inPart)).status).toBe(200)
    const queued = await db.selectFrom('deliveries as d').innerJoin('message_chunks as c', 'c.message_id', 'd.message_id').select(['d.kind', 'c.bytes'])
      .where('d.correspondent_id', '=', correspondent).execute()
    expect(queued).toMatchObject([{ kind: 'reply' }])
    expect(queued[0]!.bytes.toString()).toContain('Good day')
    expect(queued[0]!.bytes.toString()).not.toContain('ada@home.example')
    const rest = await web.call('POST', '/v1/held/release', { token: ada.token, json: { alias_id: alias.id } })
    expect(rest.body).toMatchObject({ released: 0, skipped: 1 })
  })

  test('an alias with held mail is forgotten only with its mail: 409 has-mail, then discard=true', async () => {
    const { body: other } = await web.call('POST', '/v1/aliases', { token: ada.token, json: { site: 'other.example' } })
    await holdMessage(db, other.id, 'Subject: waits\n\nx\n', { reason: 'refused' })
    expect(await web.call('DELETE', `/v1/aliases/${other.id}`, { token: ada.token })).toMatchObject({ status: 409, body: { code: 'has-mail' } })
    expect((await web.call('DELETE', `/v1/aliases/${other.id}?discard=false`, { token: ada.token })).status).toBe(409)
    expect((await web.call('DELETE', `/v1/aliases/${other.id}?discard=true`, { token: ada.token })).status).toBe(204)
    const left = await db.selectFrom('messages').leftJoin('held', 'held.message_id', 'messages.id').leftJoin('deliveries as d', 'd.message_id', 'messages.id')
      .select('messages.id').where('held.id', 'is', null).where('d.id', 'is', null).execute()
    expect(left).toEqual([])
  })

  test('restore with release_held lets go what the latest burn held, once, from two sides at the same time', async () => {
    const { body: other } = await web.call('POST', '/v1/aliases', { token: ada.token, json: { site: 'third.example' } })
    const step = (to: string, json?: object) => web.call('POST', `/v1/aliases/${other.id}/${to}`, { token: ada.token, json })
    await step('burn')
    await holdMessage(db, other.id, 'Subject: first burn\n\nx\n')
    await step('restore')
    await step('burn')
    await holdMessage(db, other.id, 'Subject: second burn\n\nx\n')
    await holdMessage(db, other.id, 'Subject: refused\n\nx\n', { reason: 'refused' })
    const answers = await Promise.all([step('restore', { release_held: true }), step('restore', { release_held: true })])
    expect(answers.map((one) => one.body.released).sort()).toEqual([0, 1])
    expect((await step('restore', { release_held: 'all' })).body).toMatchObject({ state: 'active', released: 1, holding: 1 })
  })
})

test('L20 more restores at once than there are connections: each is answered, none waits for another', async () => {
  const ids: string[] = []
  for (let n = 0; n < 30; n++) ids.push((await web.call('POST', '/v1/aliases', { token: ada.token, json: {} })).body.id)
  const answers = await Promise.all(ids.map((id) => web.call('POST', `/v1/aliases/${id}/restore`, { token: ada.token, json: { release_held: true } })))
  expect(new Set(answers.map((one) => one.status))).toEqual(new Set([200]))
})

describe('the sealed view', () => {
  test('M02 its policy: sandbox without scripts and origin, nothing loaded, framed by us alone', async () => {
    const { status, headers, text } = await view(await hold(html('<p>Hello</p>')))
    expect(status).toBe(200)
    expect(headers.get('content-type')).toBe('text/html; charset=utf-8')
    const policy = headers.get('content-security-policy')!
    expect(policy).toMatch(/^sandbox /)
    expect(policy).not.toMatch(/allow-scripts|allow-same-origin|allow-forms|allow-top-navigation/)
    expect(policy).toMatch(/default-src 'none'; img-src data:; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'/)
    expect(headers.get('x-frame-options')).toBe('SAMEORIGIN')
    expect(headers.get('cache-control')).toBe('no-store')
    expect(bodyOf(text)).toBe('<p>Hello</p>\n')
  })

  test.each([
    '<script>alert(1)</script>', '<img src=x onerror=alert(1)>', '<svg onload=alert(1)><script>alert(1)</script></svg>',
    '<a href="javascript:alert(1)">x</a>',
    '<a href=" java\tscript:alert(1)">x</a>', '<a href="data:text/html,<script>alert(1)</script>">x</a>',
    '<iframe src="javascript:alert(1)" srcdoc="<script>1</script>"></iframe>',
    '<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=alert(1)&gt;">',
    '<noscript><p title="</noscript><img src=x onerror=alert(1)>">',
    '<object data="x"></object><embed src="x"><applet></applet>', '<base href="https://evil.example/">',
    '<meta http-equiv=refresh content="0;url=https://evil.example">',
    '<form action="https://evil.example"><input name=a autofocus onfocus=alert(1)></form>',
    '<button formaction="javascript:alert(1)">x</button><textarea>t</textarea><select><option>o</select>',
    '<div style="background:url(javascript:alert(1))" onclick="alert(1)">x</div>',
    '<style>@import "https://evil.example";*{background:url(https://evil.example)}</style>', '<link rel=stylesheet href="https://evil.example">',
    '<video src=x poster=x onerror=alert(1)></video><audio src=x onerror=alert(1)>', '<details open ontoggle=alert(1)>', '<body onload=alert(1)>',
    '<marquee onstart=alert(1)>x</marquee>',
    '<template><script>alert(1)</script></template>', '<xmp><script>alert(1)</script></xmp>', '<plaintext><script>',
    '<!--[if IE]><script>alert(1)</script><![endif]-->', '<a href="vbscript:x">x</a>',
    '<img src="data:image/svg+xml;base64,PHN2Zy8+">', '<img src="data:text/html,<script>">',
    '<a xlink:href="javascript:alert(1)" href="//evil.example" ping="https://evil.example">x</a>',
  ])('M01 nothing that could act is left of %s', async (payload) => {
    const body = bodyOf(await viewOf(payload))
    expect(body).not.toMatch(/<(?!\/?(?:a|div|span|p|img|br)\b)[a-z!]/i)
    expect(body).not.toMatch(/\son\w+\s*=|javascript:|vbscript:|srcdoc|formaction|ping=|<img(?![^>]*data:image\/(?:png|jpeg|gif|webp);)/i)
    expect(body).not.toMatch(/alert\(1\)(?![^<]*&)|@import|url\(/)
  })

  test('M03 nothing remote is named as a source; what was left out is counted', async () => {
    const id = await hold(html([
      '<img src="https://img.evil.example/p.gif?u=1" width=1 height=1>', '<img srcset="https://evil.example/2x 2x" src="//evil.example/a.png" alt="Logo">',
      '<table background="https://evil.example/b.png"><tr><td>cell</td></tr></table>',
      '<div style="background-image:url(https://evil.example/c.png);color:red">text</div>', '<link rel="prefetch" href="https://evil.example">',
      '<input type=image src="https://evil.example/d.png">',
    ].join('\n')))
    const document = (await view(id)).text
    expect(document).not.toMatch(/(?:src|srcset|background|poster|action|xlink:href|data)\s*=\s*["']?(?:https?:)?\/\//i)
    expect(document).not.toMatch(/url\(|@import/)
    expect(document).toContain('image not loaded: img.evil.example')
    expect(document).toContain('>Logo</span>')
    expect(document).toContain('<div style="color:red">text</div>')
    expect((await get(`/v1/held/${id}`)).body.remote).toBeGreaterThanOrEqual(4)
  })

  test('M04 links open outside, say nothing about us, and show where they lead', async () => {
    const evil = 'https://evil.example/login?x=1'
    const body = bodyOf(await viewOf([
      `<a href="${evil}" target="_top" rel="opener" onclick="x()">https://bank.example</a>`, '<a href="https://bücher.example/">b</a>',
    ].join(' ')))
    expect(body).toContain(
      `<a href="${evil}" target="_blank" rel="noopener noreferrer nofollow" title="${evil}" data-host="evil.example">https://bank.example</a>`)
    expect(body).toContain('data-host="xn--bcher-kva.example"')
  })

  test('M05 style is appearance: no place, no layer, no function', async () => {
    const style = [
      'position:fixed', 'top:0', 'z-index:9', 'color:#f00', 'width:expression(alert(1))', '-moz-binding:url(x)', 'background:\\75rl(x)',
      'content:"x"', 'font-size:12px', 'behavior:url(x)', 'opacity:0', 'color:var(--x)', 'margin:1px 2px',
    ].join(';')
    expect(bodyOf(await viewOf(`<p style='${style}'>x</p>`))).toBe('<p style="color:#f00;font-size:12px;margin:1px 2px">x</p>\n')
    const wide = bodyOf(await viewOf(`<p style="${'color:red;'.repeat(1_000_000 / 10)}">x</p>`))
    expect(wide.length).toBeLessThan(3_000)
  })

  test('M12 cid: images of four plain types are inlined, others are not, and not without end', async () => {
    const part = (cid: string, type: string, bytes: string) =>
      `Content-Type: ${type}\nContent-ID: <${cid}>\nContent-Transfer-Encoding: base64\nContent-Disposition: inline\n\n${bytes}\n`
    const image = (cid: string) => `<img src="cid:${cid}@x" alt="${cid}">`
    const id = await hold(mixed([
      `Content-Type: text/html; charset=utf-8\n\n${['ok', 'svg', 'none', ...Array.from({ length: 200 }, () => 'big')].map(image).join('')}\n`,
      part('ok@x', 'image/png', png), part('svg@x', 'image/svg+xml', Buffer.from('<svg onload="alert(1)"/>').toString('base64')),
      part('big@x', 'image/gif', Buffer.alloc(100_000).toString('base64')),
    ]))
    const document = (await view(id)).text
    expect(document).toContain(`<img src="data:image/png;base64,${png}" alt="ok" />`)
    expect(document).not.toContain('svg+xml')
    expect(document).toMatch(/<span>svg<\/span><span>none<\/span>/)
    expect(document.length).toBeLessThan(11 * 1024 * 1024)
    expect((await get(`/v1/held/${id}`)).body.attachments).toHaveLength(3)
  })

  test('M11 plain text is escaped and linked in linear time', async () => {
    const text = '<script>alert(1)</script> javascript:alert(1) "https://a.example/x?<b>" http://evil.example.'
    const body = bodyOf((await view(await hold(`Content-Type: text/plain\n\n${text}\n`))).text)
    expect(body).toContain('&lt;script&gt;alert(1)&lt;/script&gt; javascript:alert(1)')
    expect(body.match(/<a href="[^"]*"/g)).toEqual(['<a href="https://a.example/x"', '<a href="http://evil.example/"'])
    expect((await view(await hold(`Content-Type: text/plain\n\n${'http://a.'.repeat(50_000)}\n`))).status).toBe(200)
  })

  test('M08 header text is one clipped line without control or direction characters', async () => {
    const to = `=?utf-8?q?a=0D=0ABcc:_x=E2=80=AEy?= <a@b.example>, ${'long@name.example, '.repeat(500)}z@z.example`
    const { body } = await get(`/v1/held/${await hold(`To: ${to}\n\nx\n`)}`)
    expect(body.to).not.toMatch(/[\p{Cc}\p{Cf}]/u)
    expect(body.to.length).toBeLessThanOrEqual(2_000)
  })
})

describe('attachments', () => {
  test('M06 whatever it is, it comes as a download of plain bytes', async () => {
    for (const [type, content] of [
      ['text/html', '<script>alert(1)</script>'], ['image/svg+xml', '<svg onload="alert(1)"/>'],
      ['application/pdf', '%PDF-1.4'], ['text/javascript', 'alert(1)'], ['application/xhtml+xml', '<x/>'],
    ]) {
      const id = await hold(mixed([
        'Content-Type: text/plain\n\ntext\n',
        `Content-Type: ${type}; name="evil.html"\nContent-Disposition: attachment; filename="evil.html"\n\n${content}`,
      ]))
      const { attachments } = (await get(`/v1/held/${id}`)).body
      expect(attachments).toMatchObject([{ n: 0, name: 'evil.html', type }])
      const { status, headers, text } = await get(attachments[0].url)
      expect({ status, text }).toEqual({ status: 200, text: content })
      expect(headers.get('content-type')).toBe('application/octet-stream')
      expect(headers.get('content-disposition')).toMatch(/^attachment; filename="evil\.html"/)
      expect(headers.get('x-content-type-options')).toBe('nosniff')
      expect(headers.get('content-security-policy')).toBe("sandbox; default-src 'none'; frame-ancestors 'none'")
    }
  })

  test('M07 somebody else’s, or one that is not there: 404', async () => {
    const id = await hold(mixed(['Content-Type: text/plain\n\ntext\n', 'Content-Type: application/x\nContent-Disposition: attachment; filename=a\n\nx']))
    expect((await get(`/v1/held/${id}/attachments/0`)).status).toBe(200)
    expect((await get(`/v1/held/${id}/attachments/0`, bob.token)).status).toBe(404)
    for (const n of ['1', '-1', '1e3', 'x', '99999', '0.0', '%00']) expect((await get(`/v1/held/${id}/attachments/${n}`)).status).toBe(404)
  })
})

describe('what cannot be read is said, and offered as it is', () => {
  const shown = async (id: string) => {
    const { status, body } = await get(`/v1/held/${id}`)
    const document = await view(id)
    expect([status, document.status]).toEqual([200, 200])
    return { ...body, document: document.text }
  }

  test('over 25 MB', async () => {
    const id = await hold(Buffer.concat([Buffer.from('Subject: big\r\n\r\n'), Buffer.alloc(26 * 1024 * 1024, 'x\r\n')]))
    expect(await shown(id)).toMatchObject({
      shown: false, why: expect.stringMatching(/too large/), document: expect.stringContaining('Download the original'),
    })
    const { headers } = await get(`/v1/held/${id}/raw`)
    expect(headers.get('content-length')).toBe(String(26 * 1024 * 1024 + 16))
  })

  test('G7 the worker has its time and no more, and the next message is read all the same', async () => {
    await using reader = createReader({ patienceMs: 1 })
    const bytes = Buffer.from(`To: ${'a:'.repeat(100_000)}\r\n\r\nx`)
    const late = await reader.read({ size: bytes.length, bytes: (async function* () { yield bytes })() })
    expect(late).toEqual({ shown: false, why: 'Reading it takes too long.' })
    await using other = createReader()
    const small = Buffer.from('Subject: x\r\n\r\nhello')
    expect(await other.read({ size: small.length, bytes: (async function* () { yield small })() })).toMatchObject({ shown: true, text: 'hello' })
  })

  test.each([
    ['C01 1,000 nested multiparts', () => Array.from({ length: 1_000 }, (_, n) => `Content-Type: multipart/mixed; boundary="${n}"\n\n--${n}\n`).join('')],
    ['C07 3,200 nested <div>', () => html('<div>'.repeat(3_200))],
    ['C07 200,000 nested <div>', () => html('<div>'.repeat(200_000))],
    ['C04 a header of 1 MB in one line', () => `Subject: ${'x'.repeat(1_000_000)}\n\nbody\n`],
    ['C05 a million parentheses', () => `To: ${'('.repeat(1_000_000)}\n\nbody\n`],
    ['C08 300,000 lines of format=flowed', () => `Content-Type: text/plain; format=flowed\n\n${'> \n'.repeat(300_000)}`],
    ['C03 20,000 empty parts', () => mixed(Array.from({ length: 20_000 }, () => 'Content-Type: text/plain\n'))],
    ['C12 unknown and hostile charsets', () => html('+ADw-script+AD4-alert(1)+ADw-/script+AD4-').replace('utf-8', 'utf-7')],
    ['no header', () => '\nbody\n'], ['nothing but a header', () => 'Subject: x'], ['nothing', () => '\n'],
    ['a message/rfc822', () => 'Content-Type: message/rfc822\n\nSubject: inner\n\nbody\n'],
    ['C14 an external body', () => 'Content-Type: message/external-body; access-type=URL; URL="https://evil.example/x"\n\nContent-Type: text/plain\n\n'],
  ])('%s: 200 with a view or a reason', async (_name, message) => {
    const { shown: isShown, why, document } = await shown(await hold(message()))
    expect(isShown || /\S/.test(why)).toBe(true)
    expect(document).toMatch(/^<!doctype html>/)
    expect(document).not.toMatch(/<script/i)
  })
})
