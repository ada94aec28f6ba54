import { expect, test } from 'vitest'
import { orderExchanges, type MxRecord } from '../../../src/mail/mx.ts'

const isOurs = (name: string): boolean => name === 'burn.example'
const mx = (priority: number, exchange: string): MxRecord => ({ exchange, priority })
const order = (records: readonly MxRecord[], random: () => number = () => 0) => orderExchanges(records, isOurs, random)

test('best preference first, names in lower case without the final dot', () => {
  expect(order([mx(20, 'b.example.'), mx(10, 'A.example')])).toEqual({ kind: 'exchanges', names: ['a.example', 'b.example'] })
})

test('H01 a null MX alone: the domain takes no mail', () => {
  expect(order([mx(0, '')])).toEqual({ kind: 'null-mx' })
  expect(order([mx(0, '.')])).toEqual({ kind: 'null-mx' })
})

test('H03 a null MX beside a real one counts for nothing', () => {
  expect(order([mx(0, '.'), mx(10, 'a.example')])).toEqual({ kind: 'exchanges', names: ['a.example'] })
})

test('H05 1,000 records: 20 are tried; one that is named twice is tried once', () => {
  const many = Array.from({ length: 1_000 }, (_, index) => mx(index, `m${index}.example`))
  expect(order(many)).toEqual({ kind: 'exchanges', names: many.slice(0, 20).map(({ exchange }) => exchange) })
  expect(order([mx(10, 'a.example'), mx(20, 'A.example.')])).toEqual({ kind: 'exchanges', names: ['a.example'] })
})

test('H05 what is no name of a host is left out, an underscore and an IDN are not', () => {
  const names = ['a b.example', 'a..example', '-a.example', `${'x'.repeat(64)}.example`, `${'long.'.repeat(60)}example`, 'a\u0000.example', 'a\r\nb.example']
  expect(order(names.map((name) => mx(1, name)))).toEqual({ kind: 'unusable' })
  expect(order([mx(1, 'mail_1.example'), mx(2, 'bücher.example')])).toEqual({ kind: 'exchanges', names: ['mail_1.example', 'xn--bcher-kva.example'] })
})

test('H06 we, our equals and all after us are dropped; nothing left is a loop', () => {
  expect(order([mx(10, 'a.example'), mx(20, 'burn.example.'), mx(20, 'equal.example'), mx(30, 'c.example')]))
    .toEqual({ kind: 'exchanges', names: ['a.example'] })
  expect(order([mx(10, 'BURN.example'), mx(10, 'equal.example'), mx(20, 'c.example')])).toEqual({ kind: 'loop' })
})

test('H07 equals in any order, and only equals', () => {
  const records = [mx(10, 'a.example'), mx(10, 'b.example'), mx(5, 'first.example')]
  const dice = (...values: number[]) => () => values.shift() ?? 0
  expect(order(records, dice(0.1, 0.9, 0.99))).toEqual({ kind: 'exchanges', names: ['first.example', 'a.example', 'b.example'] })
  expect(order(records, dice(0.9, 0.1, 0.99))).toEqual({ kind: 'exchanges', names: ['first.example', 'b.example', 'a.example'] })
})
