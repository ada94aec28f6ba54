// burnbox import: a dry run, the import, its report, and how it is called wrongly.
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { ensureHostDomain } from '../../../src/store/domains.ts'
import { createCommandLine } from '../../support/command-line.ts'
import { createDatabase } from '../../support/database.ts'
import { createTestHost } from '../../support/web-host.ts'

const { db } = await createDatabase()
const host = createTestHost(db)
const { burnbox, json } = createCommandLine(host)
const folder = await mkdtemp(path.join(tmpdir(), 'burnbox-import-'))
afterAll(() => rm(folder, { recursive: true }))
await db.transaction().execute((tx) => ensureHostDomain(tx, host.domain))
const file = async (name: string, text: string): Promise<string> => {
  await writeFile(path.join(folder, name), text)
  return path.join(folder, name)
}

test('a Postfix table: first dry, then taken, then nothing is left to take', async () => {
  await burnbox('account', 'add', 'ada@home.example')
  const map = await file('virtual', `shop@${host.domain} ada@home.example\n`
    + `team@${host.domain} ada@home.example, bob@home.example\n@${host.domain} ada@home.example\n`)
  const dry = await burnbox('import', map, '--from', 'postfix', '--dry-run')
  expect(dry).toMatchObject({ code: 0, err: '' })
  expect(dry.out).toBe([
    '2 would be taken, 0 here already, 1 not taken', 'would add the inbox bob@home.example',
    `line 3  @${host.domain}  not-taken  This takes every address of the domain: Burnbox has only addresses that you made.`, '',
  ].join('\n'))
  expect((await burnbox('alias', 'list', 'ada@home.example')).out.trim()).toBe('')
  expect(await json('import', map, '--from', 'postfix', '--trust-inboxes')).toMatchObject({
    state: 'done', total: 3, taken: 2, same: 0, not_taken: 1, new_inboxes: ['bob@home.example'], report: [{ line: 3, outcome: 'not-taken' }],
  })
  expect((await db.selectFrom('inboxes').select('address').where('verified_at', 'is not', null).execute()).map(({ address }) => address))
    .toEqual(['ada@home.example', 'bob@home.example'])
  expect((await burnbox('import', map, '--from', 'postfix', '--account', 'ada@home.example')).out).toMatch(/^0 taken, 2 here already, 1 not taken\n/)
})

test('which account, which file, which format', async () => {
  await burnbox('account', 'add', 'eve@home.example')
  const list = await file('list', `x@${host.domain}\n`)
  expect(await burnbox('import', list, '--from', 'text')).toMatchObject({ code: 65, out: '', err: expect.stringMatching(/several accounts/) })
  expect(await burnbox('import', list, '--account', 'eve@home.example')).toMatchObject({ code: 64,
    err: expect.stringMatching(/--from must be one of simplelogin/) })
  expect(await burnbox('import')).toMatchObject({ code: 64 })
  expect(await burnbox('import', path.join(folder, 'none'), '--from', 'text', '--account', 'eve@home.example')).toMatchObject({ code: 65 })
  expect(await burnbox('import', list, '--from', 'addy', '--account', 'eve@home.example')).toMatchObject({ code: 65, err: expect.stringMatching(/columns/) })
  expect(await burnbox('import', list, '--from', 'text', '--account', 'eve@home.example', '--inbox', 'ada@home.example')).toMatchObject({ code: 65 })
  expect((await burnbox('import', list, '--from', 'text', '--account', 'eve@home.example', '--inbox', 'EVE@home.example')).out).toMatch(/^1 taken/)
})
