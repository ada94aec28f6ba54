// Writing first: from a mail program that signed in, and by asking by mail for the address to write to.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { generate } from 'selfsigned'
import { afterAll, describe, expect, test } from 'vitest'
import { makeAppPassword } from '../../../src/flow/app-password.ts'
import { burnAlias } from '../../../src/flow/burn-alias.ts'
import { readCertificate } from '../../../src/smtp/certificate.ts'
import { openSubmission } from '../../../src/smtp/submission.ts'
import type { Alias } from '../../../src/store/aliases.ts'
import { bodyOf, fieldNames, fieldOf, openReplyHost } from '../../support/reply-host.ts'
import { connectClient, send, type SmtpClient } from '../../support/smtp-client.ts'
import { until } from '../../support/until.ts'

const replies = await openReplyHost()
const { hop, mail } = replies
const { host } = mail

const data = mkdtempSync(join(tmpdir(), 'burnbox-write-'))
const files = { cert: join(data, 'cert.pem'), key: join(data, 'key.pem') }
const made = await generate([{ name: 'commonName', value: 'burn.example' }], { keySize: 2048 })
writeFileSync(files.cert, made.cert)
writeFileSync(files.key, made.private)
const submission = await openSubmission(host, readCertificate(files), { host: '127.0.0.1', port: 0 }, true)
afterAll(async () => {
  await submission.close(1)
  rmSync(data, { recursive: true, force: true })
})

const signIn = async (alias: Alias): Promise<SmtpClient> => {
  const { password } = await makeAppPassword(host, { accountId: alias.accountId, aliasUuid: alias.uuid, name: 'Phone' })
  const client = await connectClient(submission.port)
  await client.tls()
  await client.reply()
  await client.say('EHLO phone.local')
  expect(await client.say(`AUTH PLAIN ${Buffer.from(`\0${alias.address}\0${password}`).toString('base64')}`)).toMatch(/^235 /)
  return client
}
const letterFrom = (from: string, to: string, more = ''): string =>
  `From: Ann <${from}>\r\nTo: ${to}\r\nSubject: Hello\r\nMessage-ID: <x@phone.local>\r\nUser-Agent: Phone\r\n${more}\r\nGood day\r\n`

describe('a mail program that signed in', () => {
  test('writes to somebody new and to a reverse alias: each sees the alias alone; the answer finds the same reverse alias', async () => {
    const alias = await replies.alias({ displayName: 'Ann from home' })
    const shop = await replies.written(alias)
    const before = hop.arrived.length
    await using client = await signIn(alias)
    const to = ['landlord@flat.example', shop.reverse]
    expect(await send(client, { from: 'ann@home.example', to, content: letterFrom(alias.address, to.join(', ')) })).toBe('250 2.0.0 Accepted')
    await until(() => hop.arrived.length === before + 2, 'both to get it')
    for (const left of replies.left(before)) {
      expect(fieldOf(left, 'From')).toBe(`"Ann from home" <${alias.address}>`)
      expect(fieldOf(left, 'To')).toBe('landlord@flat.example, orders@shop.example')
      expect(fieldNames(left)).not.toContain('User-Agent')
      expect(left.bytes.toString('latin1')).not.toMatch(/home\.example|phone\.local|r\.[a-z2-7]{26}/)
    }
    const answer = await replies.written(alias, { from: 'Landlord <landlord@flat.example>' })
    const rows = await replies.db.selectFrom('correspondents').select('reverse_local_part').where('alias_id', '=', alias.id).orderBy('id', 'desc').execute()
    expect(`${rows[0]!.reverse_local_part}@burn.example`).toBe(answer.reverse)
  })

  test('RCPT: an address of one\'s own, of another alias, of another account, of nobody', async () => {
    const [alias, other] = [await replies.alias(), await replies.alias()]
    const foreign = await replies.alias({ account: await mail.account('bob', ['bob@else.example']) })
    const [ofOther, ofForeign] = [await replies.written(other), await replies.written(foreign)]
    await using client = await signIn(alias)
    await client.say('MAIL FROM:<ann@home.example>')
    for (const own of ['annette@home.example', 'ann@account.example', other.address, alias.address]) {
      expect(await client.say(`RCPT TO:<${own}>`)).toMatch(/^550 5\.7\.1 This is an address of your own/)
    }
    expect(await client.say(`RCPT TO:<${ofOther.reverse}>`)).toMatch(/^550 5\.7\.1 This reverse alias belongs to another address of yours/)
    for (const nobody of [ofForeign.reverse, `r.${'a'.repeat(26)}@burn.example`, 'b.x@burn.example', 'r.x@burn.example']) {
      expect(await client.say(`RCPT TO:<${nobody}>`)).toBe('550 5.1.1 No such address')
    }
  })

  test('From must be the alias or one of its inboxes; burned since the sign-in, nothing is sent', async () => {
    const alias = await replies.alias()
    await using client = await signIn(alias)
    const say = (from: string) => send(client, { from: 'ann@home.example', to: 'x@flat.example', content: letterFrom(from, 'x@flat.example') })
    const before = hop.arrived.length
    expect(await say('boss@corp.example')).toBe('550 5.7.1 You are not allowed to write to this address')
    expect(await say('annette@home.example')).toBe('550 5.7.1 You are not allowed to write to this address')
    expect(await say('ann@home.example')).toBe('250 2.0.0 Accepted')
    expect(fieldOf(hop.arrived[before]!, 'From')).toBe(alias.address)
    await burnAlias(host, { accountId: alias.accountId, uuid: alias.uuid })
    expect(await say(alias.address)).toBe('550 5.7.1 This address is burned: restore it in Burnbox, then send again')
    expect(hop.arrived).toHaveLength(before + 1)
  })
})

