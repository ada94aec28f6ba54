// How an address ends by itself, and quiet mode: into holding, never into nothing.
import { describe, expect, test } from 'vitest'
import { changeAlias } from '../../../src/flow/change-alias.ts'
import { endAliases } from '../../../src/flow/end-alias.ts'
import { restoreAlias } from '../../../src/flow/restore-alias.ts'
import { openCompanies } from '../../support/companies.ts'
import { createDatabase } from '../../support/database.ts'
import { listHeldRows } from '../../support/mail-rows.ts'

const { db, url } = await createDatabase()
const DAY_MS = 86_400_000

async function open() {
  const companies = await openCompanies(url)
  const { host } = companies.mail
  const shop = await companies.alias('shop.example')
  const which = { accountId: shop.accountId, uuid: shop.uuid }
  const alias = () => db.selectFrom('aliases').select(['state', 'ends_at', 'ends_left', 'ends_idle_days']).where('id', '=', shop.id).executeTakeFirstOrThrow()
  const held = async () => (await listHeldRows(db)).filter(({ alias_id: id }) => id === shop.id).map(({ reason }) => reason)
  return { ...companies, host, shop, which, alias, held, write: (from = 'news@shop.example', wrote = {}) => companies.write(shop, from, wrote) }
}

describe('an address ends', () => {
  test('by date: the message that finds it over is held with the burn', async () => {
    const { host, which, write, clock, alias, held, hop } = await open()
    await changeAlias(host, { ...which, endsAt: new Date(clock.now().getTime() + DAY_MS) })
    await write()
    await clock.advance(DAY_MS)
    expect(await write()).toMatch(/^250 /)
    expect([hop.accepted.length, await held(), await alias()]).toMatchObject([1, ['burned'], { state: 'burned', ends_at: null }])
  })

  test('after so many messages', async () => {
    const { host, which, write, alias, held, hop } = await open()
    await changeAlias(host, { ...which, endsLeft: 2 })
    for (let n = 0; n < 4; n++) await write()
    expect([hop.accepted.length, await held(), (await alias()).state]).toEqual([2, ['burned', 'burned'], 'burned'])
  })

  test('after one message, of several that come at the same time', async () => {
    const { host, which, write, alias, held, hop } = await open()
    await changeAlias(host, { ...which, endsLeft: 1 })
    const replies = await Promise.all(Array.from({ length: 5 }, () => write()))
    expect(replies).toEqual(Array(5).fill(expect.stringMatching(/^250 /)))
    expect([hop.accepted.length, await held(), (await alias()).state]).toEqual([1, Array(4).fill('burned'), 'burned'])
  })

  test('when idle, by the clock alone; and restored it has no end', async () => {
    const { host, which, write, alias, clock } = await open()
    await changeAlias(host, { ...which, endsIdle: { days: 10, since: clock.now() } })
    await clock.advance(9 * DAY_MS)
    await write()
    await host.recorder.flush()
    await clock.advance(9 * DAY_MS)
    await endAliases(host)
    expect((await alias()).state).toBe('active')
    await clock.advance(2 * DAY_MS)
    await endAliases(host)
    expect(await alias()).toMatchObject({ state: 'burned', ends_idle_days: null })
    expect(await db.selectFrom('activity').select('reason').where('kind', '=', 'burned').where('alias_address', '=', (await db.selectFrom('aliases')
      .select('address').where('uuid', '=', which.uuid).executeTakeFirstOrThrow()).address).execute()).toEqual([{ reason: 'end-idle' }])
    await restoreAlias(host, which)
    await clock.advance(100 * DAY_MS)
    await endAliases(host)
    expect((await alias()).state).toBe('active')
  })

  test('not postmaster', async () => {
    const { host, which, shop } = await open()
    await db.updateTable('aliases').set({ system: true }).where('id', '=', shop.id).execute()
    await expect(changeAlias(host, { ...which, endsLeft: 2 })).rejects.toMatchObject({ code: 'protected' })
    await expect(changeAlias(host, { ...which, quiet: true })).rejects.toMatchObject({ code: 'protected' })
  })
})

describe('quiet', () => {
  test.each([
    ['List-Id: <news.shop.example>\r\n', true], ['List-Unsubscribe: <https://shop.example/u>\r\n', true], ['Precedence: bulk\r\n', true],
    ['Feedback-ID: 1:news:shop\r\n', true], ['Precedence: first-class\r\n', false], ['X-List: no\r\n', false], ['', false],
  ])('%j: held %s', async (header, isHeld) => {
    const { host, which, write, held, hop } = await open()
    await changeAlias(host, { ...which, quiet: true })
    expect(await write('news@shop.example', { header })).toMatch(/^250 /)
    expect([await held(), hop.accepted.length]).toEqual(isHeld ? [['quiet'], 0] : [[], 1])
  })
})
