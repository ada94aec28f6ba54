// Tables: CSV (RFC 4180, and what spreadsheets make of it) into records by the names in their first line.
import { parse } from 'csv-parse/sync'
import { NotThisFormat } from './row.ts'

export type Record = { readonly line: number; readonly get: (name: string) => string | undefined }
export type Table = { readonly names: ReadonlySet<string>; readonly records: readonly Record[] }

/** A header of a million columns is no table. */
const mostColumns = 500
const mostFieldLength = 1_000_000

/** `delimiter` as in the first line: a comma, and where Excel speaks German a semicolon. */
export const csvTable = (text: string): Table => {
  const first = text.slice(0, 10_000).split(/\r\n|\r|\n/, 1)[0]!
  const delimiter = [',', ';', '\t'].reduce((best, one) => first.split(one).length > first.split(best).length ? one : best)
  let rows: readonly { readonly record: readonly string[]; readonly info: { readonly lines: number } }[]
  try {
    rows = parse(text, {
      bom: true, delimiter, info: true, relax_quotes: true, relax_column_count: true, skip_empty_lines: true, max_record_size: mostFieldLength,
    }) as unknown as typeof rows
  } catch (error) {
    throw new NotThisFormat(`This CSV file cannot be read: ${(error as Error).message.split('\n')[0]!.slice(0, 200)}`)
  }
  // `lines` counts up to the end of a record, which may have line breaks inside its quotes.
  return tableOf(rows.map(({ record, info }) => ({ line: info.lines - record.reduce((sum, cell) => sum + breaksIn(cell), 0), cells: record })))
}

const breaksIn = (cell: string): number => cell.includes('\n') || cell.includes('\r') ? cell.split(/\r\n|\r|\n/).length - 1 : 0

export type TableLine = { readonly line: number; readonly cells: readonly string[] }

/** The first line names the columns; a column that is there twice is the first of them. */
export const tableOf = (lines: readonly TableLine[]): Table => {
  const [head, ...rest] = lines
  if (!head || head.cells.length > mostColumns) return { names: new Set(), records: [] }
  const places = new Map<string, number>()
  head.cells.forEach((name, place) => {
    const key = name.trim().toLowerCase()
    if (!places.has(key)) places.set(key, place)
  })
  const records = rest.filter(({ cells }) => cells.some((cell) => cell !== '')).map(({ line, cells }) => ({
    line, get: (name: string) => cells[places.get(name) ?? -1],
  }))
  return { names: new Set(places.keys()), records }
}
