// Webhooks, from what happened to the call: real mail, a real HTTP server, the time in the test's hand.
import { createHmac } from 'node:crypto'
import { simpleParser } from 'mailparser'
import { expect, test } from 'vitest'
import { burnAlias } from '../../../src/flow/burn-alias.ts'
import { lapse } from '../../../src/flow/lapse.ts'
import { releaseHeld } from '../../../src/flow/release-held.ts'
import { endWebhookCalls, sendWebhookCalls } from '../../../src/flow/send-webhook-calls.ts'
import { sendNotices } from '../../../src/flow/send-notices.ts'
import { suspendAccount } from '../../../src/flow/suspend-account.ts'
import { addWebhook, changeWebhook } from '../../../src/flow/webhooks.ts'
import { webhookEvents, webhookState, type WebhookEvent } from '../../../src/policy/webhook.ts'
import { claimCalls } from '../../../src/store/webhook-calls.ts'
import { webhookByUuid } from '../../../src/store/webhooks.ts'
import { openCompanies } from '../../support/companies.ts'
import { createDatabase } from '../../support/database.ts'
import { openHookServer } from '../../support/hook-server.ts'
import { until } from '../../support/until.ts'

const { db, url } = await createDatabase()
const MINUTE_MS = 60_000
const DAY_MS = 86_400_000

const open = async (events: readonly WebhookEvent[] = webhookEvents) => {
  const companies = await openCompanies(url, { env: { BURNBOX_WEBHOOK_PRIVATE: 'true' } })
  const hook = await openHookServer()
  const { host } = companies.mail
  const accountId = companies.owner.id
  const { webhook, secret } = await addWebhook(host, { accountId, url: hook.url, events })
  return {
    ...companies, hook, host, secret, which: { accountId, uuid: webhook.uuid },
    send: () => sendWebhookCalls(host),
    bodies: () => hook.came.map(({ body }) => JSON.parse(body)),
    state: async () => {
      const now = (await webhookByUuid(db, host.keys, accountId, webhook.uuid))!
      return { state: webhookState(now), waiting: now.waiting, givenUp: now.givenUp, last: now.last }
    },
  }
}

test('made, burned, written to by a stranger, held: each is told once, signed, and names no inbox (N11)', async () => {
  const { alias, write, host, owner, hook, secret, send, bodies } = await open()
  const shop = await alias('shop.example')
  await write(shop, 'news@shop.example')
  await write(shop, 'spy@deals.example', { subject: 'Secret subject' })
  await write(shop, 'again@deals.example')
  await burnAlias(host, { accountId: owner.id, uuid: shop.uuid })
  await burnAlias(host, { accountId: owner.id, uuid: shop.uuid })
  await write(shop, 'news@shop.example')
  await send()
  await send()
  const [held, ...others] = await db.selectFrom('held').select('uuid').where('account_id', '=', owner.id).execute()
  expect(others).toEqual([])
  const about = { alias: { id: shop.uuid, address: shop.address }, at: host.clock.now().toISOString() }
  expect(bodies().toSorted((a, b) => webhookEvents.indexOf(a.event) - webhookEvents.indexOf(b.event))).toEqual([
    { id: expect.any(String), event: 'alias.created', ...about },
    { id: expect.any(String), event: 'alias.burned', ...about, reason: null },
    { id: expect.any(String), event: 'stranger.seen', ...about, organisation: 'deals.example' },
    { id: expect.any(String), event: 'message.held', ...about, reason: 'burned', held_id: held!.uuid },
  ])
  for (const { headers, body } of hook.came) {
    const [, t, v1] = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(String(headers['burnbox-signature']))!
    expect(v1).toBe(createHmac('sha256', secret).update(`${t}.${body}`).digest('hex'))
    expect(Number(t)).toBe(Math.floor(host.clock.now().getTime() / 1_000))
    const { id, event } = JSON.parse(body)
    expect(headers).toMatchObject({ 'burnbox-id': id, 'burnbox-event': event, 'content-type': 'application/json', 'user-agent': 'Burnbox' })
    const all = JSON.stringify({ headers, body })
    for (const secretive of ['home.example', 'account.example', 'Secret subject', 'spy@', 'Somebody']) expect(all).not.toContain(secretive)
  }
  expect(new Set(bodies().map(({ id }) => id)).size).toBe(4)
})

