// A Postfix virtual alias table, as text: `alias@domain inbox, inbox` (virtual(5)).
import { logicalLines, values } from './logical-lines.ts'
import { row, unreadable, type ImportLine } from './row.ts'
import { createTargets, plain, type Entry } from './targets.ts'

export const postfixVirtual = (text: string): readonly ImportLine[] => {
  const entries = logicalLines(text).map((logical): Entry => {
    const [, name = '', rest = ''] = /^((?:"(?:[^"\\]|\\.)*"|[^\s"])+)\s*(.*)$/s.exec(logical.text) ?? [logical.text, logical.text]
    return { line: logical.line, name, targets: values(rest) }
  })
  const targetsOf = createTargets(entries)
  return entries.map((entry): ImportLine => {
    const { line, name } = entry
    if (/^\/.*\/[a-z]*$/.test(name)) return unreadable(line, name, 'This is a pattern: Burnbox has no addresses by pattern.')
    if (name.startsWith('@')) return unreadable(line, name, 'This takes every address of the domain: Burnbox has only addresses that you made.')
    if (!name.includes('@')) {
      return unreadable(line, name, name.includes('.') ? 'This names a domain and no address.' : 'This name has no domain: write it as name@domain.')
    }
    if (entry.targets.length === 0) return unreadable(line, name, 'There is no inbox in this line.')
    const { inboxes, others } = targetsOf(entry)
    if (inboxes.length === 0) return unreadable(line, name, others[0] ?? 'It leads to itself.')
    return row(line, plain(name), { inboxes, ...(others.length > 0 && { remark: `Without ${others.join(' ')}` }) })
  })
}
