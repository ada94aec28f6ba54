// Ids across the alias, both ways.
import { describe, expect, test } from 'vitest'
import { parseFields } from '../../../src/mail/header.ts'
import { messageIdsIn, mintMessageId, readMessageId } from '../../../src/mail/message-id.ts'
import { parseReplyPath, replyPathLocalPart } from '../../../src/mail/reply-path.ts'
import { outgoingId, threadOf, withOriginalIds, type OutgoingIds } from '../../../src/policy/thread.ts'
import { deriveKeys } from '../../../src/store/secret.ts'
import { threadKeyOf, threadSecret } from '../../../src/store/thread-key.ts'

const keys = deriveKeys('a secret for tests only')
const veil = (uuid: string) => threadKeyOf(keys, { uuid })
const gmail = 'CA+cFcrzxWn5kq3Y0f8Rk2a1T7s9u-VbLdE4h6JmPqXo=gNwA@mail.gmail.com'
const outlook = 'AM9PR04MB8195D7A2C3E4F5061728394A5B6C7D8E9F0@AM9PR04MB8195.eurprd04.prod.outlook.com'

describe('a minted id', () => {
  test('comes back to the inbox and the id that it stands for', () => {
    for (const id of [gmail, outlook, 'x', 'ü@x.example']) {
      const minted = mintMessageId({ inbox: 123_456_789_012, id }, 'burn.example', veil('a'))!
      expect(readMessageId(minted, 'burn.example', veil('a'))).toEqual({ inbox: 123_456_789_012, id })
      expect(minted).toMatch(/^[\w-]+@burn\.example$/)
    }
  })
  test('is the same for the same id, so that a thread holds', () => {
    const mint = () => mintMessageId({ inbox: 1, id: gmail }, 'burn.example', veil('a'))
    expect(mint()).toBe(mint())
  })
  test('N13 for two aliases has nothing in common, and its length tells no provider from another', () => {
    const [a, b] = ['a', 'b'].map((context) => mintMessageId({ inbox: 1, id: gmail }, 'burn.example', veil(context))!)
    expect([...a!].filter((letter, n) => letter === b![n]).length).toBeLessThan(40)
    expect(a).not.toBe(b)
    expect(readMessageId(a!, 'burn.example', veil('b'))).toBeUndefined()
    expect(mintMessageId({ inbox: 1, id: 'short@mail.example' }, 'burn.example', veil('a'))).toHaveLength(a!.length)
  })
  test('that nobody minted, or that was changed, is none', () => {
    const minted = mintMessageId({ inbox: 1, id: gmail }, 'burn.example', veil('a'))!
    for (const id of [gmail, `A${minted.slice(1)}`, minted.replace('burn', 'evil'), `${'A'.repeat(112)}@burn.example`]) {
      if (id !== minted) expect(readMessageId(id, 'burn.example', veil('a'))).toBeUndefined()
    }
  })
  test('N13 is read elsewhere with the key of its alias, which reads no other', () => {
    const elsewhere = deriveKeys('another secret for tests only')
    const moved = threadKeyOf(elsewhere, { uuid: 'c', threadKey: elsewhere.encrypt(threadSecret(keys, { uuid: 'a' })) })
    const [a, b] = ['a', 'b'].map((uuid) => mintMessageId({ inbox: 1, id: gmail }, 'burn.example', veil(uuid))!)
    expect(readMessageId(a!, 'burn.example', moved)).toEqual({ inbox: 1, id: gmail })
    expect(mintMessageId({ inbox: 1, id: gmail }, 'burn.example', moved)).toBe(a)
    expect(readMessageId(b!, 'burn.example', moved)).toBeUndefined()
    expect(moved.hash('seen', 'x')).toEqual(veil('a').hash('seen', 'x'))
    expect(moved.hash('seen', 'x')).not.toEqual(veil('b').hash('seen', 'x'))
  })
  test('of an id of absurd length there is none', () => {
    expect(mintMessageId({ inbox: 1, id: 'x'.repeat(301) }, 'burn.example', veil('a'))).toBeUndefined()
  })
})