test('refused, released and refused again: told twice, by the one id of what is held', async () => {
  const { alias, write, hop, owner, host, send, bodies } = await open(['message.held'])
  hop.script({ rcpt: '550 5.7.1 no' })
  await write(await alias('shop.example'), 'news@shop.example')
  const held = () => db.selectFrom('held').select(['uuid', 'released_at']).where('account_id', '=', owner.id).executeTakeFirstOrThrow()
  const { uuid } = await held()
  await releaseHeld(host, { accountId: owner.id, heldUuid: uuid })
  await until(async () => (await held()).released_at === null, 'it to be held again')
  await send()
  expect(bodies()).toMatchObject([{ reason: 'refused', held_id: uuid }, { reason: 'refused', held_id: uuid }])
})

test('a stranger of the domain of an inbox is told without it (N11)', async () => {
  const { alias, write, send, bodies } = await open(['stranger.seen'])
  await write(await alias('shop.example'), 'me@mail.home.example')
  await send()
  expect(bodies()).toMatchObject([{ event: 'stranger.seen', organisation: null }])
})

test('only what was asked for, only while it is on, and nobody else\'s', async () => {
  const { alias, mail, host, which, send, bodies, state } = await open(['alias.burned'])
  const mine = await alias(null)
  const theirs = await mail.account('somebody-else')
  await burnAlias(host, { accountId: theirs.id, uuid: (await alias(null, { account: theirs })).uuid })
  await burnAlias(host, { accountId: which.accountId, uuid: mine.uuid })
  expect(await state()).toMatchObject({ state: 'on', waiting: 1 })
  await changeWebhook(host, which, { enabled: false })
  await burnAlias(host, { accountId: which.accountId, uuid: (await alias(null)).uuid })
  expect(await state()).toMatchObject({ state: 'off', waiting: 0 })
  await changeWebhook(host, which, { enabled: true })
  const last = await alias(null)
  await burnAlias(host, { accountId: which.accountId, uuid: last.uuid })
  await send()
  expect(bodies()).toMatchObject([{ event: 'alias.burned', alias: { id: last.uuid } }])
})

test('an event whose transaction fails is not told', async () => {
  const { alias, host, which, state } = await open(['alias.burned'])
  const mine = await alias(null)
  const broken = { ...host, db: { transaction: () => ({ execute: (work: (tx: unknown) => Promise<unknown>) =>
    db.transaction().execute(async (tx) => { await work(tx); throw new Error('too late') }) }) } } as unknown as typeof host
  await expect(burnAlias(broken, { accountId: which.accountId, uuid: mine.uuid })).rejects.toThrow('too late')
  expect(await state()).toMatchObject({ waiting: 0 })
})

test('a call that fails is tried again after 1, 5, 15 and 60 minutes with the same id and a signature of its time; then it is taken', async () => {
  const { alias, clock, hook, send, state } = await open(['alias.created'])
  hook.answer = (response) => void response.writeHead(hook.came.length < 5 ? 500 : 200).end()
  await alias(null)
  await send()
  for (const [tries, minutes] of [[1, 1], [2, 5], [3, 15], [4, 60]] as const) {
    await clock.advance(minutes * MINUTE_MS - 1_000)
    await send()
    expect(hook.came).toHaveLength(tries)
    expect(await state()).toMatchObject({ state: 'retrying', waiting: 1, last: { status: 500, error: 'It answered 500.' } })
    // A step and up to a fifth more.
    await clock.advance(minutes * MINUTE_MS * 0.2 + 1_000)
    await send()
    expect(hook.came).toHaveLength(tries + 1)
  }
  expect(await state()).toMatchObject({ state: 'on', waiting: 0, givenUp: 0, last: { status: 200, error: null } })
  expect(new Set(hook.came.map(({ body }) => body)).size).toBe(1)
  expect(new Set(hook.came.map(({ headers }) => headers['burnbox-signature'])).size).toBe(5)
})

