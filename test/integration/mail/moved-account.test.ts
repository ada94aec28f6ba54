// An account moves to a host with another secret: threads from before go on there, both ways.
import { mkdtemp, rm } from 'node:fs/promises'
import { createWriteStream } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { pipeline } from 'node:stream/promises'
import { afterAll, expect, test } from 'vitest'
import { exportAccount } from '../../../src/flow/export-account.ts'
import { beginImport, runImport } from '../../../src/flow/import-aliases.ts'
import { openImport } from '../../../src/flow/import-file.ts'
import { importById } from '../../../src/store/imports.ts'
import { fieldOf, openReplyHost, type ReplyHost } from '../../support/reply-host.ts'
import { signed } from '../../support/signed.ts'

const there = await openReplyHost()
const here = await openReplyHost({ env: { BURNBOX_SECRET: 'another secret for tests only' } })
const folder = await mkdtemp(path.join(tmpdir(), 'burnbox-moved-'))
afterAll(() => rm(folder, { recursive: true }))

const move = async (from: ReplyHost, to: ReplyHost) => {
  await from.mail.host.recorder.flush()
  const name = path.join(folder, 'archive.zip')
  await pipeline(await exportAccount(from.mail.host, from.owner.id, { withKeys: false }), createWriteStream(name))
  const { host } = to.mail
  const options = { accountId: to.owner.id, format: 'burnbox', dryRun: false, newAddresses: false } as const
  const { id } = await beginImport(host, options)
  await runImport(host, id, await openImport(name), options)
  return importById(host.db, to.owner.id, id, host.clock.now())
}

test('D30 after a move with another secret the thread holds on both sides', async () => {
  const alias = await there.alias()
  // An id of the shop's mailer: only that it was seen says that it may leave as it is.
  const first = await there.written(alias, { messageId: 'one@mailer.example' })
  await there.answer(first, { messageId: 'two@mail.home.example' })
  const minted = fieldOf(there.hop.arrived.at(-1)!, 'Message-ID')!
  expect(await move(there, here)).toMatchObject({ state: 'done', taken: 1 })

  const second = await here.written(alias, {
    messageId: 'three@shop.example', header: `In-Reply-To: ${minted}\r\nReferences: <one@mailer.example> ${minted}\r\n`,
  })
  expect(fieldOf(second.arrived, 'In-Reply-To')).toBe('<two@mail.home.example>')
  expect(fieldOf(second.arrived, 'References')).toBe('<one@mailer.example> <two@mail.home.example>')
  expect(second.reverse).toBe(first.reverse)

  expect(await here.answer(first, {
    message: await signed(['From: Ann <ann@home.example>', `To: ${first.reverse}`, 'Subject: Re: Your order', 'Date: Thu, 01 Jan 2026 12:00:00 +0200',
      'Message-ID: <four@mail.home.example>', 'In-Reply-To: <one@mailer.example>', 'References: <one@mailer.example> <two@mail.home.example>', '',
      'One more thing', ''].join('\r\n'), here.home),
  })).toBe('250 2.0.0 Accepted')
  const left = here.hop.arrived.at(-1)!
  expect(left.forwardPaths).toEqual(['orders@shop.example'])
  expect(fieldOf(left, 'In-Reply-To')).toBe('<one@mailer.example>')
  expect(fieldOf(left, 'References')).toBe(`<one@mailer.example> ${minted}`)
})

test('N13 what an alias minted before means nothing for one that did not move', async () => {
  const alias = await there.alias()
  await there.answer(await there.written(alias), { messageId: 'secret@mail.home.example' })
  const minted = fieldOf(there.hop.arrived.at(-1)!, 'Message-ID')!
  const { arrived } = await here.written(await here.alias(), { header: `In-Reply-To: ${minted}\r\n` })
  expect(fieldOf(arrived, 'In-Reply-To')).toBe(minted)
})

test('a line of what happened comes once, behind what happens here', async () => {
  const { db } = here
  const rows = () => db.selectFrom('activity').select(['id', 'kind', 'at']).where('account_id', '=', here.owner.id).orderBy('id', 'desc').execute()
  await here.mail.host.recorder.flush()
  const before = await rows()
  const history = before.filter(({ id }) => id.startsWith('-'))
  expect(history.map(({ kind }) => kind)).toEqual(['replied', 'delivered', 'created'])
  expect(before.at(-4)!.kind).toBe('created')
  expect(await move(there, here)).toMatchObject({ state: 'done', taken: 1, same: 1 })
  expect((await rows()).filter(({ id }) => id.startsWith('-'))).toHaveLength(6)
  expect(await move(here, here)).toMatchObject({ state: 'done', taken: 0 })
  expect((await rows()).filter(({ id }) => id.startsWith('-'))).toHaveLength(6)
})
