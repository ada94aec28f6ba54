// What leaves is signed with the key of our domain, whichever way it leaves; what cannot be signed stays.
import { describe, expect, onTestFinished, test } from 'vitest'
import { addDomain, proveDomain } from '../../../src/flow/add-domain.ts'
import { createAlias } from '../../../src/flow/create-alias.ts'
import { dnsRecords } from '../../../src/flow/dns-records.ts'
import type { Host } from '../../../src/flow/host.ts'
import { ownDomainRecords } from '../../../src/flow/own-domain-records.ts'
import { activateDkimRotation, prepareDkimRotation } from '../../../src/flow/rotate-dkim.ts'
import { queueOwnMail } from '../../../src/flow/send-own-mail.ts'
import type { Mailbox } from '../../../src/mail/address.ts'
import { contentInMemory } from '../../../src/mail/content.ts'
import { endOfFields } from '../../../src/mail/header.ts'
import { claimByUuid } from '../../../src/store/domain-claims.ts'
import { createDatabase } from '../../support/database.ts'
import { createFakeClock } from '../../support/fake-clock.ts'
import { letter, openMailProcess, type MailProcess } from '../../support/mail-process.ts'
import { listDeliveries } from '../../support/mail-rows.ts'
import { openNextHop, type NextHop } from '../../support/next-hop.ts'
import { openDnsServer } from '../../support/dns-server.ts'
import { createSigner, keyName, publish, sealed, signed } from '../../support/signed.ts'
import { until } from '../../support/until.ts'
import { verifySignatures, type TxtRecords } from '../../support/verify-signature.ts'

const { db, url } = await createDatabase()

async function nextHop(): Promise<NextHop> {
  const hop = await openNextHop()
  onTestFinished(() => hop[Symbol.asyncDispose]())
  return hop
}

let names = 0
const aliasOf = async (mail: MailProcess, options: { readonly toAll?: boolean } = {}) => {
  const name = `signed${++names}`
  return mail.alias(await mail.account(name, [`${name}@home.example`, `${name}-2@home.example`]), options)
}
const published = async (host: Host): Promise<TxtRecords> =>
  Object.fromEntries((await dnsRecords(host)).filter(({ type }) => type === 'TXT').map(({ name, value }) => [name, value]))
const selectorsOf = async (mail: MailProcess, bytes: Buffer): Promise<readonly string[]> =>
  (await verifySignatures(bytes, await published(mail.host))).dkim.map((one) => `${one.result} ${one.domain} ${one.selector}`)

