import { expect, test } from 'vitest'
import { contentDisposition, safeFileName } from '../../../src/http/reader/file-name.ts'

test.each([
  ['../../etc/passwd', 'passwd'], ['C:\\x', 'x'], ['invoice\u202Efdp.exe', 'invoicefdp.exe'], ['a\0b.txt', 'ab.txt'], ['a\r\nX: y', 'aX_ y'],
    ['.htaccess', 'htaccess'], ['...', 'none'],
  ['"; filename*=UTF-8\'\'x', "_; filename_=UTF-8''x"], [undefined, 'none'], ['   ', 'none'], ['Größe 5.pdf', 'Größe 5.pdf'], ['a\ud800b', 'ab'],
    ['nul?.txt. ', 'nul_.txt'],
])('C15 %j is saved as %j', (name, expected) => {
  expect(safeFileName(name, 'none')).toBe(expected)
})

test('C15 a name of 4 KB keeps its extension, and no character is cut in two', () => {
  const name = safeFileName(`${'😀'.repeat(4_000)}.pdf`, 'none')
  expect([...name]).toHaveLength(150)
  expect(name.endsWith('😀.pdf')).toBe(true)
})

test('C15 the header is ASCII, one line, always an attachment, with both forms', () => {
  expect(contentDisposition('Größe "5"\\%.pdf')).toBe('attachment; filename="Gr__e _5___.pdf"; filename*=UTF-8\'\'Gr%C3%B6%C3%9Fe%20%225%22%5C%25.pdf')
})
