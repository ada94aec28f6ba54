// G17 the real program and Debian's real Postfix as the mail server of the inbox, found by MX. What Postfix took goes on to a recording sink.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished } from 'vitest'
import { startPostfix } from '../bench/postfix.ts'
import { startMailHost } from '../support/mail-host.ts'
import { openNextHop } from '../support/next-hop.ts'
import { letter, sendAlone } from '../support/smtp-client.ts'
import { selfSigned } from '../support/tls-hop.ts'
import { testNeeding } from '../support/tools.ts'
import { until } from '../support/until.ts'
import { openZone } from '../support/zone.ts'

const test = testNeeding('postfix', 'root')

test('G17 direct to Postfix over TLS: one clean delivery, the TLS remembered; a recipient that it does not know: held', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'burnbox-postfix-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  const sink = await openNextHop()
  onTestFinished(() => sink[Symbol.asyncDispose]())
  const postfix = await startPostfix(folder, {
    relayPort: sink.port, domain: 'home.example', inbox: 'owner@final.example', aliases: ['owner@home.example'], tls: await selfSigned(['mx.home.example']),
  })
  onTestFinished(postfix.stop)
  const zone = await openZone({ 'home.example MX': [[10, 'dead.home.example'], [20, 'mx.home.example']], 'dead.home.example A': ['127.0.0.77'],
    'mx.home.example A': ['127.0.0.1'] })
  onTestFinished(() => zone[Symbol.asyncDispose]())
  const { program, nextHop, port, addAlias, db } = await startMailHost({
    BURNBOX_RELAY: 'direct', BURNBOX_DNS: zone.server, BURNBOX_MX_PORT: String(postfix.port), BURNBOX_MX_ALLOW_PRIVATE: 'true',
  })
  // What startMailHost leaves to the end of a file that it was called at the top of.
  onTestFinished(async () => {
    await program[Symbol.asyncDispose]()
    await nextHop[Symbol.asyncDispose]()
    await db.destroy()
  })

  const { address } = await addAlias('over-tls')
  expect(await sendAlone(port, { to: address, content: letter('Over TLS') })).toMatch(/^250 /)
  await until(() => sink.accepted.length === 1, 'the message beyond Postfix')
  const [arrived] = sink.accepted
  expect(arrived?.forwardPaths).toEqual(['owner@final.example'])
  const text = arrived?.bytes.toString().replaceAll(/\r\n[ \t]+/g, ' ') ?? ''
  expect(text).toMatch(/^Received: from burn\.example .*using TLSv1\.3.*by home\.example \(Postfix\)/m)
  expect(text.match(/^Subject: Over TLS$/gm)).toHaveLength(1)
  expect(await db.selectFrom('tls_history').select('domain').where('seen_at', 'is not', null).execute()).toEqual([{ domain: 'home.example' }])

  const unknown = await addAlias('to-nobody', { inboxes: ['second@home.example'] })
  expect(await sendAlone(port, { to: unknown.address, content: letter('To nobody') })).toMatch(/^250 /)
  const held = await db.selectFrom('held').innerJoin('aliases', 'aliases.id', 'held.alias_id').select(['held.reason', 'held.reason_text'])
    .where('aliases.uuid', '=', unknown.uuid).execute()
  expect(held).toEqual([{ reason: 'refused', reason_text: expect.stringMatching(/550 5\.1\.1 <second@home\.example>/) }])
})
