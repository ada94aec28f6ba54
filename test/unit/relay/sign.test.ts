import { Readable } from 'node:stream'
import { sealMessage } from 'mailauth/lib/arc/index.js'
import { describe, expect, test } from 'vitest'
import { systemClock } from '../../../src/clock.ts'
import { contentInMemory } from '../../../src/mail/content.ts'
import { endOfFields } from '../../../src/mail/header.ts'
import { createSigner, type SigningKey } from '../../../src/relay/sign.ts'
import { createFakeClock } from '../../support/fake-clock.ts'
import { makeSigningKeys } from '../../support/signing-keys.ts'
import { testNeeding } from '../../support/tools.ts'
import { verifySignatures, verifyWithPython } from '../../support/verify-signature.ts'

const { rsa, ed25519, records } = makeSigningKeys()
const signer = createSigner(async () => [rsa], systemClock)
const both = createSigner(async () => [rsa, ed25519], systemClock)
const letter = Buffer.from([
  'Received: from x by burn.example; Sun, 22 Nov 2026 07:52:00 +0000', 'From: "Shop (a at b.example)" <r.x@burn.example>', 'To: you@burn.example',
  'Subject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=', '  in two lines', 'Date: Sun, 22 Nov 2026 07:52:00 +0000', 'Message-ID: <1@shop.example>',
  'List-Unsubscribe: <https://shop.example/u>', 'List-Unsubscribe-Post: List-Unsubscribe=One-Click', '', 'Hello  you ', '', '.', '..', '', ''].join('\r\n'))

const sign = async (message: Buffer, by = signer, seal?: string, chain: 'none' | 'pass' = 'none'): Promise<Buffer> => {
  const at = endOfFields(message)
  const content = contentInMemory(message, at, true)
  const header = await by.sign({ header: message.subarray(0, at), content }, seal === undefined ? undefined : { authenticationResults: seal, chain })
  return Buffer.concat([header, message.subarray(at)])
}
const changed = (message: Buffer, from: string, to: string): Buffer => Buffer.from(message.toString('latin1').replace(from, to), 'latin1')

describe('DKIM', () => {
  test('D06 mailauth finds the signature good; one octet more or less and it does not', async () => {
    const signed = await sign(letter)
    const pass = [{ result: 'pass', domain: 'burn.example', selector: 'one', algorithm: 'rsa-sha256' }]
    expect(await verifySignatures(signed, records)).toMatchObject({ dkim: pass })
    const changes = [['Hello', 'Hallo'], ['in two', 'in 2'], ['From:', 'From: evil@x.example\r\nFrom:'], ['Subject:', 'Cc: x@x.example\r\nSubject:']]
    for (const [from, to] of changes) {
      expect((await verifySignatures(changed(signed, from!, to!), records)).dkim[0]?.result).not.toBe('pass')
    }
  })

  test('what relays may do to a message leaves it good: blanks, folds, fields on top, empty lines at the end', async () => {
    const spoiled = changed(changed(await sign(letter), '  in two lines', '\tin two   lines'), 'Hello  you ', 'Hello you')
    const message = Buffer.concat([Buffer.from('Received: by relay\r\n'), spoiled, Buffer.from('\r\n\r\n')])
    expect((await verifySignatures(message, records)).dkim[0]?.result).toBe('pass')
  })

  test('a second signature with Ed25519', async () => {
    const { dkim } = await verifySignatures(await sign(letter, both), records)
    expect(dkim.map(({ result, algorithm }) => [result, algorithm]).toSorted()).toEqual([['pass', 'ed25519-sha256'], ['pass', 'rsa-sha256']])
  })

  testNeeding('python3-dkim')('E16 python3-dkim accepts both signatures and the seal', async () => {
    expect(verifyWithPython(await sign(letter, both, 'burn.example; dkim=pass header.d=shop.example'), records, 2)).toEqual({ dkim: [true, true], arc: 'pass' })
    expect(verifyWithPython(changed(await sign(letter), 'Hello', 'Hallo'), records, 1)).toMatchObject({ dkim: [false] })
  })

  test('a body in pieces, as it comes from a file or the database', async () => {
    const header = letter.subarray(0, endOfFields(letter))
    const rest = Buffer.from(`\r\n${'A line of text,  and another. \r\n'.repeat(100_000)}\r\n\r\n`)
    const read = (offset: number): AsyncIterable<Buffer> => Readable.from((function* () {
      for (let at = offset - header.length; at < rest.length; at += 65_521) yield rest.subarray(at, at + 65_521)
    })())
    const content = { size: header.length + rest.length, header, bodyOffset: header.length, eightBit: false, read }
    const signed = await signer.sign({ header, content })
    expect((await verifySignatures(Buffer.concat([signed, rest]), records)).dkim[0]?.result).toBe('pass')
  })

  test('a header alone', async () => {
    expect((await verifySignatures(await sign(Buffer.from('From: a@burn.example\r\n')), records)).dkim[0]?.result).toBe('pass')
  })
})