describe('asking by mail', () => {
  const ask = (alias: Alias, to: string, more: Parameters<typeof replies.answer>[1] = {}) =>
    replies.answer({ alias, arrived: undefined as never, reverse: to as never, messageId: 'none@home.example' }, more)
  const askedOf = (alias: Alias, suffix = '+new=flat.example'): string => alias.address.replace('@', `${suffix}@`)

  test('the owner gets the reverse alias, where he asked; what he wrote goes nowhere', async () => {
    const alias = await replies.alias()
    const before = hop.arrived.length
    expect(await ask(alias, askedOf(alias), { body: 'A secret of mine' })).toBe('250 2.0.0 Accepted')
    await until(() => hop.arrived.length === before + 1, 'the answer')
    const [left] = replies.left(before)
    expect(left!.forwardPaths).toEqual(['ann@home.example'])
    expect(fieldOf(left!, 'Subject')).toContain('How to write to new@flat.example')
    const [row] = await replies.db.selectFrom('correspondents').select('reverse_local_part').where('alias_id', '=', alias.id).execute()
    expect(bodyOf(left!).replaceAll('=\r\n', '')).toContain(`${row!.reverse_local_part}@burn.example`)
    expect(bodyOf(left!)).not.toContain('A secret')

    const again = hop.arrived.length
    const reverse = `${row!.reverse_local_part}@burn.example`
    expect(await ask(alias, reverse)).toBe('250 2.0.0 Accepted')
    expect(hop.arrived[again]).toMatchObject({ forwardPaths: ['new@flat.example'] })
    expect(fieldOf(hop.arrived[again]!, 'From')).toBe(alias.address)
  })

  test('K19 nobody else may: refused, noted for the owner, and no correspondent is made', async () => {
    const alias = await replies.alias()
    for (const more of [
      { sign: false, reversePath: 'mallory@evil.example' }, { from: 'mallory@evil.example', reversePath: 'mallory@evil.example', sign: false },
      { from: 'annette@home.example' },
    ] as const) {
      expect(await ask(alias, askedOf(alias), more)).toBe('550 5.7.1 You are not allowed to write to this address')
    }
    expect(await ask(alias, askedOf(alias), { header: 'Auto-Submitted: auto-replied\r\n' })).toMatch(/^550 5\.7\.1 Automatic/)
    expect(await replies.db.selectFrom('correspondents').select('id').where('alias_id', '=', alias.id).execute()).toEqual([])
    expect((await mail.activity()).filter((line) => line.alias_address === alias.address && line.kind === 'refused')).toHaveLength(4)
  })

  test('of an unknown or closed alias, for an own address, in another form: refused', async () => {
    const alias = await replies.alias()
    expect(await ask(alias, 'nobody+new=flat.example@burn.example')).toBe('550 5.1.1 No such address')
    for (const suffix of ['+new', '+=flat.example', '+new=', '+new=-']) expect(await ask(alias, askedOf(alias, suffix))).toBe('550 5.1.1 No such address')
    expect(await ask(alias, askedOf(alias, '+annette=home.example'))).toBe('550 5.7.1 Message not accepted')
    await burnAlias(host, { accountId: alias.accountId, uuid: alias.uuid })
    expect(await ask(alias, askedOf(alias))).toMatch(/^550 5\.7\.1 This address is burned/)
  })
})
