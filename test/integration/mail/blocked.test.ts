// Whose mail is held whatever the alias: an address, or a domain with all below it.
import { expect, test } from 'vitest'
import { blockAddress } from '../../../src/flow/block-correspondent.ts'
import { openCompanies } from '../../support/companies.ts'
import { createDatabase } from '../../support/database.ts'
import { listHeldRows } from '../../support/mail-rows.ts'

const { db, url } = await createDatabase()

test('a domain that is blocked holds its mail at every alias of the account, sub-domains included, and nobody else\'s', async () => {
  const { alias, write, mail, owner, hop } = await openCompanies(url)
  const [shop, bank] = [await alias('shop.example'), await alias('bank.example')]
  const other = await alias('shop.example', { account: await mail.account('other') })
  expect((await blockAddress(mail.host, { accountId: owner.id, address: 'Deals.example' })).address).toBe('*@deals.example')
  await blockAddress(mail.host, { accountId: owner.id, address: 'mail.shop.example' })
  for (const from of ['a@deals.example', 'b@x.y.deals.example', 'c@mail.shop.example', 'd@shop.example', 'e@notdeals.example']) await write(shop, from)
  await write(bank, 'a@deals.example')
  await write(other, 'a@deals.example')
  expect((await listHeldRows(db)).map(({ alias_id: id, reason }) => [id, reason])).toEqual([
    [shop.id, 'blocked'], [shop.id, 'blocked'], [shop.id, 'blocked'], [bank.id, 'blocked'],
  ])
  expect(hop.accepted).toHaveLength(3)
})

test.each(['co.uk', 'com', 'not a domain', '', '@x'])('not %j', async (address) => {
  const { mail, owner } = await openCompanies(url)
  await expect(blockAddress(mail.host, { accountId: owner.id, address })).rejects.toMatchObject({ code: 'invalid' })
})
