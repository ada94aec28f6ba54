// Debian's rspamd and the mail path, between real sockets.
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished } from 'vitest'
import { changeAccount } from '../../../src/flow/change-account.ts'
import { createDatabase } from '../../support/database.ts'
import { letter, openMailProcess } from '../../support/mail-process.ts'
import { emptyMail, listHeldRows } from '../../support/mail-rows.ts'
import { openNextHop } from '../../support/next-hop.ts'
import { startRspamd, type Rspamd } from '../../support/rspamd.ts'
import { hasTool, testNeeding } from '../../support/tools.ts'

const { db, url } = await createDatabase()
beforeEach(() => emptyMail(db))

const gtube = 'XJS*C4JDBQADN1.NSBN3*2IDNEN*GTUBE-STANDARD-ANTI-UBE-TEST-EMAIL*C.34X'
/** Without To, Date and Message-ID: 5.5 points by rspamd's own rules. */
const suspect = 'From: Shop <orders@shop.example>\r\nSubject: Offer\r\n\r\nBuy now.\r\n'
/** `letter` with a To that names a mailbox: nothing to say against it. */
const honest = letter().replace('To: you', 'To: you@home.example')
const accepted = /^250 /

describe('Debian’s rspamd', () => {
  let rspamd: Rspamd | undefined
  beforeAll(async () => {
    if (hasTool('rspamd')) rspamd = await startRspamd()
  })
  afterAll(() => rspamd?.[Symbol.asyncDispose]())
  const needing = testNeeding('rspamd')

  const open = async () => {
    const hop = await openNextHop()
    onTestFinished(() => hop[Symbol.asyncDispose]())
    const mail = await openMailProcess(url, { relay: hop.url, env: { BURNBOX_RSPAMD: rspamd!.url } })
    const account = await mail.account(`filtered${++people}`)
    const alias = await mail.alias(account)
    return {
      mail, account,
      send: async (message: string | Buffer, more: { readonly from?: string; readonly parameters?: string } = {}) =>
        (await mail.send({ to: alias.address, message, ...more })).dot,
      tags: () => hop.accepted.map(({ bytes }) => /^X-Burnbox-Spam: (.*)\r$/m.exec(bytes.toString('latin1'))?.[1]),
    }
  }
  let people = 0

  needing('rejects the GTUBE message: refused', async () => {
    const { send } = await open()
    expect(await send(letter(`A test\r\n\r\n${gtube}`))).toBe('550 5.7.1 Message not accepted: it looks like spam')
  })

  needing('finds nothing in an honest message, from wherever', async () => {
    const { send, tags } = await open()
    expect(await send(honest)).toMatch(accepted)
    expect(await send(honest, { from: '' })).toMatch(accepted)
    expect(await send(honest, { from: 'grüße@shop.example', parameters: 'SMTPUTF8' })).toMatch(accepted)
    expect(tags()).toEqual([undefined, undefined, undefined])
    expect(rspamd!.output()).toContain('from: <sender@shop.example>')
  })

  needing('adds a header: tagged with its score, and held by whom that is enough', async () => {
    const { send, tags, mail, account } = await open()
    expect(await send(suspect)).toMatch(accepted)
    expect(tags()).toEqual(['yes; score=5.5'])
    await changeAccount(mail.host, { accountId: account.id, spamThreshold: 5 })
    expect(await send(suspect)).toMatch(accepted)
    expect(tags()).toHaveLength(1)
    expect(await listHeldRows(db)).toMatchObject([{ reason: 'spam' }])
  })

  needing('gets all of a message of 5 MB', async () => {
    const { send } = await open()
    const message = Buffer.from(honest + `${'x'.repeat(70)}\r\n`.repeat(70_000))
    expect(await send(message)).toMatch(accepted)
    expect(rspamd!.output()).toContain(`size: ${message.length};`)
  })

  // Last, because it is the end of it.
  needing('killed: mail goes on', async () => {
    const { send, tags } = await open()
    await rspamd!.kill()
    expect(await send(suspect)).toMatch(accepted)
    expect(tags()).toEqual([undefined])
  })
})
