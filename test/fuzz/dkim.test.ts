// Whatever a header and a body hold: what our next hop gets over SMTP has a signature that verifies.
import { Buffer } from 'node:buffer'
import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { afterAll, expect, test } from 'vitest'
import { systemClock } from '../../src/clock.ts'
import { lowerCased, type Mailbox } from '../../src/mail/address.ts'
import { canonicalBody } from '../../src/mail/canonical-body.ts'
import { contentInMemory } from '../../src/mail/content.ts'
import { formatField, parseFields } from '../../src/mail/header.ts'
import { correspondentsOf, rewriteHeader } from '../../src/policy/rewrite.ts'
import { createSigner } from '../../src/relay/sign.ts'
import { createSmarthost } from '../../src/relay/smarthost.ts'
import { openNextHop } from '../support/next-hop.ts'
import { makeSigningKeys } from '../support/signing-keys.ts'
import { verifySignatures } from '../support/verify-signature.ts'
import { hostileHeader, megabytes, seeded } from './hostile.ts'

const alias = 'shop-7kq2m@burn.example' as Mailbox
const isOwn = (one: Mailbox): boolean => one === alias
const { rsa, records } = makeSigningKeys()
const signer = createSigner(async () => [rsa], systemClock)
const hop = await openNextHop()
const relay = createSmarthost({ kind: 'smarthost', host: '127.0.0.1', port: hop.port, secure: false }, 'burn.example', systemClock)
afterAll(async () => {
  relay.close()
  await hop[Symbol.asyncDispose]()
})

const rewritten = (header: Buffer): Buffer => {
  const fields = parseFields(header)
  const known = correspondentsOf(fields, isOwn).map((one) => lowerCased(one.mailbox))
  return rewriteHeader(fields, {
    alias, isOwn, authservIds: ['burn.example'], received: formatField('Received', 'from x by burn.example; Sun, 22 Nov 2026 07:52:00 +0000'),
    reverseAliasOf: (one) => (known.includes(lowerCased(one)) ? (`r.${known.indexOf(lowerCased(one))}@burn.example` as Mailbox) : undefined),
    ifAbsent: { date: new Date(0), messageId: 'x@burn.example' },
  })
}

/** As the ingress lets it in: no NUL, no bare CR, no bare LF. */
const line = fc.oneof(
  { weight: 3, arbitrary: fc.string({ unit: 'grapheme', maxLength: 40 }) }, fc.constantFrom('', '.', '..', ' ', '\t', ' \t ', '. ', 'a  b\t\tc ', '-- '),
).map((text) => text.replace(/[\0\r\n]/g, ''))
const body = fc.tuple(fc.array(line, { maxLength: 12 }), fc.boolean()).map(([lines, open]) => lines.join('\r\n') + (open ? '' : '\r\n'))

test('E16 any forward verifies at the next hop, and its body has not changed', async () => {
  await fc.assert(fc.asyncProperty(hostileHeader, body, async (original, text) => {
    const bytes = Buffer.from(`${original}\r\n${text}`)
    const content = contentInMemory(bytes, Buffer.byteLength(original), true)
    const header = rewritten(Buffer.from(original))
    // Of a line that is no field ("From" without a colon, a name that is not ASCII) each verifier has its own idea; RFC 5322 §2.2 has none.
    fc.pre(parseFields(header).every(({ name }) => /^[!-~]+$/.test(name)))
    const { result } = relay.begin(
      { reversePath: { kind: 'null' }, forwardPath: 'me@home.example' as Mailbox, smtpUtf8: false },
      { header: await signer.sign({ header, content }), content }, { inline: false },
    )
    expect((await result).kind).toBe('accepted')
    const arrived = hop.arrived.at(-1)!.bytes
    expect((await verifySignatures(arrived, records)).dkim).toMatchObject([{ result: 'pass' }])
  }), seeded(31, 400))
})

test('the canonical body is that of RFC 6376 §3.4.4 done by the letter, in whatever pieces it comes', () => {
  const byTheLetter = (text: string): string => {
    const lines = text.replace(/(?<!\r)\n/g, '\r\n').split('\r\n').map((one) => one.replace(/[\t ]+/g, ' ').replace(/ $/, ''))
    const canonical = lines.join('\r\n').replace(/(\r\n)+$/, '')
    return canonical === '' ? '' : `${canonical}\r\n`
  }
  const text = fc.array(fc.constantFrom('a', ' ', '\t', '\r', '\n', '\r\n', '\r\n\r\n', 'word', 'ü', '.'), { maxLength: 60 }).map((all) => all.join(''))
  fc.assert(fc.property(text, fc.integer({ min: 1, max: 9 }), (one, size) => {
    const got: Buffer[] = []
    const canonical = canonicalBody({ update: (bytes) => got.push(Buffer.from(bytes)) })
    const bytes = Buffer.from(`\r\n${one}`)
    for (let at = 0; at < bytes.length; at += size) canonical.write(bytes.subarray(at, at + size))
    canonical.end()
    expect(Buffer.concat(got).toString()).toBe(byTheLetter(one))
  }), seeded(32, 20_000))
})

test('bounded time on 1 MB of hostile header and body', async () => {
  for (const [, text] of megabytes) {
    const hash = createHash('sha256')
    const canonical = canonicalBody(hash)
    canonical.write(Buffer.from(text))
    canonical.end()
    const header = Buffer.from(`From: a@burn.example\r\nSubject: ${text.replace(/[\r\n\0]+/g, '\r\n ')}\r\n`)
    await signer.sign({ header, content: contentInMemory(Buffer.concat([header, Buffer.from('\r\n')]), header.length, true) })
  }
})
