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
  const shake = async (version: 'TLSv1.1' | 'TLSv1.2' | 'TLSv1.3'): Promise<string> => {
    await using client = await greet(port)
    await client.say('STARTTLS')
    const tls = client.tls({ minVersion: version, maxVersion: version, ciphers: 'DEFAULT@SECLEVEL=0' })
    return await tls.then((socket) => socket.getProtocol() ?? '', () => 'refused')
  }
  expect(await Promise.all([shake('TLSv1.1'), shake('TLSv1.2'), shake('TLSv1.3')])).toEqual(['refused', 'TLSv1.2', 'TLSv1.3'])
})
