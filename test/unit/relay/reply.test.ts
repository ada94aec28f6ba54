// What a reply or a broken connection means: RELIABILITY choice 2, and nodemailer's own words that are not believed (5.2).
import { describe, expect, test } from 'vitest'
import { attemptFromError, replyText } from '../../../src/relay/reply.ts'

type Facts = { readonly response?: string; readonly command?: string; readonly code?: string; readonly originalCode?: string }

function failure({ response, ...facts }: Facts): Error {
  const responseCode = response === undefined ? undefined : Number(response.slice(0, 3))
  return Object.assign(new Error('connect ECONNREFUSED 10.0.0.5:25'), facts, response !== undefined && { response, responseCode })
}

describe('a reply', () => {
  test.each(['MAIL FROM', 'RCPT TO', 'DATA'])('5xx to %s is permanent, 4xx is transient', (command) => {
    expect(attemptFromError(failure({ response: '550 5.1.1 no', command }), 'before-dot')).toEqual({ kind: 'permanent', reply: '550 5.1.1 no', why: 'reply' })
    expect(attemptFromError(failure({ response: '451 4.3.0 later', command }), 'before-dot')).toMatchObject({ kind: 'transient', why: 'reply', trouble: false })
  })

  test('to the dot it counts like any other', () => {
    expect(attemptFromError(failure({ response: '554 5.6.0 no', command: 'DATA' }), 'after-dot')).toMatchObject({ kind: 'permanent' })
    expect(attemptFromError(failure({ response: '452 4.2.2 full', command: 'DATA' }), 'after-dot')).toMatchObject({ kind: 'transient', why: 'reply' })
  })

  test('5.2.2 is a full mailbox: transient', () => {
    expect(attemptFromError(failure({ response: '552 5.2.2 over quota', command: 'RCPT TO' }), 'before-dot'))
      .toMatchObject({ kind: 'transient', why: 'reply', trouble: false })
    expect(attemptFromError(failure({ response: '552 5.3.4 too big', command: 'MAIL FROM' }), 'before-dot')).toMatchObject({ kind: 'permanent' })
  })

  test.each(['EHLO', 'HELO', 'STARTTLS', 'AUTH PLAIN'])('5xx to %s is about us, not about the message: deferred, and trouble', (command) => {
    expect(attemptFromError(failure({ response: '554 5.7.0 go away', command }), 'before-dot')).toMatchObject({ kind: 'transient', trouble: true })
  })

  test('a 5xx greeting is deferred', () => {
    expect(attemptFromError(failure({ response: '554 no', command: 'CONN', code: 'EPROTOCOL' }), 'before-dot'))
      .toMatchObject({ kind: 'transient', why: 'connection', trouble: true })
  })

  test('421 is trouble of the next hop', () => {
    expect(attemptFromError(failure({ response: '421 4.3.2 closing', command: 'RCPT TO' }), 'before-dot'))
      .toMatchObject({ kind: 'transient', why: 'reply', trouble: true })
  })

  test.each(['354 go on', '999 what', '199 hm'])('%s where a 2xx belongs is deferred', (response) => {
    expect(attemptFromError(failure({ response, command: 'RCPT TO' }), 'before-dot')).toMatchObject({ kind: 'transient' })
  })
})

describe('a connection', () => {
  test('refused or timed out is trouble, and its host stays with the operator', () => {
    const refused = attemptFromError(failure({ code: 'ESOCKET', originalCode: 'ECONNREFUSED', command: 'CONN' }), 'before-dot')
    expect(refused).toEqual({ kind: 'transient', reply: 'The next hop refused the connection.', why: 'connection', trouble: true })
    expect(attemptFromError(failure({ code: 'ETIMEDOUT', command: 'CONN' }), 'before-dot')).toMatchObject({ why: 'connection', trouble: true })
  })

  test('broken after the dot: the outcome is unknown', () => {
    expect(attemptFromError(failure({ code: 'ECONNECTION', command: 'CONN' }), 'after-dot')).toMatchObject({ kind: 'transient', why: 'lost' })
    expect(attemptFromError(failure({ code: 'ECONNECTION', command: 'CONN' }), 'before-dot'))
      .toMatchObject({ kind: 'transient', why: 'connection', trouble: false })
  })

  test('a message over its SIZE, found before MAIL, is permanent', () => {
    expect(attemptFromError(failure({ code: 'EMESSAGE', command: 'MAIL FROM' }), 'before-dot')).toMatchObject({ kind: 'permanent' })
  })
})

test('the reply that is kept has no control characters and an end', () => {
  expect(replyText('550-5.7.1 one\n550 5.7.1 \u001b[31mtwo\u0000')).toBe('550-5.7.1 one 550 5.7.1  [31mtwo')
  expect(replyText(`550 ${'x'.repeat(2_000)}`)).toHaveLength(500)
})
