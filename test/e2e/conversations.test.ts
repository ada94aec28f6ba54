// Each file of conversations/ is one test, held with the real program (RELIABILITY A, B, E, K and INTERFACE.md).
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { fixedReplies } from '../support/fixed-replies.ts'
import { startMailHost } from '../support/mail-host.ts'
import { refusals } from '../support/smtp-client.ts'
import { parseTalk, runTalk } from '../support/talk.ts'

const folder = join(import.meta.dirname, 'conversations')
const { port, nextHop, names } = await startMailHost()

for (const file of readdirSync(folder).sort()) {
  const talk = parseTalk(readFileSync(join(folder, file), 'utf8'))
  test(talk.name, () => runTalk(talk, { port, nextHop, names }))
}

test('every 4xx and 5xx of these conversations is one of the fixed texts', () => {
  expect(refusals.size).toBeGreaterThan(20)
  expect([...refusals].filter((text) => !fixedReplies.has(text))).toEqual([])
})
