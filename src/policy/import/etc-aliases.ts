// /etc/aliases of a mail server: `name: target, target` (aliases(5)). The names have no domain: they become addresses of `domain`.
import { logicalLines, values } from './logical-lines.ts'
import { row, unreadable, type ImportLine } from './row.ts'
import { createTargets, plain, type Entry } from './targets.ts'

export const etcAliases = (text: string, domain: string): readonly ImportLine[] => {
  const lines = logicalLines(text).map(({ line, text: words }) => {
    const [, name, rest = ''] = /^("(?:[^"\\]|\\.)*"|[^\s":]+)\s*:(?!include:)\s*(.*)$/is.exec(words) ?? []
    return { line, words, entry: name === undefined ? undefined : { line, name: plain(name), targets: values(rest) } satisfies Entry }
  })
  const targetsOf = createTargets(lines.flatMap(({ entry }) => entry ?? []))
  return lines.map(({ line, words, entry }): ImportLine => {
    if (!entry) return unreadable(line, words, 'This line is not of the form "name: target".')
    if (/^owner-/i.test(entry.name)) return unreadable(line, entry.name, 'This says who runs a list; it is no address to give away.')
    if (entry.targets.length === 0) return unreadable(line, entry.name, 'There is no target in this line.')
    const { inboxes, others } = targetsOf(entry)
    if (inboxes.length === 0) return unreadable(line, entry.name, others[0] ?? 'It leads to itself.')
    const address = entry.name.includes('@') ? entry.name : `${entry.name}@${domain}`
    return row(line, address, { inboxes, ...(others.length > 0 && { remark: `Without ${others.join(' ')}` }) })
  })
}
