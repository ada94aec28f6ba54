import { describe, expect, test } from 'vitest'
import { parseMailbox, type Mailbox } from '../../../src/mail/address.ts'
import { decideAlias, decideAttempt, type AliasFact } from '../../../src/policy/decide.ts'

const mailbox = (text: string): Mailbox => parseMailbox(text)!
const verified = { id: '1', address: mailbox('ann@home.example'), verified: true }
const other = { id: '2', address: mailbox('ann@work.example'), verified: true }
const unverified = { id: '3', address: mailbox('ann@new.example'), verified: false }

const alias = (facts: Partial<AliasFact> = {}): AliasFact => ({
  id: 7, uuid: 'u', accountId: 'a', address: mailbox('shop-7kq2m@burn.example'), site: 'shop.example', state: 'active', burnedAt: null, suspended: false,
  inboxes: [verified], ...facts,
})

describe('at RCPT', () => {
  test('an active alias forwards to its verified inboxes, and to no other', () => {
    expect(decideAlias(alias({ inboxes: [unverified, verified, other] }))).toMatchObject({ kind: 'forward', to: [verified, other] })
  })

  test('a burned alias is held, a closed one looks like one that never was', () => {
    expect(decideAlias(alias({ state: 'burned' }))).toMatchObject({ kind: 'hold', reason: 'burned' })
    expect(decideAlias(alias({ state: 'closed' }))).toEqual({ kind: 'reject', reason: 'no-such-address' })
  })

  test('without a verified inbox, or with a suspended account, mail is held', () => {
    expect(decideAlias(alias({ inboxes: [] }))).toMatchObject({ kind: 'hold', reason: 'no-inbox' })
    expect(decideAlias(alias({ inboxes: [unverified] }))).toMatchObject({ kind: 'hold', reason: 'no-inbox' })
    expect(decideAlias(alias({ suspended: true }))).toMatchObject({ kind: 'hold', reason: 'suspended' })
  })
})

describe('at an attempt', () => {
  test('D27 the inbox of the delivery, as it is now: unverified or no longer of this alias means held', () => {
    expect(decideAttempt(alias({ inboxes: [verified, other] }), '2', false)).toMatchObject({ kind: 'forward', to: [other] })
    expect(decideAttempt(alias({ inboxes: [unverified] }), '3', false)).toMatchObject({ kind: 'hold', reason: 'no-inbox' })
    expect(decideAttempt(alias({ inboxes: [other] }), '1', false)).toMatchObject({ kind: 'hold', reason: 'no-inbox' })
    expect(decideAttempt(alias(), null, false)).toMatchObject({ kind: 'hold', reason: 'no-inbox' })
  })

  test('D28 burned or closed meanwhile means held', () => {
    expect(decideAttempt(alias({ state: 'burned' }), '1', false)).toMatchObject({ kind: 'hold', reason: 'burned' })
    expect(decideAttempt(alias({ state: 'closed' }), '1', false)).toMatchObject({ kind: 'hold', reason: 'closed' })
  })

  test('a released message ignores burned and closed, never a suspension or a missing inbox', () => {
    expect(decideAttempt(alias({ state: 'burned' }), '1', true)).toMatchObject({ kind: 'forward', to: [verified] })
    expect(decideAttempt(alias({ state: 'closed' }), '1', true)).toMatchObject({ kind: 'forward', to: [verified] })
    expect(decideAttempt(alias({ state: 'burned', suspended: true }), '1', true)).toMatchObject({ kind: 'hold', reason: 'suspended' })
    expect(decideAttempt(alias({ state: 'burned', inboxes: [unverified] }), '3', true)).toMatchObject({ kind: 'hold', reason: 'no-inbox' })
  })
})
