// Plain text: one address a line. What follows it after a space, a comma or a tab is its note; lines that begin with # are comments.
import { row, type ImportLine } from './row.ts'

export const plainText = (text: string): readonly ImportLine[] =>
  text.replace(/^\ufeff/, '').split(/\r\n|\r|\n/).flatMap((line, place): ImportLine[] => {
    const trimmed = line.trim()
    if (trimmed === '' || trimmed.startsWith('#')) return []
    const [, address = '', note = ''] = /^([^\s,;]*)[\s,;]*(.*)$/s.exec(trimmed) ?? []
    return [row(place + 1, address.replace(/^<(.*)>$/, '$1'), { note: note.replace(/^#\s*/, '') })]
  })
