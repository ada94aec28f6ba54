// SMTP smuggling outwards (RELIABILITY B19): what DATA refuses, put straight into the database, towards Debian's real Postfix with its default
// settings, which takes a bare LF for a line end. Nothing may arrive as a second message.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished } from 'vitest'
import { contentInMemory } from '../../src/mail/content.ts'
import { endOfFields } from '../../src/mail/header.ts'
import { insertDeliveries } from '../../src/store/deliveries.ts'
import { CHUNK_BYTES, insertMessage } from '../../src/store/messages.ts'
import { startPostfix } from '../bench/postfix.ts'
import { createDatabase } from '../support/database.ts'
import { listDeliveries, listHeldRows } from '../support/mail-rows.ts'
import { openMailProcess } from '../support/mail-process.ts'
import { openNextHop } from '../support/next-hop.ts'
import { smugglingSequences } from '../support/smuggling-sequences.ts'
import { testNeeding } from '../support/tools.ts'
import { until } from '../support/until.ts'

const test = testNeeding('postfix', 'root')
const DAY_MS = 86_400_000

test('B19 rows with B01–B14 in them: a small one is held, a large one is one message; the smuggled one never arrives at Postfix', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'burnbox-postfix-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  const sink = await openNextHop()
  onTestFinished(() => sink[Symbol.asyncDispose]())
  const postfix = await startPostfix(folder, {
    relayPort: sink.port, domain: 'home.example', inbox: 'all@final.example', aliases: ['ann@home.example', 'victim@home.example'],
  })
  onTestFinished(postfix.stop)
  const { url, db } = await createDatabase()
  const mail = await openMailProcess(url, { relay: `smtp://127.0.0.1:${postfix.port}` })
  const ann = await mail.account('ann')
  const alias = await mail.alias(ann)
  const { id: aliasId } = await db.selectFrom('aliases').select('id').where('uuid', '=', alias.uuid).executeTakeFirstOrThrow()
  const { id: inboxId } = await db.selectFrom('inboxes').select('id').where('uuid', '=', ann.inboxes[0]!).executeTakeFirstOrThrow()

  const smuggled = 'MAIL FROM:<evil@evil.example>\r\nRCPT TO:<victim@home.example>\r\nDATA\r\nFrom: evil@evil.example\r\nSubject: smuggled\r\n\r\nx\r\n.\r\n'
  const insert = async (subject: string, sequence: string, padding: number): Promise<void> => {
    const text = `From: shop@shop.example\r\nSubject: ${subject}\r\n\r\n${`${'x'.repeat(76)}\r\n`.repeat(padding)}one${sequence}${smuggled}end\r\n`
    const bytes = Buffer.from(text)
    const at = new Date()
    await db.transaction().execute(async (tx) => {
      const messageId = await insertMessage(tx, {
        receivedAt: at, reversePath: 'shop@shop.example', helo: 'mx.shop.example', clientIp: '192.0.2.1', protocol: 'ESMTP', smtpUtf8: false,
        authenticated: false, authentication: '', from: 'shop@shop.example', subject,
      }, contentInMemory(bytes, endOfFields(bytes), false))
      await insertDeliveries(tx, messageId, [{
        id: BigInt(Math.floor(Math.random() * 2 ** 50)), kind: 'forward', accountId: ann.id, aliasId, inboxId, createdAt: at,
        expiresAt: new Date(at.getTime() + 5 * DAY_MS), attempts: 0, unknownOutcomes: 0, nextAttemptAt: at,
      }])
    })
  }
  for (const [number, sequence] of smugglingSequences) {
    await insert(`small-${number}`, sequence, 1)
    await insert(`large-${number}`, sequence, CHUNK_BYTES / 78 + 1)
  }
  mail.host.wakeWorker()
  await until(async () => (await listDeliveries(db)).length === 0, 'the queue to be worked off')
  const held = await listHeldRows(db)
  expect(held.map((one) => one.reason)).toEqual(smugglingSequences.map(() => 'unsupported'))
  expect(held[0]!.reason_text).toContain('bare CR, a bare LF or a NUL')

  await until(() => sink.accepted.length >= smugglingSequences.length, 'the large ones beyond Postfix')
  const subjects = sink.arrived.map((one) => /^Subject: (.*)\r$/m.exec(one.bytes.toString())?.[1])
  expect(subjects.sort()).toEqual(smugglingSequences.map(([number]) => `large-${number}`).sort())
})
