import { Buffer } from 'node:buffer'
import { describe, expect, test } from 'vitest'
import { parseMailbox } from '../../../src/mail/address.ts'
import { parseFields } from '../../../src/mail/header.ts'
import { screen, type ScreenFacts } from '../../../src/policy/screen.ts'
import { soleFrom } from '../../../src/mail/from.ts'

const alias = parseMailbox('shop-7kq2m@burn.example')
if (!alias) throw new Error('no mailbox')

const verdict = (header: string, more: Partial<ScreenFacts> = {}) =>
  screen({ reversePathKind: 'mailbox', headerViolation: undefined, fields: parseFields(Buffer.from(header)), aliases: [alias], isVerp: false, ...more })

describe('E03 a From that nobody can judge is refused', () => {
  test.each([
    ['two fields', 'From: a@shop.example\r\nFrom: b@victim.example\r\n'],
    ['two fields, one in disguise', 'From: a@shop.example\r\nFrom : b@victim.example\r\n'],
    ['two addresses', 'From: a@shop.example, b@victim.example\r\n'],
    ['a group', 'From: Team: a@shop.example;\r\n'],
    ['missing', 'Subject: x\r\n'],
    ['empty', 'From: \r\n'],
    ['null', 'From: <>\r\n'],
    ['encoded word only', 'From: =?utf-8?Q?ceo=40victim.example?=\r\n'],
    ['leading blank on the first line', ' From: a@shop.example\r\nFrom: a@shop.example\r\n'],
    ['leading blank hides it', ' From: a@shop.example\r\nTo: b@c\r\n'],
    ['comment between domains', 'From: ceo@victim.example(x)@evil.example\r\n'],
    ['no domain', 'From: ceo\r\n'],
    ['nested brackets', 'From: <<a@shop.example>>\r\n'],
    ['second address behind', 'From: <a@shop.example> <b@victim.example>\r\n'],
    ['unquoted comma', 'From: Shop, Inc <a@shop.example>\r\n'],
  ])('%s', (_, header) => {
    expect(verdict(header)).toEqual({ kind: 'refuse', reason: 'unjudgeable-from' })
  })
})

describe('E04 other spellings are judged as the plain one', () => {
  test.each([
    ['From : a@victim.example', 'a@victim.example'],
    ['From\r\n : a@victim.example', 'a@victim.example'],
    ['FROM:a@victim.example', 'a@victim.example'],
    ['From: "x@evil.example"@victim.example', '"x@evil.example"@victim.example'],
    ['From: a@victim.example.', 'a@victim.example'],
    ['From: A@VICTIM.example', 'A@victim.example'],
    ['From: a@victim．example', 'a@victim.example'],
    ['From: "a@shop.example" <b@victim.example>', 'b@victim.example'],
    ['From: a@shop.example <b@victim.example>', 'b@victim.example'],
    ['From: =?utf-8?Q?a=40shop.example?= <b@victim.example>', 'b@victim.example'],
    ['From: a@victim.example (comment)', 'a@victim.example'],
    ['From:\r\n\t<a@victim.example>', 'a@victim.example'],
  ])('%j', (header, mailbox) => {
    expect(verdict(`${header}\r\n`)).toEqual({ kind: 'pass' })
    expect(soleFrom(parseFields(Buffer.from(`${header}\r\n`)))?.mailbox).toBe(mailbox)
  })
})

const received = (count: number): string => `From: a@b.example\r\n${'Received: x\r\n'.repeat(count)}`

test('D19 50 Received fields pass, 51 are a loop', () => {
  expect(verdict(received(50))).toEqual({ kind: 'pass' })
  expect(verdict(received(51))).toEqual({ kind: 'refuse', reason: 'loop' })
})

test('D20 our own trace for the same alias is a loop, for another it is none', () => {
  expect(verdict('From: a@b.example\r\nX-Burnbox-Alias: Shop-7kq2m@burn.example\r\n')).toEqual({ kind: 'refuse', reason: 'loop' })
  expect(verdict('From: a@b.example\r\nX-Burnbox-Alias: other@burn.example\r\n')).toEqual({ kind: 'pass' })
})

test('a header over the limits is refused before anything looks into it', () => {
  expect(verdict('', { headerViolation: 'too-many-lines' })).toEqual({ kind: 'refuse', reason: 'header-too-large' })
})

test('K12 a report with the null reverse-path is held, any other null reverse-path mail is mail', () => {
  const report = 'From: a@b.example\r\nContent-Type: multipart/report; boundary=x\r\n'
  expect(verdict(report, { reversePathKind: 'null' })).toEqual({ kind: 'hold', reason: 'report' })
  expect(verdict(report)).toEqual({ kind: 'pass' })
  expect(verdict('From: a@b.example\r\n', { reversePathKind: 'null' })).toEqual({ kind: 'pass' })
})

test('mail to a VERP address is never judged by its From', () => {
  expect(verdict('From: MAILER-DAEMON\r\n', { isVerp: true, reversePathKind: 'null' })).toEqual({ kind: 'pass' })
  expect(verdict(received(51), { isVerp: true })).toEqual({ kind: 'refuse', reason: 'loop' })
})
