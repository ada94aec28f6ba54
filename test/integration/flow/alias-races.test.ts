// Two at the same time: constraints and row locks decide, and nothing is done twice or half.
import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { burnAlias } from '../../../src/flow/burn-alias.ts'
import { createAccount } from '../../../src/flow/create-account.ts'
import { createAlias } from '../../../src/flow/create-alias.ts'
import { forgetAlias } from '../../../src/flow/forget-alias.ts'
import { Problem } from '../../../src/flow/problem.ts'
import { restoreAlias } from '../../../src/flow/restore-alias.ts'
import type { Mailbox } from '../../../src/mail/address.ts'
import { systemClock } from '../../../src/clock.ts'
import { insertAlias } from '../../../src/store/aliases.ts'
import { createCorrespondents } from '../../../src/store/correspondents.ts'
import { createDatabase } from '../../support/database.ts'
import { createTestHost } from '../../support/web-host.ts'

const { db } = await createDatabase()
const host = createTestHost(db)
const { id: accountId } = await createAccount(host, { email: 'ada@home.example' as Mailbox, role: 'operator', inboxes: [] })
const blank = { accountId, site: null, label: null, note: null, displayName: null, pinned: false }
const codes = (results: readonly PromiseSettledResult<unknown>[]): string[] =>
  results.map((one) => one.status === 'fulfilled' ? 'made' : one.reason instanceof Problem ? one.reason.code : String(one.reason)).sort()

test('I11 twenty callers want one address: one row, the others are told it is taken', async () => {
  const results = await Promise.allSettled(Array.from({ length: 20 }, () => createAlias(host, { ...blank, localPart: 'wanted' })))
  expect(codes(results)).toEqual([...Array.from({ length: 19 }, () => 'alias-taken'), 'made'])
  expect(await db.selectFrom('aliases').select('id').where('local_part', '=', 'wanted').execute()).toHaveLength(1)
  const counts = await db.selectFrom('alias_counts').innerJoin('aliases', 'aliases.id', 'alias_id')
    .select('alias_id').where('local_part', '=', 'wanted').execute()
  expect(counts).toHaveLength(1)
})

test('I11 two processes meet a correspondent at the same time: one row, both have its reverse alias', async () => {
  const alias = await createAlias(host, { ...blank, localPart: 'met' })
  const nodes = [1, 2, 3, 4].map(() => createCorrespondents(db, host.keys, systemClock))
  const shop = 'Shop@Shop.Example' as Mailbox
  const parts = await Promise.all(nodes.flatMap((node) => [1, 2, 3].map(() => node.reverseLocalPartFor(alias, shop, { remember: true }))))
  expect(new Set(parts).size).toBe(1)
  expect(await db.selectFrom('correspondents').select('alias_id').where('alias_id', '=', alias.id).execute()).toHaveLength(1)
})

test('letters that are taken are tried again with others', async () => {
  const octets = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1]
  const fixed = { ...host, random: (count: number) => Buffer.from(octets.splice(0, count)) }
  const first = await createAlias(fixed, { ...blank, site: 'again.example' })
  const second = await createAlias(fixed, { ...blank, site: 'again.example' })
  expect([first.address, second.address]).toEqual(['again-bbbbb@burn.localhost', 'again-ccccc@burn.localhost'])
})

test('an address that is forgotten while somebody else asks for it is not given out', async () => {
  const alias = await createAlias(host, { ...blank, localPart: 'contested' })
  const domain = await db.selectFrom('domains').select(['id', 'name']).where('name', '=', host.domain).executeTakeFirstOrThrow()
  // The insert waits for the delete of a transaction that has not ended, as it would between two processes.
  let other: Promise<unknown> | undefined
  await db.transaction().execute(async (tx) => {
    await tx.deleteFrom('aliases').where('id', '=', alias.id).execute()
    const retiredHash = host.keys.hash('retired-address', alias.address)
    await tx.insertInto('retired_addresses').values({ address_hash: retiredHash }).execute()
    other = db.transaction().execute((theirs) => insertAlias(theirs, {
      ...blank, domain, localPart: 'contested', inboxIds: [], now: new Date(), retiredHash,
    }))
    // From outside of the transaction: inside, the view stands still at its first reading.
    for (let waiting = 0; waiting === 0;) {
      const { rows } = await sql<{ n: number }>`
        select count(*)::int as n from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`.execute(db)
      waiting = rows[0]!.n
    }
  })
  expect(await other).toBeUndefined()
  expect(await db.selectFrom('aliases').select('id').where('local_part', '=', 'contested').execute()).toEqual([])
})

test('L20 burns, restores and forgets of one alias take turns', async () => {
  const alias = await createAlias(host, { ...blank, localPart: 'busy' })
  const which = { accountId, uuid: alias.uuid }
  const results = await Promise.allSettled(Array.from({ length: 30 }, (_, n) =>
    n % 10 === 9 ? forgetAlias(host, { ...which, discard: false }) : n % 2 ? burnAlias(host, which) : restoreAlias(host, which)))
  expect(new Set(codes(results))).toEqual(new Set(['made', 'not-found']))
  expect(results.filter((_, n) => n % 10 === 9).filter((one) => one.status === 'fulfilled')).toHaveLength(1)
  const lines = await db.selectFrom('activity').select('kind').where('alias_id', '=', alias.id).orderBy('id').execute()
  const kinds = lines.map((line) => line.kind)
  expect(kinds[0]).toBe('created')
  expect(kinds.at(-1)).toBe('forgotten')
  for (const [n, kind] of kinds.entries()) if (n > 0) expect(kind).not.toBe(kinds[n - 1])
})

test('random addresses of many callers at once are all different', async () => {
  const made = await Promise.all(Array.from({ length: 100 }, () => createAlias(host, { ...blank, site: 'https://shop.example' })))
  expect(new Set(made.map((alias) => alias.address)).size).toBe(100)
})
