// Relay `direct` from the ingress to the mail server of the inbox: what the sender hears, what the owner sees.
import { expect, onTestFinished, test } from 'vitest'
import { retryNow } from '../../../src/store/deliveries.ts'
import { createTlsHistory } from '../../../src/store/tls-history.ts'
import { createDatabase } from '../../support/database.ts'
import { openHops } from '../../support/direct-relay.ts'
import { letter, openMailProcess, type MailProcess } from '../../support/mail-process.ts'
import type { NextHop, Script } from '../../support/next-hop.ts'
import { until } from '../../support/until.ts'
import { openZone, type Records } from '../../support/zone.ts'

const { db, url } = await createDatabase()

const mx = { 'home.example MX': [[10, 'mx.home.example']], 'mx.home.example A': ['127.0.0.2'] } as const

async function open(script: Script, records: Readonly<Record<string, Records>> = mx): Promise<{ hop: NextHop; mail: MailProcess }> {
  const [hop] = await openHops(script)
  const zone = await openZone(records)
  onTestFinished(() => zone[Symbol.asyncDispose]())
  const env = { BURNBOX_MX_PORT: String(hop.port), BURNBOX_MX_ALLOW_PRIVATE: 'true', BURNBOX_DNS: zone.server }
  return { hop, mail: await openMailProcess(url, { relay: 'direct', env }) }
}

let accounts = 0
async function sendThrough(mail: MailProcess): Promise<{ reply: string; alias: string }> {
  const account = await mail.account(`person${accounts += 1}`)
  const { address } = await mail.alias(account)
  const { dot } = await mail.send({ to: address, message: letter() })
  return { reply: dot, alias: address }
}

test('while the sender waits, to the server that the MX names', async () => {
  const { hop, mail } = await open({})
  expect((await sendThrough(mail)).reply).toMatch(/^250 /)
  expect(hop.accepted).toMatchObject([{ forwardPaths: [`person${accounts}@home.example`] }])
  expect(hop.heard.find(({ phase }) => phase === 'ehlo')?.line).toBe('EHLO burn.example')
})

test('N01 what another server says is for the owner, never for the sender', async () => {
  const { mail } = await open({ rcpt: '550 5.1.1 <real@home.example> mailbox unknown' })
  const { reply, alias } = await sendThrough(mail)
  expect(reply).toMatch(/^250 /)
  expect(reply).not.toContain('home.example')
  const held = await db.selectFrom('held').innerJoin('aliases', 'aliases.id', 'held.alias_id').select(['reason', 'reason_text'])
    .where('aliases.address', '=', alias).execute()
  expect(held).toEqual([{ reason: 'refused', reason_text: expect.stringContaining('550 5.1.1 <real@home.example> mailbox unknown') }])
})

test('H01 a domain that takes no mail: held at once, with our own reason', async () => {
  const { mail } = await open({}, { 'home.example MX': [[0, '.']] })
  const { reply, alias } = await sendThrough(mail)
  expect(reply).toMatch(/^250 /)
  const held = await db.selectFrom('held').innerJoin('aliases', 'aliases.id', 'held.alias_id').select(['reason', 'reason_text'])
    .where('aliases.address', '=', alias).execute()
  expect(held).toEqual([{ reason: 'refused', reason_text: expect.stringContaining('5.1.10') }])
})

test('B30 TLS was there before and is not now: 250, queued, and the activity says why', async () => {
  const { hop, mail } = await open({})
  await createTlsHistory(db).remember('home.example', new Date())
  onTestFinished(async () => { await db.deleteFrom('tls_history').execute() })
  const { reply, alias } = await sendThrough(mail)
  expect(reply).toMatch(/^250 /)
  expect(hop.arrived).toEqual([])
  await until(async () => (await mail.activity()).some((line) => line.alias_address === alias && /4\.7\.5 .*not sent in the clear/.test(line.reply ?? '')),
    'the reason in the activity')
})

test('a server that is away: 250, queued, and delivered by the worker when it is back', async () => {
  const { hop, mail } = await open({ greeting: '421 4.3.2 not now' })
  expect((await sendThrough(mail)).reply).toMatch(/^250 /)
  hop.script({})
  // As the operator does: otherwise the pause of that server would have to pass.
  await retryNow(db, new Date(), 'all')
  await until(() => hop.accepted.some(({ forwardPaths }) => forwardPaths[0] === `person${accounts}@home.example`), 'the message')
})

test('a smarthost is found by BURNBOX_DNS alone', async () => {
  const [hop] = await openHops({})
  const zone = await openZone({ 'smarthost.home.example A': ['127.0.0.2'] })
  onTestFinished(() => zone[Symbol.asyncDispose]())
  const mail = await openMailProcess(url, { relay: `smtp://smarthost.home.example:${hop.port}`, env: { BURNBOX_DNS: zone.server } })
  expect((await sendThrough(mail)).reply).toMatch(/^250 /)
  expect(hop.accepted).toMatchObject([{ forwardPaths: [`person${accounts}@home.example`] }])
})
