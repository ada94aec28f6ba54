// Which formats there are, and from what each is read: one text, or texts out of an archive by their names.
import { addyCsv, addyTable } from './addy.ts'
import { burnboxAliases } from './burnbox.ts'
import { etcAliases } from './etc-aliases.ts'
import { plainText } from './plain-text.ts'
import { postfixVirtual } from './postfix-virtual.ts'
import { relayList } from './relay.ts'
import { NotThisFormat, type ImportLine } from './row.ts'
import { simpleLoginCsv, simpleLoginData, simpleLoginJson } from './simplelogin.ts'
import { tableOf } from './table.ts'
import { sheetLines } from './xlsx.ts'

export const importFormats = ['simplelogin', 'addy', 'relay', 'text', 'postfix', 'aliases', 'burnbox'] as const
export type ImportFormat = (typeof importFormats)[number]

/** The names in an archive that any of the formats wants. */
export const wantedParts: ReadonlySet<string> = new Set(['aliases.json', 'mailboxes.json', 'aliases.jsonl', 'xl/worksheets/sheet1.xml', 'xl/sharedStrings.xml'])

export type Source = { readonly kind: 'text'; readonly text: string } | { readonly kind: 'parts'; readonly parts: ReadonlyMap<string, string> }

/** `domain`: what the names in /etc/aliases belong to. Throws NotThisFormat. */
export const readFormat = (format: ImportFormat, source: Source, domain: string): readonly ImportLine[] => {
  if (source.kind === 'parts') return readParts(format, source.parts)
  switch (format) {
    case 'simplelogin': return /^\ufeff?\s*\{/.test(source.text) ? simpleLoginJson(source.text) : simpleLoginCsv(source.text)
    case 'addy': return addyCsv(source.text)
    case 'relay': return relayList(source.text)
    case 'text': return plainText(source.text)
    case 'postfix': return postfixVirtual(source.text)
    case 'aliases': return etcAliases(source.text, domain)
    case 'burnbox': throw new NotThisFormat('An export of Burnbox is a zip archive.')
  }
}

const readParts = (format: ImportFormat, parts: ReadonlyMap<string, string>): readonly ImportLine[] => {
  const [aliases, sheet, ours] = [parts.get('aliases.json'), parts.get('xl/worksheets/sheet1.xml'), parts.get('aliases.jsonl')]
  if (format === 'burnbox' && ours !== undefined) return burnboxAliases(ours)
  if (format === 'simplelogin' && aliases !== undefined) return simpleLoginData(aliases, parts.get('mailboxes.json'))
  if (format === 'addy' && sheet !== undefined) return addyTable(tableOf(sheetLines(sheet, parts.get('xl/sharedStrings.xml'))))
  throw new NotThisFormat('This archive has nothing in it that this format would have.')
}
