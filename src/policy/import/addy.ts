// addy.io: its export (every column of its table of aliases, app/Exports/AliasesExport.php and app/Models/Alias.php of anonaddy/anonaddy), as CSV
// or XLSX, and the table that its own import takes (alias, description, recipients: app/Imports/AliasesImport.php).
import { count, mailboxes, NotThisFormat, row, time, yesOrNo, type ImportLine } from './row.ts'
import { csvTable, type Record, type Table } from './table.ts'

export const addyCsv = (text: string): readonly ImportLine[] => addyTable(csvTable(text))

export const addyTable = ({ names, records }: Table): readonly ImportLine[] => {
  if (names.has('local_part') && (names.has('domain') || names.has('email'))) return records.map(exported)
  if (names.has('alias')) return records.map(wanted)
  throw new NotThisFormat('A table of addy.io has the columns email, local_part, domain, active and description, or alias, description and recipients.')
}

const exported = ({ line, get }: Record): ImportLine => {
  const deleted = time(get('deleted_at')) !== null
  const lastTimes = ['last_forwarded', 'last_blocked', 'last_replied'].flatMap((name) => time(get(name)) ?? [])
  const lastAt = lastTimes.length > 0 ? new Date(Math.max(...lastTimes.map((at) => at.getTime()))) : null
  return row(line, get('email') || `${get('local_part') ?? ''}@${get('domain') ?? ''}`, {
    // An empty cell is PHP's false. What is deleted there refuses mail; what is switched off takes it and drops it.
    state: deleted ? 'closed' : yesOrNo(get('active')) === true ? 'active' : get('active') === undefined ? 'active' : 'burned',
    note: get('description') ?? null, displayName: get('from_name') ?? null, pinned: yesOrNo(get('pinned')) ?? false,
    createdAt: time(get('created_at')), lastMessageAt: lastAt, delivered: count(get('emails_forwarded')), held: count(get('emails_blocked')),
    replied: count(get('emails_replied')), inboxes: mailboxes((get('recipients') ?? '').split(/[\s,]+/)),
  })
}

const wanted = ({ line, get }: Record): ImportLine =>
  row(line, get('alias') ?? '', { note: get('description') ?? null, inboxes: mailboxes((get('recipients') ?? '').split(/[\s,]+/)) })
