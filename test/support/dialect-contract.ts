// What must hold of every call of a dialect, from a table: codes and fields as clients read them, and what each kind of wrong caller is told.
import type { z } from 'zod'
import { describe, expect, test } from 'vitest'
import type { Answer, CompatProgram, Tenant } from './compat-program.ts'

export type Scope = 'create' | 'read' | 'manage'
export type Row<Ids> = {
  readonly method: string
  /** With `{alias}` and so on where an id stands. */
  readonly path: string
  readonly scope: Scope
  readonly status: number
  /** Strict: a field more is a difference, too. Undefined: an empty body. */
  readonly shape?: z.ZodType
  readonly body?: (ids: Ids) => unknown
  /** Each is refused. */
  readonly wrongBodies?: readonly unknown[]
  /** Each is refused, although somebody has such a thing: made of another account's ids. */
  readonly foreignBodies?: (ids: Ids) => readonly unknown[]
}
export type Contract<Ids> = {
  readonly program: CompatProgram
  readonly rows: readonly Row<Ids>[]
  readonly headersOf: (key: string) => Record<string, string>
  /** Where the sentence of a refusal stands. */
  readonly says: 'error' | 'message'
  readonly wrongStatus: number
  /** Things of this person that the calls are about, new each time: what a path of the table may name. */
  readonly fresh: (tenant: Tenant, path: string) => Promise<Ids>
  readonly unknownIds: readonly Readonly<Record<string, string>>[]
  readonly refusalOf: (scope: Scope, path: string) => number
}

export const fill = (path: string, ids: object): string =>
  path.replaceAll(/\{(\w+)\}/g, (_whole, name: string) => String((ids as Record<string, unknown>)[name]))
const idsIn = (path: string): boolean => path.includes('{')

export const holdsFor = <Ids extends object>(contract: Contract<Ids>): void => {
  const { program, rows, headersOf, says, wrongStatus, fresh, unknownIds, refusalOf } = contract
  const { call, ada, bob } = program
  const send = async (row: Row<Ids>, ids: Ids, headers: Record<string, string>, body?: unknown): Promise<Answer> => {
    const sent = body ?? row.body?.(ids)
    return call(row.method, fill(row.path, ids), { headers, ...(sent !== undefined && { json: sent }) })
  }
  const isRefusal = (answer: Answer, ...statuses: readonly number[]): void => {
    expect(statuses, answer.text).toContain(answer.status)
    expect(answer.headers['content-type']).toMatch(/^application\/json/)
    expect(answer.headers['access-control-allow-origin']).toBe('*')
    expect(answer.body[says]).toMatch(/\w.{3}/)
    expect(answer.text).not.toMatch(/[<>]|select |at \w+ \(|node:|\/src\//)
  }

  describe.each(rows.map((row) => ({ name: `${row.method} ${row.path}`, row })))('$name', ({ row }) => {
    test(`${row.status}, with every field as clients read it; a key of that scope is enough`, async () => {
      const ids = await fresh(ada, row.path)
      const answer = await send(row, ids, headersOf(ada[row.scope]))
      expect(answer.status, answer.text).toBe(row.status)
      expect(answer.headers['access-control-allow-origin']).toBe('*')
      expect(answer.headers.location).toBeUndefined()
      expect(answer.headers['set-cookie']).toBeUndefined()
      if (row.shape) row.shape.parse(answer.body)
      else expect(answer.text).toBe('')
    })

    test('401 without a key, with a wrong one, and with a wrong one beside a good cookie', async () => {
      const ids = await fresh(ada, row.path)
      const wrong = headersOf('x'.repeat(48))
      for (const headers of [{}, wrong, { ...wrong, cookie: ada.cookie }, { cookie: ada.cookie, origin: program.url }]) {
        isRefusal(await send(row, ids, headers), 401)
      }
    })

    test('a key that may not do it is refused', async () => {
      const ids = await fresh(ada, row.path)
      const others = (['create', 'read'] as const).filter((scope) => scope !== row.scope)
      for (const scope of others) isRefusal(await send(row, ids, headersOf(ada[scope])), refusalOf(row.scope, row.path))
    })

    if (idsIn(row.path) || row.foreignBodies) {
      test('what is somebody else’s is what does not exist', async () => {
        const [own, foreign] = [await fresh(bob, row.path), await fresh(ada, row.path)]
        if (idsIn(row.path)) {
          const answer = await send(row, foreign, headersOf(bob.manage))
          isRefusal(answer, 404)
          for (const unknown of unknownIds) {
            const other = await send(row, { ...own, ...unknown }, headersOf(bob.manage))
            isRefusal(other, 404)
            expect(other.body).toEqual(answer.body)
          }
        }
        for (const body of row.foreignBodies?.(foreign) ?? []) isRefusal(await send(row, own, headersOf(bob.manage), body), wrongStatus, 404)
      })
    }

    if (row.wrongBodies) {
      test('a body that does not fit is refused, field by field', async () => {
        const ids = await fresh(ada, row.path)
        for (const body of row.wrongBodies!) isRefusal(await send(row, ids, headersOf(ada.manage), body), wrongStatus)
        for (const body of ['{"', 'a=b']) {
          isRefusal(await call(row.method, fill(row.path, ids), { headers: headersOf(ada.manage), body }), wrongStatus)
        }
      })
    }
  })
}