test('given up after two days, switched off after five with a notice; switched on again it works', async () => {
  const { alias, clock, hook, hop, host, which, send, state, bodies } = await open(['alias.created'])
  hook.answer = (response) => void response.writeHead(302, { location: 'https://127.0.0.1/' }).end()
  const rounds = async (hours: number): Promise<void> => {
    for (let hour = 0; hour < hours; hour += 6) {
      await clock.advance(6 * 60 * MINUTE_MS)
      await send()
      await endWebhookCalls(host)
    }
  }
  await alias(null)
  await send()
  await rounds(42)
  expect(await state()).toMatchObject({ state: 'retrying', waiting: 1, givenUp: 0, last: { error: 'It answered 302: redirects are not followed.' } })
  await rounds(6)
  expect(await state()).toMatchObject({ state: 'failing', waiting: 0, givenUp: 1 })
  await clock.advance(DAY_MS)
  const [second, third] = [await alias(null), await alias(null)]
  await rounds(60)
  expect(await state()).toMatchObject({ state: 'switched-off', waiting: 0 })
  await sendNotices(host)
  // Notices of the tests before go out as well.
  const told = await simpleParser((await until(() => hop.accepted.find(({ bytes }) => bytes.includes('The webhook to')), 'the notice')).bytes)
  expect(told.subject).toBe(`The webhook to 127.0.0.1:${hook.port} is switched off`)
  expect(told.text).toContain(`Your webhook to 127.0.0.1:${hook.port} took no call for 5 days`)
  const before = hook.came.length
  await alias(null)
  await send()
  expect(hook.came).toHaveLength(before)
  await changeWebhook(host, which, { enabled: true })
  hook.answer = (response) => void response.writeHead(200).end()
  const last = await alias(null)
  await send()
  expect(await state()).toMatchObject({ state: 'on', givenUp: 0 })
  expect(bodies().slice(before)).toMatchObject([{ alias: { id: last.uuid } }])
  expect(new Set(bodies().map(({ alias: { id } }) => id)).size).toBe(4)
  expect([second.uuid, third.uuid].every((id) => bodies().some(({ alias: told }) => told.id === id))).toBe(true)
})

test('two processes share the calls; one that died leaves its own to the other after a minute', async () => {
  const { alias, clock, hook, host, send, bodies, state } = await open(['alias.created'])
  for (let n = 0; n < 12; n++) await alias(null)
  await Promise.all([send(), send()])
  expect(new Set(bodies().map(({ id }) => id)).size).toBe(12)
  expect(hook.came).toHaveLength(12)
  const stopping = new AbortController()
  hook.answer = () => stopping.abort()
  await alias(null)
  await sendWebhookCalls({ ...host, stopping: stopping.signal })
  expect(await state()).toMatchObject({ state: 'on', waiting: 1 })
  hook.answer = (response) => void response.writeHead(200).end()
  await send()
  expect(hook.came).toHaveLength(13)
  await clock.advance(MINUTE_MS)
  await send()
  expect(bodies().at(-1)).toEqual(bodies().at(-2))
  expect(await state()).toMatchObject({ state: 'on', waiting: 0 })
})

test('five calls of a webhook are claimed at a time, of one that fails a single one, so that it does not hold up the others', async () => {
  const { alias, clock, hook, host, which, send } = await open(['alias.created'])
  const claim = async () => (await claimCalls(db, host.keys, host.clock.now())).map(({ id }) => id)
  hook.answer = (response) => void response.writeHead(500).end()
  await alias(null)
  await send()
  for (let n = 0; n < 11; n++) await alias(null)
  const failing = [await claim(), await claim()]
  expect(failing.map((ids) => ids.length)).toEqual([1, 1])
  await changeWebhook(host, which, { url: hook.url })
  const [first, second] = await Promise.all([claim(), claim()])
  expect([first.length, second.length].every((length) => length <= 5)).toBe(true)
  const third = await claim()
  expect(new Set([...failing.flat(), ...first, ...second, ...third]).size).toBe(2 + first.length + second.length + third.length)
  await clock.advance(MINUTE_MS)
  expect(await claim()).toHaveLength(5)
  await changeWebhook(host, which, { enabled: false })
})

test('a suspended account is not called; the calls of an account that is gone go with it', async () => {
  const { alias, hook, host, which, send, state } = await open(['alias.created'])
  await alias(null)
  await suspendAccount(host, which.accountId)
  await send()
  expect(hook.came).toEqual([])
  expect(await state()).toMatchObject({ waiting: 1 })
  await db.deleteFrom('webhooks').where('uuid', '=', which.uuid).execute()
  await lapse(host)
  expect(await db.selectFrom('webhook_calls').select('id').execute()).toEqual([])
})
