// SimpleLogin: the CSV of its aliases, its JSON of the API, and the zip that "Request your data" mails.
// CSV columns alias, note, enabled, mailboxes (separated by spaces, the main one first): alias_export_csv in app/alias_utils.py of
// simple-login/app; the API's export had no mailboxes before. JSON: app/api/views/export.py. The zip has one file for each table with its
// columns as they are: app/jobs/export_user_data_job.py; which further mailboxes an alias has is not among them.
import type { Mailbox } from '../../mail/address.ts'
import { jsonOf, listOf, objectOf, textOf } from './json.ts'
import { mailboxes, NotThisFormat, row, time, unreadable, yesOrNo, type ImportLine } from './row.ts'
import { csvTable } from './table.ts'

export const simpleLoginCsv = (text: string): readonly ImportLine[] => {
  const { names, records } = csvTable(text)
  if (!names.has('alias')) throw new NotThisFormat('A CSV file of SimpleLogin has the columns alias, note, enabled and mailboxes.')
  return records.map(({ line, get }) => row(line, get('alias') ?? '', {
    note: get('note') ?? null, state: stateOf(get('enabled')), inboxes: mailboxes((get('mailboxes') ?? '').split(/[\s,]+/)),
  }))
}

export const simpleLoginJson = (text: string): readonly ImportLine[] => {
  const aliases = listOf(objectOf(jsonOf(text))?.['aliases'])
  if (!aliases) throw new NotThisFormat('The JSON of SimpleLogin is an object with a list "aliases".')
  return aliases.map((one, place) => aliasOf(place + 1, one, new Map()))
}

/** `aliases.json` and `mailboxes.json` of the zip. */
export const simpleLoginData = (aliasesText: string, mailboxesText: string | undefined): readonly ImportLine[] => {
  const aliases = listOf(jsonOf(aliasesText))
  if (!aliases) throw new NotThisFormat('aliases.json of this archive is not a list.')
  const inboxes = new Map(mailboxesText === undefined ? [] : (listOf(jsonOf(mailboxesText)) ?? []).flatMap((one): [unknown, Mailbox][] => {
    const { id, email } = objectOf(one) ?? {}
    return mailboxes([textOf(email) ?? '']).map((mailbox) => [id, mailbox])
  }))
  return aliases.map((one, place) => aliasOf(place + 1, one, inboxes))
}

const aliasOf = (line: number, value: unknown, inboxes: ReadonlyMap<unknown, Mailbox>): ImportLine => {
  const alias = objectOf(value)
  const email = textOf(alias?.['email'])
  if (!alias || email === undefined) return unreadable(line, JSON.stringify(value) ?? '', 'This entry has no "email".')
  const inbox = inboxes.get(alias['mailbox_id'])
  // What lies in its trash refuses mail.
  const state = alias['delete_on'] !== undefined && alias['delete_on'] !== null ? 'closed' as const : stateOf(alias['enabled'])
  return row(line, email, {
    note: textOf(alias['note']) ?? null, displayName: textOf(alias['name']) ?? null, state, pinned: yesOrNo(alias['pinned']) ?? false,
    createdAt: time(alias['created_at']), inboxes: inbox ? [inbox] : [],
  })
}

/** A disabled alias there takes mail and drops it: here it is held instead. */
const stateOf = (enabled: unknown) => yesOrNo(enabled) === false ? 'burned' as const : 'active' as const
