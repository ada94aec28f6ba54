// What our own mails can be made to do (RELIABILITY K16, K18): fill somebody's mailbox, or act when a scanner opens what is in them.
import { expect, test } from 'vitest'
import { createDatabase } from '../../support/database.ts'
import { startWeb } from '../../support/web-host.ts'

const { db } = await createDatabase()
const web = await startWeb(db)
const ada = await web.person('ada', { role: 'operator' })

const add = (address: string, token: string) => web.call('POST', '/v1/inboxes', { token, json: { address } })
const mailsTo = async (address: string): Promise<string[]> => {
  const rows = await db.selectFrom('messages as m').innerJoin('message_chunks as c', 'c.message_id', 'm.id').select('c.bytes').orderBy('m.id').execute()
  return rows.map((row) => row.bytes.toString().replaceAll('=\r\n', '').replaceAll('=3D', '=')).filter((mail) => mail.includes(`To: ${address}`))
}

test('K16 one mailbox gets three verification mails a day, from however many accounts, removed inboxes and addresses spelled otherwise', async () => {
  const bob = await web.person('bob')
  expect((await add('victim@home.example', ada.token)).status).toBe(201)
  const { body } = await add('VICTIM@Home.Example', bob.token)
  expect((await web.call('DELETE', `/v1/inboxes/${body.id}`, { token: bob.token })).status).toBe(204)
  expect((await add('victim@home.example', bob.token)).status).toBe(201)
  const eve = await web.person('eve')
  expect(await add('victim@home.example', eve.token)).toMatchObject({ status: 429, body: { code: 'too-many' } })
  expect(await mailsTo('victim@home.example')).toHaveLength(3)
  expect((await add('another@home.example', eve.token)).status).toBe(201)
})

test('K16 one account has twenty verification mails a day', async () => {
  const mallory = await web.person('mallory')
  const answers: number[] = []
  for (let n = 0; n < 21; n++) answers.push((await add(`stranger-${n}@home.example`, mallory.token)).status)
  expect(answers).toEqual([...Array.from({ length: 20 }, () => 201), 429])
  expect(await mailsTo('stranger-20@home.example')).toEqual([])
})

test('K18 opening the link of a mail changes nothing, however it is opened; what its page sends does, once', async () => {
  const { body } = await add('scanned@home.example', ada.token)
  const [mail] = await mailsTo('scanned@home.example')
  const link = new URL(/https?:\/\/\S+\/verify#[\w-]+/.exec(mail!)![0])
  const token = link.hash.slice(1)
  const verified = async (): Promise<boolean> => (await web.call('GET', '/v1/inboxes', { token: ada.token })).body.items
    .find((one: { id: string }) => one.id === body.id).verified
  // A browser keeps what is behind the # to itself; a scanner may put it anywhere.
  for (const path of [link.pathname, `${link.pathname}?token=${token}`, `${link.pathname}/${token}`, `/v1/inboxes/verify?token=${token}`]) {
    for (const method of ['GET', 'HEAD']) await web.call(method, path)
  }
  expect(await verified()).toBe(false)
  const use = () => web.call('POST', '/v1/inboxes/verify', { json: { token } })
  expect([(await use()).status, await verified(), (await use()).status]).toEqual([200, true, 410])
})
