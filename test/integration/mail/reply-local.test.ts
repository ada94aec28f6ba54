// Replies on a host without a domain: the whole story on one machine, with no DNS.
import { expect, test } from 'vitest'
import { addCorrespondent } from '../../../src/flow/add-correspondent.ts'
import { createDatabase } from '../../support/database.ts'
import { openMailProcess } from '../../support/mail-process.ts'
import { until } from '../../support/until.ts'

const { db, url } = await createDatabase()

test('a loopback client is its own user: the owner answers without any proof, nobody else', async () => {
  const mail = await openMailProcess(url, { relay: 'local', env: { BURNBOX_DOMAIN: '' } })
  const alias = await mail.alias(await mail.account('ann'))
  const read = async (address: string): Promise<string> => {
    const row = await until(() => db.selectFrom('local_messages as l').innerJoin('message_chunks as c', 'c.message_id', 'l.message_id').select('c.bytes')
      .where('l.address', '=', address).orderBy('l.id', 'desc').executeTakeFirst(), `mail to ${address}`)
    return row.bytes.toString('latin1').replaceAll(/\r\n[ \t]+/g, ' ')
  }
  const shop = 'From: Shop <orders@shop.example>\r\nSubject: hello\r\nMessage-ID: <1@shop.example>\r\n\r\nhello\r\n'
  expect((await mail.send({ from: 'orders@shop.example', to: alias.address, message: shop })).dot).toMatch(/^250 /)
  const [, reverse] = /^From: .*<(r\.[a-z2-7]+@burn\.localhost)>/m.exec(await read('ann@home.example'))!
  const message = `From: ann@home.example\r\nTo: ${reverse}\r\nSubject: Re: hello\r\n\r\nhello\r\n`
  expect((await mail.send({ from: 'ann@home.example', to: reverse!, message })).dot).toMatch(/^250 /)
  expect(await read('orders@shop.example')).toContain(`From: ${alias.address}\r\nTo: orders@shop.example\r\n`)
  expect((await mail.send({ from: 'eve@home.example', to: reverse!, message })).dot).toMatch(/^550 5\.7\.1 /)
})

test('to an address of somebody else on it: it comes in there, not into the local inbox as it is', async () => {
  const mail = await openMailProcess(url, { relay: 'local', env: { BURNBOX_DOMAIN: '' } })
  const mine = await mail.alias(await mail.account('dan'))
  const hers = await mail.alias(await mail.account('eva'))
  const { correspondent } = await addCorrespondent(mail.host, { accountId: mine.accountId, aliasUuid: mine.uuid, address: hers.address })
  const message = `From: dan@home.example\r\nTo: ${correspondent.reverseLocalPart}@burn.localhost\r\nSubject: Lunch\r\n\r\nLunch?\r\n`
  const to = `${correspondent.reverseLocalPart}@burn.localhost`
  expect((await mail.send({ from: 'dan@home.example', to, message })).dot).toMatch(/^250 /)
  const kept = () => db.selectFrom('local_messages').select('address').where('address', 'in', [hers.address, 'eva@home.example']).execute()
  await until(async () => (await kept()).length > 0, 'the message at the inbox')
  expect(await kept()).toEqual([{ address: 'eva@home.example' }])
})
