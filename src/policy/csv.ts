// CSV for people with spreadsheets (RFC 4180). A cell that begins like a formula gets an apostrophe, because addresses, notes and names are
// what strangers wrote, and a spreadsheet would run it (CWE-1236).
import { stringify } from 'csv-stringify/sync'

export const csv = (rows: readonly (readonly (string | number | null)[])[]): string =>
  stringify(rows.map((row) => row.map((cell) => cell ?? '')), {
    // A line break of another kind than the record's would stand bare.
    escape_formulas: true, record_delimiter: '\r\n', quoted_match: /[\r\n]/,
  })
