// The burn button in the header of a forward, whatever the sender wrote there.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { fieldsNamed, parseFields, valueOf } from '../../../src/mail/header.ts'
import { withBurnFields, type BurnButton, type BurnLinkMode } from '../../../src/policy/burn-fields.ts'

const prefix = 'https://burn.example/burn/'
const token = 'a'.repeat(48)
const button: BurnButton = {
  prefix, url: (theirs) => `${prefix}${token}${theirs === undefined ? '' : `?their=${Buffer.from(theirs).toString('base64url')}`}`,
  mailto: `mailto:u.${token}@burn.example?subject=burn`, oneClick: true,
}
const top = 'Received: from a by b; now\r\nAuthentication-Results: burn.example; spf=pass\r\n'
const written = (header: string, mode: BurnLinkMode = 'ours', on = button): string => withBurnFields(Buffer.from(header, 'latin1'), mode, on).toString('latin1')
const valuesOf = (header: string, name: string): string[] => fieldsNamed(parseFields(Buffer.from(header, 'latin1')), name).map((field) => valueOf(field).trim())
const theirs = (header: string): string | undefined => {
  const sealed = /\?their=([\w-]+)/.exec(valuesOf(header, 'list-unsubscribe')[0]!.replaceAll(/\s/g, ''))?.[1]
  return sealed && Buffer.from(sealed, 'base64url').toString()
}

test.each<[string, string | undefined]>([
  ['<https://shop.example/u>', 'https://shop.example/u'],
  ['<mailto:leave@shop.example>, <https://shop.example/u>', 'https://shop.example/u'],
  ['(or by mail) <mailto:leave@shop.example?subject=x>', 'mailto:leave@shop.example?subject=x'],
  ['<https://shop.example/\r\n  folded>', 'https://shop.example/folded'],
  ['<http://shop.example/u>', undefined], ['<javascript:alert(1)>', undefined], ['<https://shop.example/ü>', undefined],
  [`<https://shop.example/${'x'.repeat(600)}>`, undefined], ['https://shop.example/u', undefined], ['', undefined],
])('of %j the page offers %s', (value, offered) => {
  const header = written(`${top}List-Unsubscribe: ${value}\r\nSubject: Hi\r\n`)
  expect(theirs(header)).toBe(offered)
  expect(header.startsWith(top)).toBe(true)
})

test('without https no program is told to press it with one click (RFC 8058 §3.1)', () => {
  expect(written(`${top}List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n`, 'ours', { ...button, oneClick: false })).not.toMatch(/List-Unsubscribe-Post/i)
})

test('of a forward that came back the former button goes, in every mode', () => {
  const came = `List-Unsubscribe: <${prefix}${'b'.repeat(48)}>\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\nSubject: Hi\r\n`
  expect(written(came, 'off')).toBe('Subject: Hi\r\n')
  for (const mode of ['ours', 'theirs'] as const) {
    const header = written(came, mode)
    expect([valuesOf(header, 'list-unsubscribe').length, valuesOf(header, 'x-burnbox-list-unsubscribe')]).toEqual([1, []])
    expect(header).not.toContain('b'.repeat(48))
  }
})

test('whatever the sender writes: one button of ours, all that they had beside it, and no field that nobody wrote', () => {
  const pieces = ['<', '>', ',', ' ', 'a', ':', 'https://x.example/', 'mailto:a@b.example', '(', '"', '\r\n ', 'ü']
  const value = fc.string({ unit: fc.constantFrom(...pieces), maxLength: 20 })
  fc.assert(fc.property(fc.array(value, { maxLength: 3 }), (values) => {
    const header = written(`${top}${values.map((one) => `List-Unsubscribe: ${one}\r\n`).join('')}Subject: Hi\r\n`)
    const names = parseFields(Buffer.from(header, 'latin1')).map(({ name }) => name)
    expect(names.filter((name) => name !== 'x-burnbox-list-unsubscribe')).toEqual(
      ['received', 'authentication-results', 'list-unsubscribe', 'list-unsubscribe-post', 'subject'])
    expect(names.filter((name) => name === 'x-burnbox-list-unsubscribe')).toHaveLength(values.length)
    expect(valuesOf(header, 'list-unsubscribe')[0]).toContain(prefix)
  }), { numRuns: 300 })
})
