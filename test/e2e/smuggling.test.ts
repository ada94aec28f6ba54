// SMTP smuggling (RELIABILITY B01–B16): whatever a next server might take for the end of the data, and STARTTLS.
// The smuggled message goes to an alias of its own: nothing may ever come to it.
import { expect, test } from 'vitest'
import { startMailHost } from '../support/mail-host.ts'
import { connectClient, greet, letter, send } from '../support/smtp-client.ts'
import { smugglingSequences } from '../support/smuggling-sequences.ts'

const { port, nextHop, names, addAlias, db } = await startMailHost()
const victim = await addAlias('victim-1')

const smuggled = `MAIL FROM:<evil@evil.example>\r\nRCPT TO:<${victim.address}>\r\nDATA\r\nFrom: evil@evil.example\r\n\r\nsmuggled\r\n.\r\n`
const envelope = `MAIL FROM:<shop@shop.example>\r\nRCPT TO:<${names['alias']}>\r\nDATA\r\n`
const header = 'From: shop@shop.example\r\nSubject: first\r\n\r\nbody'

type Cut = { readonly pieces: readonly string[]; readonly waitForGo: boolean }

/** What is said after the envelope was taken, until the server hangs up. */
const converse = async ({ pieces, waitForGo }: Cut): Promise<readonly string[]> => {
  await using client = await greet(port)
  await client.write(envelope + (waitForGo ? '' : pieces.join('')))
  const replies = [await client.reply(), await client.reply(), await client.reply()]
  if (waitForGo) for (const piece of pieces) await client.write(piece, { pauseMs: 3 })
  const rest = await client.closed()
  return [...replies.map((reply) => reply.slice(0, 3)), ...rest.split('\r\n').filter(Boolean)]
}

const refused = ['250', '250', '354', '550 5.5.2 Lines must end in CRLF, without bare CR, bare LF or NUL']

for (const [number, octets] of smugglingSequences) {
  const name = JSON.stringify(octets)
  test(`${number} ${name}: 550 5.5.2 at the real end, then closed`, async () => {
    expect(await converse({ pieces: [header + octets + smuggled], waitForGo: true })).toEqual(refused)
    expect(await converse({ pieces: [header + octets + smuggled], waitForGo: false })).toEqual(refused)
  })

  test(`B15 ${number} ${name} cut at every octet: the same`, async () => {
    const cuts = [...octets].map((_, at): Cut => ({ pieces: [header + octets.slice(0, at), octets.slice(at) + smuggled], waitForGo: true }))
    const single: Cut = { pieces: [header, ...octets, smuggled], waitForGo: true }
    for (const replies of await Promise.all([...cuts, single].map(converse))) expect(replies).toEqual(refused)
  })

  test(`B16 ${number} ${name} as the first octets of the data: the same`, async () => {
    expect(await converse({ pieces: [octets + smuggled], waitForGo: true })).toEqual(refused)
    expect(await converse({ pieces: [octets, smuggled], waitForGo: true })).toEqual(refused)
  })
}

test('B01–B16 nothing came of any of it, neither the message nor what it carried', async () => {
  await using client = await greet(port)
  expect(await send(client, { to: names['alias']!, content: letter('after all that') })).toMatch(/^250 /)
  expect(nextHop.arrived.map((one) => /^Subject: (.*)\r$/m.exec(one.bytes.toString())?.[1])).toEqual(['after all that'])
  expect(await db.selectFrom('messages').selectAll().execute()).toEqual([])
  expect(await db.selectFrom('activity').select('kind').where('alias_id', '=', victim.id).execute()).toEqual([{ kind: 'created' }])
})

test('B23 200 commands behind STARTTLS in one segment are all dropped', async () => {
  await using client = await greet(port)
  await client.write(`STARTTLS\r\n${'NOOP\r\n'.repeat(200)}MAIL FROM:<evil@evil.example>\r\n`)
  expect(await client.reply()).toMatch(/^220 /)
  await client.tls()
  expect(await client.say('EHLO mail.shop.example')).toMatch(/^250-burn\.example\n/)
  expect(await client.say('RCPT TO:<x@burn.example>')).toMatch(/^503 /)
})

test('B26 garbage and a reset instead of a handshake: closed, and the next client is served', async () => {
  for (const end of ['garbage', 'reset'] as const) {
    await using client = await greet(port)
    expect(await client.say('STARTTLS')).toMatch(/^220 /)
    if (end === 'reset') client.reset()
    else await client.write('this is no handshake at all\r\n')
    await client.closed()
  }
  await using next = await connectClient(port)
  expect(await next.reply()).toMatch(/^220 /)
})

test('B27 TLS 1.2 and 1.3, nothing older', async () => {
  const shake = async (version: 'TLSv1' | 'TLSv1.1' | 'TLSv1.2' | 'TLSv1.3'): Promise<string> => {
    await using client = await greet(port)
    await client.say('STARTTLS')
    const tls = client.tls({ minVersion: version, maxVersion: version, ciphers: 'DEFAULT@SECLEVEL=0' })
    return await tls.then((socket) => socket.getProtocol() ?? '', () => 'refused')
  }
  expect(await Promise.all([shake('TLSv1'), shake('TLSv1.1'), shake('TLSv1.2'), shake('TLSv1.3')])).toEqual(['refused', 'refused', 'TLSv1.2', 'TLSv1.3'])
})

/** RFC 5246 §7.4.1.2: our own OpenSSL can no longer ask for some of these. */
const clientHello = (suites: readonly number[]): Buffer => {
  const u16 = (...values: readonly number[]): Buffer => Buffer.from(values.flatMap((value) => [value >> 8, value & 255]))
  // Signature algorithms (13): RSA with SHA-256, PKCS #1 and PSS; groups (10): P-256. Without them everything would be refused.
  const extensions = u16(13, 6, 4, 0x0401, 0x0804, 10, 4, 2, 23)
  const body = Buffer.concat([
    u16(0x0303), Buffer.alloc(32, 7), Buffer.of(0), u16(2 * suites.length, ...suites), Buffer.of(1, 0), u16(extensions.length), extensions,
  ])
  const handshake = Buffer.concat([Buffer.of(1, 0), u16(body.length), body])
  return Buffer.concat([Buffer.of(22), u16(0x0301, handshake.length), handshake])
}

test('B27 ciphers that encrypt nothing or next to it are refused, one that is good is not', async () => {
  const suites: Readonly<Record<string, number>> = {
    NULL_MD5: 0x0001, NULL_SHA256: 0x003b, EXPORT_RC4: 0x0003, EXPORT_DES: 0x0008, RC4_MD5: 0x0004, RC4_SHA: 0x0005, DES: 0x0009, '3DES': 0x000a,
    anonymous_AES: 0x0034, ECDHE_NULL: 0xc010, ECDHE_RC4: 0xc011,
  }
  const answered = async (...offered: readonly number[]): Promise<number | undefined> => {
    await using client = await greet(port)
    expect(await client.say('STARTTLS')).toMatch(/^220 /)
    const record = Promise.withResolvers<number | undefined>()
    client.socket().removeAllListeners('data').once('data', (bytes: Buffer) => record.resolve(bytes[0]))
    client.socket().once('close', () => record.resolve(undefined))
    await client.write(clientHello(offered))
    return await record.promise
  }
  const [alert, handshake] = [21, 22]
  for (const [name, suite] of Object.entries(suites)) expect(await answered(suite), name).toBe(alert)
  expect(await answered(...Object.values(suites), 0xc02f)).toBe(handshake)
})