describe('what leaves', () => {
  const ids: OutgoingIds = {
    isSeen: (id) => id.startsWith('seen'), isMinted: (id) => id === 'ours@burn.example', mint: (id) => `minted(${id})`,
    theirDomains: ['shop.example', 'gmail.com'], ownDomains: ['home.example', 'mail.gmail.com'],
  }
  test.each([
    ['came through this alias', 'seen@mail.gmail.com', 'seen@mail.gmail.com'],
    ['one of ours', 'ours@burn.example', 'ours@burn.example'],
    ["of the provider, where the correspondent is its customer too", gmail, `minted(${gmail})`],
    ['of the correspondents themselves, too long ago to be remembered', 'old@mx.shop.example', 'old@mx.shop.example'],
    ['of somebody else, from another thread of the owner', 'x@bank.example', 'minted(x@bank.example)'],
    ['not ASCII', 'seen-ü@shop.example', 'minted(seen-ü@shop.example)'],
  ])('%s', (_, id, left) => expect(outgoingId(id, ids)).toBe(left))
})

describe('what comes in', () => {
  const field = (value: string) => parseFields(Buffer.from(`References: ${value}\r\n\r\n`))[0]!
  test('names the original ids again, the others as they were', () => {
    const made = withOriginalIds(field('<a@x>\r\n <ours@burn.example>\r\n\t<b@x>'), (id) => (id === 'ours@burn.example' ? gmail : undefined))
    expect(made?.toString()).toBe(`References: <a@x>\r\n <${gmail}> <b@x>\r\n`)
  })
  test('without any of ours keeps its bytes', () => expect(withOriginalIds(field('<a@x> <b@x>'), () => undefined)).toBeUndefined())
})

test('ids of a field: bounded, the root and the last ones kept', () => {
  expect(messageIdsIn('<a@x> junk <b@x>\t<c@x><d@x>')).toEqual(['a@x', 'b@x', 'c@x', 'd@x'])
  const many = messageIdsIn(Array.from({ length: 5_000 }, (_, n) => `<${n}@x>`).join(' '))
  expect(many).toHaveLength(100)
  expect([many[0], many.at(-1)]).toEqual(['0@x', '4999@x'])
  const fields = parseFields(Buffer.from('Message-ID: <a@x>\r\nIn-Reply-To: <b@x> (Ann)\r\n\r\n'))
  expect(threadOf(fields)).toEqual({ messageId: 'a@x', inReplyTo: ['b@x'], references: [] })
})

describe('the reverse-path of a reply', () => {
  const reply = { conceal: (bytes: Uint8Array) => keys.conceal('reply-path', bytes), reveal: (bytes: Uint8Array) => keys.reveal('reply-path', bytes) }
  const payload = { deliveryId: 2n ** 61n + 5n, aliasId: 4_000_000_000, day: 20_000, inboxId: 2 ** 40 - 1, correspondentId: 2 ** 33 + 7 }
  const localPart = replyPathLocalPart(payload, reply)

  test('K11 comes back as it went, in any case; changed, forged or 31 days old it is nobody', () => {
    expect(localPart).toMatch(/^b\.[a-z2-7]{58}$/)
    expect(parseReplyPath(localPart.toUpperCase(), reply, 20_030)).toEqual(payload)
    expect(parseReplyPath(localPart, reply, 20_031)).toBeUndefined()
    expect(parseReplyPath(localPart, reply, 19_998)).toBeUndefined()
    const changed = `${localPart.slice(0, 20)}${localPart[20] === 'a' ? 'b' : 'a'}${localPart.slice(21)}`
    expect(parseReplyPath(changed, reply, 20_000)).toBeUndefined()
    expect(parseReplyPath(`b.${'a'.repeat(58)}`, reply, 20_000)).toBeUndefined()
  })
  test('N13 two replies of one inbox have nothing in common', () => {
    const other = replyPathLocalPart({ ...payload, deliveryId: 6n }, reply)
    expect([...localPart].filter((letter, n) => letter === other[n]).length).toBeLessThan(20)
  })
})
