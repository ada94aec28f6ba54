import { expect, test } from 'vitest'
import { parseFields } from '../../../src/mail/header.ts'
import { reportKind } from '../../../src/mail/report-kind.ts'

test.each([
  ['Auto-Submitted: auto-replied', 'auto-reply'],
  ['auto-submitted:\r\n AUTO-REPLIED; owner-email="a@b"', 'auto-reply'],
  ['X-Autorespond: yes', 'auto-reply'],
  ['Precedence: auto_reply', 'auto-reply'],
  ['Precedence: bulk', 'unreadable'],
  ['Auto-Submitted: no', 'unreadable'],
  ['From: MAILER-DAEMON@mx.example\r\nAuto-Submitted: auto-replied', 'unreadable'],
  ['Content-Type: multipart/report; boundary=x;\r\n report-type="feedback-report"', 'complaint'],
  ['Content-Type: multipart/report; report-type=delivery-status', 'unreadable'],
  ['Content-Type: text/plain; x="multipart/report; report-type=feedback-report"', 'unreadable'],
  ['', 'unreadable'],
])('G21 %j: %s', (header, kind) => {
  expect(reportKind(parseFields(Buffer.from(`${header}\r\n`)))).toBe(kind)
})
