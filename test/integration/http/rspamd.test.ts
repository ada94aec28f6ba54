// What an account says and sees of spam: its threshold, and the score of what is held.
import { expect, test } from 'vitest'
import { createDatabase } from '../../support/database.ts'
import { holdMessage } from '../../support/held-message.ts'
import { startWeb } from '../../support/web-host.ts'

const { db } = await createDatabase()
const web = await startWeb(db)
const ada = await web.person('ada')
const change = (json: object) => web.call('PATCH', '/v1/me', { token: ada.token, json })

test('the threshold is 10 and can be another, or none', async () => {
  expect((await web.call('GET', '/v1/me', { token: ada.token })).body).toMatchObject({ spam_threshold: 10 })
  for (const spam_threshold of [0, 6.5, 1000, null]) {
    expect((await change({ spam_threshold })).body).toMatchObject({ spam_threshold })
    expect((await change({ held_days: 30 })).body).toMatchObject({ spam_threshold })
  }
})

test.each([-1, 1001, '5', true, {}])('%j is no threshold', async (spam_threshold) => {
  expect(await change({ spam_threshold })).toMatchObject({ status: 422, body: { code: 'invalid' } })
})

test('what is held shows its score, if it was called spam', async () => {
  const { body: alias } = await web.call('POST', '/v1/aliases', { token: ada.token, json: { site: 'shop.example' } })
  const id = await holdMessage(db, alias.id, 'From: a@b.example\n\nBuy now\n', { reason: 'spam' })
  const read = () => web.call('GET', `/v1/held/${id}`, { token: ada.token })
  expect((await read()).body).toMatchObject({ reason: 'spam', spam_score: null })
  await db.updateTable('messages').set({ spam_score: 12.5 }).execute()
  expect((await read()).body).toMatchObject({ spam_score: 12.5 })
})