describe('D06 E16 signed with d= our domain, the domain of the From', () => {
  test('a forward while its sender waits, and one that goes to several inboxes by way of the queue', async () => {
    const hop = await nextHop()
    const mail = await openMailProcess(url, { relay: hop.url })
    const message = letter('Hello  there ', 'DKIM-Signature: v=1; d=shop.example; b=x\r\nList-Unsubscribe: <https://shop.example/u>\r\n')
    await mail.send({ to: (await aliasOf(mail)).address, message })
    await mail.send({ to: (await aliasOf(mail, { toAll: true })).address, message })
    await until(() => hop.accepted.length === 3, 'three copies')
    for (const { bytes } of hop.accepted) {
      expect(await selectorsOf(mail, bytes)).toEqual(['pass burn.example burnbox1'])
      expect(bytes.toString()).toMatch(/^DKIM-Signature: /)
      expect(bytes.toString().replace(/\r\n /g, ' ')).toMatch(/^From: .*@burn\.example>\r?$/m)
      expect(bytes.toString().replace(/\r\n /g, '')).toMatch(/; ?h=[^;]*list-unsubscribe/)
    }
  })

  test('the forward of an address of a domain of one\'s own: From and signature are the host\'s; what is from that domain has its key', async () => {
    const [hop, dns] = [await nextHop(), await openDnsServer()]
    const mail = await openMailProcess(url, { relay: hop.url, env: { BURNBOX_DNS: dns.address } })
    const account = await mail.account('owner')
    const { uuid } = await addDomain(mail.host, { accountId: account.id, name: 'own.example' })
    const records = async () => ownDomainRecords(mail.host, (await claimByUuid(db, account.id, uuid))!)
    for (const { name, type, value } of await records()) if (type === 'TXT') dns.set(name, type, value)
    await proveDomain(mail.host, { accountId: account.id, uuid })
    const { address } = await createAlias(mail.host, {
      accountId: account.id, site: null, label: null, note: null, displayName: null, pinned: false, localPart: 'any', domain: 'own.example',
    })
    expect((await mail.send({ to: address })).dot).toMatch(/^250 /)
    expect(hop.accepted[0]!.bytes.toString()).toContain('X-Burnbox-Alias: any@own.example')
    expect(await selectorsOf(mail, hop.accepted[0]!.bytes)).toEqual(['pass burn.example burnbox1'])

    const bytes = Buffer.from(letter().replace('orders@shop.example', 'any@own.example'))
    const content = contentInMemory(bytes, endOfFields(bytes), true)
    const header = await mail.host.signer!.sign({ header: content.header, content })
    const keys = Object.fromEntries((await records()).map(({ name, value }) => [name, value]))
    const { dkim } = await verifySignatures(Buffer.concat([header, bytes.subarray(content.bodyOffset)]), keys)
    expect(dkim.map((one) => `${one.result} ${one.domain}`)).toEqual(['pass own.example'])
  })

  test('mail of our own', async () => {
    const hop = await nextHop()
    const mail = await openMailProcess(url, { relay: hop.url })
    const { id: accountId } = await mail.account('own')
    const inbox = await db.selectFrom('inboxes').select(['id', 'address']).where('account_id', '=', accountId).executeTakeFirstOrThrow()
    await db.transaction().execute((tx) => queueOwnMail(mail.host, tx, {
      accountId, inboxId: inbox.id, to: inbox.address as Mailbox, subject: 'Grüße', text: 'Grüße aus Köln. ', html: '<p>Grüße</p>',
    }))
    mail.host.wakeWorker()
    await hop.saw('dot')
    expect(await selectorsOf(mail, hop.arrived[0]!.bytes)).toEqual(['pass burn.example burnbox1'])
  })

  test('a message that came through a spool file', async () => {
    const hop = await nextHop()
    const mail = await openMailProcess(url, { relay: hop.url })
    await mail.send({ to: (await aliasOf(mail)).address, message: `${letter()}${'A line  of text, \t and another.\r\n'.repeat(60_000)}` })
    expect(await selectorsOf(mail, hop.accepted[0]!.bytes)).toEqual(['pass burn.example burnbox1'])
  })

  test('twice with BURNBOX_DKIM_ED25519', async () => {
    const hop = await nextHop()
    const mail = await openMailProcess(url, { relay: hop.url, env: { BURNBOX_DKIM_ED25519: 'true' } })
    await mail.send({ to: (await aliasOf(mail)).address })
    expect((await selectorsOf(mail, hop.accepted[0]!.bytes)).toSorted()).toEqual(['pass burn.example burnbox-ed1', 'pass burn.example burnbox1'])
  })

  test('what the local inbox keeps, too', async () => {
    const mail = await openMailProcess(url, { relay: 'local' })
    await mail.send({ to: (await aliasOf(mail)).address })
    const row = await db.selectFrom('local_messages as l').innerJoin('message_chunks as c', 'c.message_id', 'l.message_id').select('c.bytes')
      .executeTakeFirstOrThrow()
    expect(await selectorsOf(mail, row.bytes)).toEqual(['pass burn.example burnbox1'])
  })

  test('never with BURNBOX_BENCH_BARE', async () => {
    const hop = await nextHop()
    const mail = await openMailProcess(url, { relay: hop.url, env: { BURNBOX_BENCH_BARE: 'true' } })
    await mail.send({ to: (await aliasOf(mail)).address })
    expect(hop.accepted[0]!.bytes.toString()).not.toContain('DKIM-Signature')
  })
})

