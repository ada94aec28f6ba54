// The command line in one process: what it prints, where, and its exit codes. (The program itself: test/e2e.)
import { expect, test } from 'vitest'
import { runCli } from '../../../src/cli/run.ts'
import { accountOfToken } from '../../../src/store/tokens.ts'
import { createCommandLine } from '../../support/command-line.ts'
import { createDatabase } from '../../support/database.ts'
import { holdMessage } from '../../support/held-message.ts'
import { createTestHost } from '../../support/web-host.ts'

const { db } = await createDatabase()
const host = createTestHost(db)
const { burnbox, json } = createCommandLine(host)

test('account add: a one-time link; inboxes count as verified, the first is the default', async () => {
  const { code, out } = await burnbox('account', 'add', 'Ada@home.example', '--operator', '--inbox', 'a1@home.example', '--inbox', 'a2@home.example')
  expect(code).toBe(0)
  expect(out).toMatch(/^http:\/\/localhost:3000\/setup#[\w-]{32}\n$/)
  const inboxes = await db.selectFrom('inboxes').select(['id', 'address', 'verified_at']).orderBy('id').execute()
  expect(inboxes.map((inbox) => [inbox.address, inbox.verified_at !== null])).toEqual([['a1@home.example', true], ['a2@home.example', true]])
  const [settings] = await db.selectFrom('account_settings').select(['default_inbox_id', 'role']).execute()
  expect(settings).toEqual({ default_inbox_id: inboxes[0]!.id, role: 'operator' })
  expect(await json('account', 'add', 'bob@home.example')).toMatchObject({ email: 'bob@home.example', link: expect.any(String) })
  expect((await burnbox('account', 'list')).out).toBe(
    'ada@home.example  operator  2 addresses  0 MB held\nbob@home.example  member    0 addresses  0 MB held\n')
  expect((await burnbox('account', 'link', 'bob@home.example')).out).toMatch(/#[\w-]{32}\n$/)
})

test('account suspend, restore and delete; invite', async () => {
  expect((await burnbox('account', 'suspend', 'bob@home.example')).out).toBe('bob@home.example: suspended\n')
  expect((await burnbox('account', 'list')).out).toMatch(/^bob@home\.example .* suspended$/m)
  expect((await burnbox('account', 'delete', 'bob@home.example')).out).toMatch(/^bob@home\.example: deleted on \d{4}-\d\d-\d\d\n$/)
  expect((await burnbox('account', 'restore', 'bob@home.example')).out).toBe('bob@home.example: active\n')
  expect(await burnbox('account', 'suspend', 'ada@home.example')).toMatchObject({ code: 65, err: expect.stringMatching(/operator/) })
  expect(await json('invite', '--held-mb', '5', '--addresses', '3')).toMatchObject({ link: expect.stringMatching(/\/setup#[\w-]{32}$/) })
  expect(await db.selectFrom('invitations').select(['held_bytes', 'alias_limit']).execute()).toEqual([{ held_bytes: '5000000', alias_limit: 3 }])
  expect(await burnbox('invite', '--held-mb', 'much')).toMatchObject({ code: 64, out: '' })
})

test('account limits prints what an account may have, and changes what is named', async () => {
  expect((await burnbox('account', 'limits', 'bob@home.example', '--addresses', '20', '--domains', 'none', '--replies', '7', '--held-mb', '5')).out)
    .toBe('held mail        0 of 5 MB\naddresses        0 of 20\nown domains      0, no limit\nreplies an hour  7\n')
  expect(await json('account', 'limits', 'bob@home.example', '--addresses', 'none'))
    .toMatchObject({ email: 'bob@home.example', held_bytes: 5_000_000, aliases: null, domains: null, replies_hourly: 7 })
  for (const wrong of [['--replies', 'none'], ['--domains', '-1'], ['--held-mb', '']]) {
    expect(await burnbox('account', 'limits', 'bob@home.example', ...wrong)).toMatchObject({ code: 64, out: '' })
  }
})

test('token add prints the token, alone on stdout; without --scope it may do everything', async () => {
  const { code, out, err } = await burnbox('token', 'add', 'ada@home.example', '--name', 'laptop')
  expect({ code, err }).toEqual({ code: 0, err: '' })
  expect(out).toMatch(/^[A-Za-z0-9]{48}\n$/)
  expect((await accountOfToken(db, out.trim(), new Date()))?.scopes).toEqual(['create', 'read', 'manage'])
  const both = (await burnbox('token', 'add', 'ada@home.example', '--name', 'x', '--scope', 'create', '--scope', 'read')).out
  expect((await accountOfToken(db, both.trim(), new Date()))?.scopes).toEqual(['create', 'read'])
})

test('alias new prints the address, alone; burn, restore and close by address', async () => {
  const { out } = await burnbox('alias', 'new', 'ada@home.example', 'https://shop.example/x', '--label', 'Pans')
  expect(out).toMatch(/^shop-[a-z2-9]{5}@burn\.localhost\n$/)
  const address = out.trim()
  expect(await burnbox('alias', 'burn', address.toUpperCase())).toMatchObject({ code: 0, out: `${address} is burned\n` })
  expect((await burnbox('alias', 'burn', address)).code).toBe(0)
  const { uuid } = await db.selectFrom('aliases').select('uuid').where('address', '=', address).executeTakeFirstOrThrow()
  await holdMessage(db, uuid, 'Subject: x\n\nbody\n', { subject: 'An \u001b[31moffer' })
  expect(await burnbox('alias', 'restore', address, '--release-held')).toMatchObject({ code: 0, out: `${address} is active, 1 released\n` })
  expect(await json('alias', 'close', address)).toMatchObject({ address, state: 'closed', label: 'Pans', site: 'shop.example' })
  expect(await burnbox('alias', 'burn', address)).toMatchObject({ code: 65, out: '', err: expect.stringMatching(/^[^\n]+ is closed[^\n]+\n$/) })
  expect((await json('alias', 'list', 'ada@home.example', '--q', 'pans')).map((one: { address: string }) => one.address)).toEqual([address])
  expect((await burnbox('alias', 'list', '--state', 'closed')).out).toBe(`${address}  closed  shop.example  Pans\n`)
})

test('alias write prints the reverse alias, alone, the same one again; nobody new while it is burned', async () => {
  const address = (await burnbox('alias', 'new', 'ada@home.example', 'flat.example')).out.trim()
  const { code, out } = await burnbox('alias', 'write', address, 'Landlord@Flat.example', '--name', 'Mr Stone')
  expect({ code, out }).toEqual({ code: 0, out: expect.stringMatching(/^r\.[a-z2-7]{26}@burn\.localhost\n$/) })
  expect(await json('alias', 'write', address, 'landlord@flat.example')).toMatchObject({ alias: address, reverse_address: out.trim() })
  await burnbox('alias', 'burn', address)
  expect(await burnbox('alias', 'write', address, 'x@flat.example')).toMatchObject({ code: 65, out: '', err: expect.stringMatching(/is burned/) })
})

test('held and queue', async () => {
  const address = (await burnbox('alias', 'new', 'ada@home.example', 'held.example')).out.trim()
  const { uuid } = await db.selectFrom('aliases').select('uuid').where('address', '=', address).executeTakeFirstOrThrow()
  const id = await holdMessage(db, uuid, 'Subject: x\n\nbody\n', { reason: 'refused', subject: 'An \u001b[31moffer' })
  const { out } = await burnbox('held', 'list')
  expect(out).toContain(id)
  expect(out).not.toContain('\u001b')
  expect((await burnbox('held', 'show', id)).out).toMatch(/^reason +refused$/m)
  expect((await burnbox('held', 'show', id, '--raw')).out).toBe('Subject: x\r\n\r\nbody\r\n')
  expect(await burnbox('held', 'release', id)).toMatchObject({ code: 0, out: 'Released.\n' })
  expect((await burnbox('held', 'release', id)).code).toBe(0)
  const queue = await json('queue', 'list')
  const line = queue.find((one: { alias: string }) => one.alias === address)
  expect(Object.keys(line).sort()).toEqual(['alias', 'id', 'last_reply', 'next_try', 'state', 'subject'])
  await db.updateTable('deliveries').set({ next_attempt_at: new Date('2100-01-01') }).execute()
  expect((await burnbox('queue', 'retry', line.id)).out).toBe('1 due now.\n')
  expect((await json('queue', 'retry', '--all')).due).toBe(queue.length)
})

test.each([
  [['account', 'add', 'nonsense'], 65], [['account', 'add', 'ada@home.example'], 65], [['account', 'add', 'x@burn.localhost'], 65],
  [['account', 'add', 'x@home.example', '--inbox', 'x'], 65],
  [['token', 'add', 'nobody@home.example', '--name', 'x'], 65], [['token', 'add', 'ada@home.example', '--name', 'x'.repeat(33)], 65],
  [['alias', 'new', 'ada@home.example', 'not a site'], 65],
  [['alias', 'new', 'ada@home.example', 'shop.example', '--label', 'a\nb'], 65], [['alias', 'burn', 'none@burn.localhost'], 65],
  [['alias', 'burn', 'x'], 65], [['alias', 'close', 'postmaster@burn.localhost'], 65],
  [['held', 'show', 'x'], 65], [['held', 'release', '00000000-0000-4000-8000-000000000000'], 65], [['queue', 'retry', 'x'], 65],
  [['queue', 'retry', '9'.repeat(19)], 65], [['queue', 'retry', '1'], 65],
  [[], 64], [['nonsense'], 64], [['alias'], 64], [['alias', 'nonsense'], 64], [['--nonsense'], 64], [['account', 'add'], 64],
  [['account', 'add', 'a@b.example', 'c@d.example'], 64], [['alias', 'burn', 'a@b.example', '--force'], 64],
  [['token', 'add', 'ada@home.example'], 64], [['token', 'add', 'ada@home.example', '--name', 'x', '--scope', 'root'], 64],
  [['token', 'add', 'ada@home.example', '--name'], 64], [['alias', 'list', '--state', 'gone'], 64],
  [['queue', 'retry'], 64], [['queue', 'retry', '1', '--all'], 64], [['serve', 'now'], 64],
])('burnbox %j: exit %i, one line on stderr, nothing on stdout', async (argv, expected) => {
  const { code, out, err } = await burnbox(...argv)
  expect({ code, out }).toEqual({ code: expected, out: '' })
  if (argv.length > 0 && argv.join() !== 'alias') expect(err).toMatch(/^[^\n]+\n$/)
  expect(err).not.toMatch(/ {4}at |Error:/)
})

test('--help everywhere, on stdout, exit 0, and nothing is opened for it', async () => {
  for (const argv of [
    [], ['alias'], ['serve'], ['account', 'add'], ['account', 'link'], ['account', 'list'], ['token', 'add'],
    ['alias', 'new'], ['alias', 'list'], ['alias', 'burn'], ['alias', 'restore'], ['alias', 'close'],
    ['held', 'list'], ['held', 'show'], ['held', 'release'], ['queue', 'list'], ['queue', 'retry'],
  ]) {
    const { code, out, err } = await burnbox(...argv, '--help')
    expect({ argv, code, err }).toEqual({ argv, code: 0, err: '' })
    expect(out).toMatch(new RegExp(`^Usage:[\\s\\S]*burnbox ${argv.join(' ')}`))
  }
})

test('help as a word, where people type it first', async () => {
  expect(await burnbox('help')).toMatchObject({ code: 0, out: (await burnbox('--help')).out })
  expect(await burnbox('help', 'held')).toMatchObject({ code: 0, out: (await burnbox('held', '--help')).out })
  expect(await burnbox('help', 'alias', 'new')).toMatchObject({ code: 0, out: (await burnbox('alias', 'new', '--help')).out })
  expect(await burnbox('help', 'nonsense')).toMatchObject({ code: 64 })
})

test('a fault is main’s to explain', async () => {
  await expect(runCli(['queue', 'list'], { serve: async () => {}, open: async () => { throw new Error('away') } })).rejects.toThrow('away')
})