describe('the keys', () => {
  test('are read once for messages at the same time, and again after a minute', async () => {
    const clock = createFakeClock()
    let reads = 0
    let key: SigningKey = rsa
    const own = createSigner(async () => {
      reads += 1
      return [key]
    }, clock)
    await Promise.all([sign(letter, own), sign(letter, own)])
    expect(reads).toBe(1)
    key = { ...rsa, selector: 'three' }
    await clock.advance(61_000)
    await sign(letter, own)
    expect(reads).toBe(2)
    expect((await sign(letter, own)).toString()).toContain('s=three;')
  })

  test('that cannot be read: no message goes unsigned, and the next one asks again', async () => {
    let away = true
    const own = createSigner(async () => {
      if (away) throw new Error('the database is away')
      return [rsa]
    }, systemClock)
    await expect(sign(letter, own)).rejects.toThrow('the database is away')
    away = false
    expect((await sign(letter, own)).toString()).toContain('DKIM-Signature: ')
    await expect(sign(letter, createSigner(async () => [], systemClock))).rejects.toThrow('no key')
  })
})

describe('ARC', () => {
  const results = 'burn.example; dkim=pass header.d=shop.example; spf=pass smtp.mailfrom=shop.example'
  const shop = makeSigningKeys('lists.example')
  const all = { ...records, ...shop.records }

  test('E17 without a chain: a first set, cv=none, that mailauth validates', async () => {
    const sealed = await sign(letter, signer, results)
    expect(sealed.toString()).toMatch(/^ARC-Seal: i=1; a=rsa-sha256; t=\d+; cv=none;/)
    expect(await verifySignatures(sealed, records)).toMatchObject({ dkim: [{ result: 'pass' }], arc: 'pass', arcSets: 1 })
    expect((await verifySignatures(changed(sealed, 'spf=pass', 'spf=fail'), records)).arc).toBe('fail')
  })

  test('E17 a chain of one to three becomes one longer, cv=pass', async () => {
    let message: Buffer = letter
    for (const sets of [1, 2, 3, 4]) {
      message = await sign(message, signer, results, sets === 1 ? 'none' : 'pass')
      expect(await verifySignatures(message, records)).toMatchObject({ arc: 'pass', arcSets: sets })
      expect(message.toString()).toContain(`i=${sets}; a=rsa-sha256; t=`)
    }
    expect(message.toString().match(/cv=pass/g)).toHaveLength(3)
  })

  testNeeding('python3-dkim')('E17 the set behind one of another maker, by mailauth and by arcverify', async () => {
    const pem = `-----BEGIN PRIVATE KEY-----\n${shop.rsa.privateKey.toString('base64')}\n-----END PRIVATE KEY-----`
    const seal = await sealMessage(letter, {
      signingDomain: 'lists.example', selector: 'one', privateKey: pem, authResults: 'lists.example; dkim=pass', cv: 'none',
    } as never)
    const sealed = await sign(Buffer.concat([seal as Buffer, letter]), signer, results, 'pass')
    expect(await verifySignatures(sealed, all)).toMatchObject({ arc: 'pass', arcSets: 2 })
    expect(verifyWithPython(sealed, all, 1)).toEqual({ dkim: [true], arc: 'pass' })
  })

  test('E17 sets that are not whole, or fifty of them, or not known to validate, get none behind them', async () => {
    const sealed = await sign(letter, signer, results)
    const broken = Buffer.from(sealed.toString('latin1').replace('ARC-Message-Signature: i=1', 'ARC-Message-Signature: i=2'), 'latin1')
    expect((await sign(broken, signer, results, 'pass')).toString().match(/^ARC-Seal:/gm)).toHaveLength(1)
    expect((await sign(sealed, signer, results, 'none')).toString().match(/^ARC-Seal:/gm)).toHaveLength(1)
    expect((await sign(letter, signer, results, 'pass')).toString()).not.toContain('ARC-')
    const set = (n: number): string => `ARC-Seal: i=${n}; cv=pass\r\nARC-Message-Signature: i=${n}\r\nARC-Authentication-Results: i=${n}; x\r\n`
    const fifty = Buffer.from(Array.from({ length: 50 }, (_, n) => set(n + 1)).join('') + letter.toString('latin1'), 'latin1')
    expect((await sign(fifty, signer, results, 'pass')).toString().match(/^ARC-Seal:/gm)).toHaveLength(50)
  })
})