test('after a rotation a process that runs signs with the new key within a minute', async () => {
  const hop = await nextHop()
  const clock = createFakeClock()
  const mail = await openMailProcess(url, { relay: hop.url, clock })
  const alias = await aliasOf(mail)
  await mail.send({ to: alias.address })
  await prepareDkimRotation(mail.host)
  await activateDkimRotation(mail.host, { force: true })
  await clock.advance(61_000)
  // The first one after the minute still goes with the kept key; reading must not make mail wait.
  await until(async () => {
    await mail.send({ to: alias.address })
    return (await selectorsOf(mail, hop.accepted.at(-1)!.bytes)).join() === 'pass burn.example burnbox2'
  }, 'a message signed with the second key')
  expect(await selectorsOf(mail, hop.accepted[0]!.bytes)).toEqual(['pass burn.example burnbox1'])
})

test('a message that cannot be signed is deferred, and leaves signed when it can', async () => {
  const hop = await nextHop()
  const clock = createFakeClock()
  const mail = await openMailProcess(url, { relay: hop.url, clock, env: { BURNBOX_DOMAIN: 'fault.example' } })
  const alias = await aliasOf(mail)
  await dnsRecords(mail.host)
  const spoil = (): Promise<unknown> =>
    db.updateTable('dkim_keys').set({ private_key_encrypted: Buffer.alloc(40) }).where('domain', '=', 'fault.example').execute()
  const { private_key_encrypted: good } = await db.selectFrom('dkim_keys').selectAll().where('domain', '=', 'fault.example').executeTakeFirstOrThrow()
  await spoil()
  expect((await mail.send({ to: alias.address })).dot).toMatch(/^250 /)
  expect(hop.count('data')).toBe(0)
  const [waiting] = (await listDeliveries(db)).filter((row) => row.last_reply?.includes('sign'))
  expect(waiting).toMatchObject({ state: 'queued', last_reply: 'Burnbox could not sign the message.' })
  await db.updateTable('dkim_keys').set({ private_key_encrypted: good }).where('domain', '=', 'fault.example').execute()
  await until(() => hop.accepted.length === 1, 'the message to leave', { each: () => clock.advance(5_000) })
  expect(await selectorsOf(mail, hop.accepted[0]!.bytes)).toEqual(['pass fault.example burnbox1'])
})

describe('E17 sealed with what was found when it came', () => {
  const shop = createSigner('shop.example')
  const list = createSigner('list.example')

  test('after a DKIM pass a first set, after a chain that validates the next, after a broken one or without a pass none', async () => {
    const dns = await openDnsServer()
    for (const signer of [shop, list]) publish(dns, signer)
    const hop = await nextHop()
    const mail = await openMailProcess(url, { relay: hop.url, env: { BURNBOX_DNS: dns.address } })
    const alias = await aliasOf(mail)
    const seen = async (message: string): Promise<string> => {
      expect((await mail.send({ to: alias.address, message })).dot).toMatch(/^250 /)
      const theirs = Object.fromEntries([shop, list].map((signer) => [keyName(signer), `v=DKIM1; k=rsa; p=${signer.publicKey}`]))
      const { dkim, arc, arcSets } = await verifySignatures(hop.accepted.at(-1)!.bytes, { ...await published(mail.host), ...theirs })
      expect(dkim).toMatchObject([{ result: 'pass', domain: 'burn.example' }])
      return `${arc} ${arcSets}`
    }
    expect(await seen(letter())).toBe('none 0')
    expect(await seen(await signed(letter(), shop))).toBe('pass 1')
    const unfolded = hop.accepted.at(-1)!.bytes.toString().replace(/\r\n /g, ' ')
    expect(unfolded).toMatch(/^ARC-Authentication-Results: i=1; burn\.example; .*dkim=pass header\.d=shop\.example/m)
    const chained = await sealed(await signed(letter(), shop), list, 'list.example; dkim=pass header.d=shop.example')
    expect(await seen(chained)).toBe('pass 2')
    const broken = chained.replace('list.example; dkim=pass', 'list.example; dkim=fail')
    await seen(broken)
    expect(hop.accepted.at(-1)!.bytes.toString().match(/^ARC-Seal:/gm)).toHaveLength(1)
  })
})
