import { Buffer } from 'node:buffer'
import { expect, test } from 'vitest'
import { isReport, parseDsn } from '../../../src/mail/dsn.ts'
import { parseFields } from '../../../src/mail/header.ts'

const original = 'From: a@b\r\nSubject: x\r\n\r\nbody\r\n--not the boundary\r\n'
const refused =
  'Final-Recipient: rfc822; me@real.example\r\nAction: failed\r\nStatus: 5.1.1\r\nDiagnostic-Code: smtp; 550 5.1.1\r\n no such user\r\n'
const dsn = (last: string, status = refused) =>
  Buffer.from(
    'From: MAILER-DAEMON@mx.real.example\r\nContent-Type: multipart/report; report-type=delivery-status;\r\n\tboundary="b 1"\r\n\r\npreamble\r\n' +
      '--b 1\r\nContent-Type: text/plain\r\n\r\nSorry.\r\n' +
      `--b 1\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.real.example\r\n\r\n${status}\r\n` +
      `--b 1\r\n${last}\r\n--b 1--\r\nepilogue\r\n`,
  )

test('status, diagnostic and the whole original', () => {
  const parsed = parseDsn(dsn(`Content-Type: message/rfc822\r\n\r\n${original}`))
  expect(parsed).toMatchObject({ action: 'failed', status: '5.1.1', diagnostic: '550 5.1.1 no such user' })
  expect(parsed?.original?.toString()).toBe(original)
})

test('a header alone is no original', () => {
  const parsed = parseDsn(dsn('Content-Type: text/rfc822-headers\r\n\r\nFrom: a@b\r\n'))
  expect(parsed?.status).toBe('5.1.1')
  expect(parsed).not.toHaveProperty('original')
})

test('encoded parts are decoded', () => {
  const b64 = parseDsn(dsn(`Content-Type: message/global\r\nContent-Transfer-Encoding: base64\r\n\r\n${Buffer.from(original).toString('base64')}\r\n`))
  expect(b64?.original?.toString()).toBe(original)
  const qp = parseDsn(dsn('Content-Type: message/rfc822\r\nContent-Transfer-Encoding: Quoted-Printable\r\n\r\nFrom: a=40b\r\nX: long=\r\n line =E4=zz\r\n'))
  expect(qp?.original?.toString('latin1')).toBe('From: a@b\r\nX: long line \xe4=zz\r\n')
})

test('a delay is told apart from a failure', () => {
  expect(parseDsn(dsn('X: y\r\n\r\n', 'Action: delayed\r\nStatus: 4.4.1\r\n'))).toEqual({ action: 'delayed', status: '4.4.1' })
})

test('a status part that holds none is passed over', () => {
  const parsed = parseDsn(dsn('Content-Type: message/delivery-status\r\n\r\nAction: failed\r\nStatus: 5.3.0\r\n', 'Undeliverable, sorry.\r\n'))
  expect(parsed).toEqual({ action: 'failed', status: '5.3.0' })
})

test('what is no report is none', () => {
  expect(parseDsn(Buffer.from('Content-Type: text/plain\r\n\r\nStatus: 5.1.1\r\n'))).toBeUndefined()
  expect(parseDsn(Buffer.from('Content-Type: multipart/report; boundary=x\r\n\r\nno parts'))).toBeUndefined()
  expect(parseDsn(Buffer.alloc(0))).toBeUndefined()
})

test('K12 a report is known by its content type', () => {
  const is = (line: string) => isReport(parseFields(Buffer.from(`${line}\r\n`)))
  expect(is('Content-Type: multipart/report; report-type=delivery-status')).toBe(true)
  expect(is('content-type:\r\n MULTIPART/Report;boundary=x')).toBe(true)
  expect(is('Content-Type: multipart/mixed; x="multipart/report"')).toBe(false)
  expect(is('Subject: multipart/report')).toBe(false)
})

test('no more than 50 parts are looked at, in whatever depth they lie', () => {
  const text = (boundary: string, count: number) => `--${boundary}\r\nContent-Type: text/plain\r\n\r\nx\r\n`.repeat(count)
  const status = 'Content-Type: message/delivery-status\r\n\r\nStatus: 5.1.1\r\n'
  const behind = (count: number) =>
    parseDsn(Buffer.from(
      'Content-Type: multipart/report; boundary=a\r\n\r\n--a\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n' +
        `${text('b', 20)}--b--\r\n${text('a', count)}--a\r\n${status}--a--\r\n`,
    ))
  expect(behind(10)).toEqual({ status: '5.1.1' })
  expect(behind(40)).toBeUndefined()
})

test('parts, depth and boundaries without end stay bounded', () => {
  const nested = Array.from({ length: 300 }, (_, n) => `Content-Type: multipart/mixed; boundary=b${n}\r\n\r\n--b${n}\r\n`).join('')
  expect(parseDsn(Buffer.from(nested))).toBeUndefined()
  expect(parseDsn(Buffer.from(`Content-Type: multipart/mixed; boundary=b\r\n\r\n${'--b\r\n\r\n'.repeat(100_000)}`))).toBeUndefined()
})
