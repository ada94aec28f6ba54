import { expect, test } from 'vitest'
import type { Mailbox } from '../../../src/mail/address.ts'
import { noticeSubject, noticeTarget, noticeText, type InboxHealth, type NoticeFact } from '../../../src/policy/notice.ts'

const at = new Date('2026-07-14T09:30:00Z')
const inbox = (address: string, more: Partial<InboxHealth> = {}): InboxHealth => ({
  address: address as Mailbox, verified: true, isDefault: false, refusedSince: null, held: 0, ...more,
})
const signIn = 'ann@work.example' as Mailbox
const insecure: NoticeFact = { kind: 'insecure', about: 'lost.example', detail: '4.7.5 No TLS', at }

test.each<[string, readonly InboxHealth[], Mailbox | undefined, readonly NoticeFact[], string | undefined]>([
  ['the default inbox', [inbox('a@home.example'), inbox('b@home.example', { isDefault: true })], signIn, [], 'b@home.example'],
  ['the oldest when the default one refuses', [
    inbox('a@home.example'), inbox('c@home.example'), inbox('b@home.example', { isDefault: true, refusedSince: at }),
  ], signIn, [], 'a@home.example'],
  ['none of a domain without TLS', [inbox('a@lost.example', { isDefault: true }), inbox('b@home.example')], signIn, [insecure], 'b@home.example'],
  ['none that is not verified', [inbox('a@home.example', { verified: false })], signIn, [], 'ann@work.example'],
  ['the sign-in address', [inbox('a@home.example', { refusedSince: at })], signIn, [], 'ann@work.example'],
  ['not the sign-in address where it is one that refuses', [inbox('ann@work.example', { refusedSince: at })], signIn, [], undefined],
  ['not the sign-in address of a domain without TLS', [], 'ann@lost.example' as Mailbox, [insecure], undefined],
  ['nowhere without one', [], undefined, [], undefined],
])('a notice goes to %s', (_, inboxes, address, notices, to) => {
  expect(noticeTarget(inboxes, address, notices)).toBe(to)
})

test('one thing is the subject, several are not; counts are words', () => {
  const refused: NoticeFact = { kind: 'refused', about: 'a@home.example', detail: '550 No', at }
  expect(noticeSubject([refused], [inbox('a@home.example', { refusedSince: at })])).toBe('a@home.example refuses mail')
  expect(noticeSubject([refused], [inbox('a@home.example')])).toBe('a@home.example refused mail')
  expect(noticeSubject([refused, insecure], [])).toBe('Your inboxes need a look')
  const held = (n: number): string => noticeText(refused, [inbox('a@home.example', { refusedSince: at, held: n })])
  expect(held(0)).toBe('Your inbox a@home.example refuses mail since 14 July 2026 at 09:30 UTC.\nIts server said: 550 No')
  expect(held(1)).toMatch(/\n1 message that it refused is in holding\.$/)
  expect(held(2)).toMatch(/\n2 messages that it refused are in holding\.$/)
})
