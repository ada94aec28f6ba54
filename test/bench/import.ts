// `npm run bench -- --only import`: 100,000 rows of addy.io's export through the API, then the same file again; and how long the program's
// other callers wait meanwhile.
import { startBurnbox, type Burnbox } from './burnbox.ts'
import type { Part } from './part.ts'
import { email } from './stage.ts'
import { printTable } from './table.ts'

const rows = 100_000
const mostSeconds = 60
const lookEveryMs = 100

const head = 'id,user_id,aliasable_id,aliasable_type,local_part,extension,email,domain,description,from_name,active,emails_forwarded,emails_blocked,'
  + 'emails_replied,emails_sent,last_forwarded,last_blocked,last_replied,last_sent,created_at,updated_at,deleted_at'
const rowOf = (_: unknown, n: number): string =>
  `8f1b9d6e-0000-4000-8000-${String(n).padStart(12, '0')},8f1b9d6e-0000-4000-8000-000000000000,,,imported${n},,imported${n}@burn.example,burn.example,`
  + `"Company number ${n}, with a note",,${n % 10 === 0 ? '' : 1},${n % 50},0,0,0,2026-01-02 03:04:05,,,,2023-01-31 12:00:00,2026-01-02 03:04:05,`

type Found = { readonly what: string; readonly seconds: number; readonly taken: number; readonly same: number; readonly slowestMs: number }

export async function importRows(): Promise<Part> {
  const burnbox = await startBurnbox({ BURNBOX_RELAY: 'smtp://127.0.0.1:1' })
  try {
    await burnbox.cli('account', 'add', email, '--operator')
    const token = await burnbox.cli('token', 'add', email, '--name', 'bench')
    const file = [head, ...Array.from({ length: rows }, rowOf)].join('\n')
    const found = [await importOnce(burnbox, token, file, 'a dry run', '&dry_run=true'), await importOnce(burnbox, token, file, 'the first time', ''),
      await importOnce(burnbox, token, file, 'again', '')]
    printTable([`import of ${rows} rows, ${(file.length / 1e6).toFixed(0)} MB`, 's', 'taken', 'were here', 'slowest other call'], found.map((one) => [
      one.what, one.seconds.toFixed(1), String(one.taken), String(one.same), `${one.slowestMs.toFixed(0)} ms`,
    ]))
    const first = found[1]!
    const goal = {
      what: `import of ${rows} rows`, found: `${first.seconds.toFixed(1)} s, ${first.taken} taken`, goal: `< ${mostSeconds} s`,
      reached: first.seconds < mostSeconds && first.taken === rows && found[2]!.same === rows,
    }
    return { name: 'import', goals: [goal], data: found }
  } finally {
    await burnbox.stop()
  }
}

async function importOnce(burnbox: Burnbox, token: string, file: string, what: string, query: string): Promise<Found> {
  const authorization = `Bearer ${token}`
  const start = performance.now()
  const begun = await fetch(`${burnbox.url}/v1/imports?from=addy${query}`, {
    method: 'POST', headers: { authorization, 'content-type': 'application/octet-stream' }, body: file,
  })
  if (begun.status !== 202) throw new Error(`the import was answered ${begun.status}: ${await begun.text()}`)
  const { id } = await begun.json() as { id: string }
  for (let slowestMs = 0; ; await new Promise((resolve) => setTimeout(resolve, lookEveryMs))) {
    const asked = performance.now()
    const now = await (await fetch(`${burnbox.url}/v1/imports/${id}`, { headers: { authorization } })).json() as
      { state: string; problem: string | null; taken: number; same: number }
    slowestMs = Math.max(slowestMs, performance.now() - asked)
    if (now.state === 'failed') throw new Error(`the import failed: ${now.problem}`)
    if (now.state === 'done') return { what, seconds: (performance.now() - start) / 1_000, taken: now.taken, same: now.same, slowestMs }
  }
}
