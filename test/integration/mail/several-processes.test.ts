// Two processes on one database, in the test's own time: group O.
import { beforeEach, expect, onTestFinished, test } from 'vitest'
import { burnAlias } from '../../../src/flow/burn-alias.ts'
import { createAlias } from '../../../src/flow/create-alias.ts'
import { restoreAlias } from '../../../src/flow/restore-alias.ts'
import { createDatabase } from '../../support/database.ts'
import { createFakeClock } from '../../support/fake-clock.ts'
import { letter, openMailProcess } from '../../support/mail-process.ts'
import { emptyMail, listDeliveries, listHeldRows } from '../../support/mail-rows.ts'
import { openNextHop, type Script } from '../../support/next-hop.ts'
import { openTcpProxy } from '../../support/tcp-proxy.ts'
import { until } from '../../support/until.ts'

const { db, url } = await createDatabase()
beforeEach(() => emptyMail(db))

const second = 1_000
let people = 0

/** `one` reaches the database through a proxy. Neither has a worker yet. */
async function twoProcesses(script: Script = {}) {
  const hop = await openNextHop(script)
  onTestFinished(() => hop[Symbol.asyncDispose]())
  const proxy = await openTcpProxy(url)
  onTestFinished(() => proxy[Symbol.asyncDispose]())
  const clock = createFakeClock()
  const options = { relay: hop.url, clock, worker: false }
  const [one, other] = [await openMailProcess(proxy.url, options), await openMailProcess(url, options)]
  const account = await other.account(`jon${++people}`)
  const [alias, second] = [await other.alias(account), await other.alias(account)]
  return { hop, proxy, clock, one, other, account, alias, second }
}

test.each(['O02 it stood still past its leases', 'O03 it lost the database'] as const)(
  '%s: the other takes its work over; what the first hears later changes nothing', async (how) => {
    const reply = Promise.withResolvers<string>()
    const { hop, proxy, clock, one, other, alias, second: two } = await twoProcesses({ dot: () => reply.promise })
    for (let n = 0; n < 3; n++) expect((await other.send({ to: [alias.address, two.address], message: letter(`${n}`) })).dot).toMatch(/^250/)
    one.work()
    await hop.saw('dot', 6)
    expect((await listDeliveries(db)).filter((row) => row.lease_token !== null)).toHaveLength(6)
    if (how.startsWith('O03')) proxy.cut()
    else await db.updateTable('deliveries').set({ lease_until: clock.now() }).execute()
    hop.script({})
    other.work()
    await until(async () => (await listDeliveries(db)).length === 0, 'the other to take it over', {
      each: () => how.startsWith('O03') && clock.advance(2 * second),
    })
    const lines = () => db.selectFrom('activity').select('delivery_id').where('kind', '=', 'delivered').execute()
    expect(await lines()).toHaveLength(6)
    // The first one hears its 250s, and has the database again.
    reply.resolve('250 2.0.0 Ok')
    proxy.mend()
    await until(() => one.host.leases.held() === 0, 'the first to give up its leases', { each: () => clock.advance(second) })
    expect(await lines()).toHaveLength(6)
    expect(new Set((await lines()).map((line) => line.delivery_id)).size).toBe(6)
    expect(hop.arrived.length).toBeLessThanOrEqual(12)
    expect([await listDeliveries(db), await listHeldRows(db)]).toEqual([[], []])
  })

test('O05 a second try at another process is a second message: two copies, counted, never none', async () => {
  const { hop, one, other, alias } = await twoProcesses()
  const message = letter('Twice')
  for (const mail of [one, other]) expect((await mail.send({ to: alias.address, message })).dot).toMatch(/^250/)
  expect(hop.accepted).toHaveLength(2)
  await one.host.recorder.flush()
  expect((await other.activity()).filter((line) => line.kind === 'delivered')).toHaveLength(2)
})

test('O06 what one process changes holds at the other for the next RCPT: made, burned, restored', async () => {
  const { hop, one, other, account, alias } = await twoProcesses()
  expect((await other.send({ to: alias.address })).dot).toMatch(/^250/)
  for (let round = 1; round <= 5; round++) {
    await burnAlias(one.host, { accountId: account.id, uuid: alias.uuid })
    expect((await other.send({ to: alias.address })).dot).toMatch(/^250/)
    expect([hop.accepted.length, (await listHeldRows(db)).length]).toEqual([round, round])
    await restoreAlias(one.host, { accountId: account.id, uuid: alias.uuid })
    expect((await other.send({ to: alias.address })).dot).toMatch(/^250/)
    expect(hop.accepted).toHaveLength(round + 1)
    const made = await createAlias(one.host, { accountId: account.id, site: 'shop.example', label: null, note: null, displayName: null, pinned: false })
    const [client] = (await other.send({ to: made.address, message: 'no From, so it goes nowhere\r\n' })).rcpt
    expect(client).toMatch(/^250/)
  }
})
