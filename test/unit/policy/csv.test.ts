// Cells that strangers wrote.
import { expect, test } from 'vitest'
import { csv } from '../../../src/policy/csv.ts'

test('nothing is a formula, every line break and quote stays within its cell', () => {
  expect(csv([['=1+1', '+1', '-1', '@x', '\tx', 'a,b', 'a"b', 'a\nb', 'a\rb', 'a\r\nb', null, 7]])).toBe(
    `'=1+1,'+1,'-1,'@x,'\tx,"a,b","a""b","a\nb","a\rb","a\r\nb",,7\r\n`)
})
