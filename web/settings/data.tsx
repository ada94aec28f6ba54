// Data: bring addresses along, take everything with you, and the end of the account.
import { account } from '../account.ts'
import { ExportLines } from './export-lines.tsx'
import { Import } from './import.tsx'
import { Leave } from './leave.tsx'

export function Data() {
  if (!account.value) return null
  return (
    <section class="set" id="data" aria-labelledby="da-h">
      <h2 id="da-h">Data</h2>
      <Import />
      <ul class="lines">
        <ExportLines />
        <Leave />
      </ul>
    </section>
  )
}
