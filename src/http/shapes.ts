// What all routes share: pages, ids, problems, and how a value that does not fit is told.
import { OpenAPIHono, z } from '@hono/zod-openapi'
import { notFound, Problem, problems, type ProblemCode } from '../flow/problem.ts'
import { isUuid } from '../store/uuid.ts'
import type { HttpEnv } from './services.ts'

const mostItems = 200

/** A fault is ours, and no caller's mistake. */
const Code = z.enum([...Object.keys(problems) as ProblemCode[], 'fault'])

export const ProblemShape = z.object({
  type: z.string(), title: z.string(), status: z.number().int(), code: Code, detail: z.string(),
}).openapi('Problem', { description: 'RFC 9457. `code` is stable; other members may come with it.' })

export const json = <S extends z.ZodType>(schema: S, description: string) => ({ content: { 'application/json': { schema } }, description })
export const otherwise = { content: { 'application/problem+json': { schema: ProblemShape } }, description: 'A problem' }
export const body = <S extends z.ZodType>(schema: S) => ({ content: { 'application/json': { schema } }, required: true })

/** Ids for a call that does several things at once; each gets its own answer. */
export const ManyIds = z.array(z.string().max(64)).min(1).max(mostItems)
export const Refused = z.object({ id: z.string(), ok: z.literal(false), code: z.string(), detail: z.string() }).openapi('Refused')

export const IdParam = z.object({ id: z.string().openapi({ description: 'An opaque id' }) })
export const Time = z.iso.datetime().openapi({ example: '2026-07-14T09:30:00.000Z' })
const Limit = z.coerce.number().int().min(1).max(mostItems)
export const PageQuery = z.object({
  limit: Limit.default(50),
  cursor: z.string().max(1000).optional().openapi({ description: '`next` of the page before' }),
})
/** Of a list that is short: without `limit` all of it, so that nobody has to turn pages. */
export const ShortListQuery = PageQuery.extend({ limit: Limit.optional().openapi({ description: 'Without it: all of them' }) })
export const page = <S extends z.ZodType>(item: S) => z.object({ items: z.array(item), next: z.string().nullable() })

/** One line of text for people: no control characters, so that it can stand in a header or a log (RELIABILITY L15). */
export const Line = (most: number) =>
  z.string().trim().max(most).regex(/^[^\p{Cc}\p{Cs}\u2028\u2029]*$/u, 'must be one line without control characters')
/** The same with line breaks and tabs. PostgreSQL takes neither NUL nor half a surrogate pair. */
export const Text = (most: number) => z.string().max(most).regex(/^(?:[^\p{Cc}\p{Cs}]|[\t\n\r])*$/u, 'must not have control characters')

export const emptyToNull = (text: string | null | undefined): string | null =>
  text === undefined || text === null || text === '' ? null : text

export const uuidOf = (id: string, what: string): string => {
  if (!isUuid(id)) throw notFound(what)
  return id.toLowerCase()
}

/** Values that do not fit: 422 for a body, 400 for a query, with one helpful sentence for each. */
export const createRouter = () => new OpenAPIHono<HttpEnv>({
  defaultHook: (result) => {
    if (result.success) return undefined
    throw problemOfIssues(result.target === 'json' ? 'invalid' : 'invalid-query', result.error.issues)
  },
})

export const problemOfIssues = (code: 'invalid' | 'invalid-query', issues: readonly z.core.$ZodIssue[]): Problem => {
  const errors = issues.slice(0, 20).map((issue) => ({ field: issue.path.join('.'), detail: issue.message }))
  const detail = errors.map((error) => error.field === '' ? error.detail : `${error.field}: ${error.detail}`).join('; ')
  return new Problem(code, detail, { errors })
}

export const encodeCursor = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')

/** What a client hands back may be anything: only the shape that we gave out is taken. */
export const decodeCursor = <S extends z.ZodType>(schema: S, cursor: string | undefined): z.output<S> | undefined => {
  if (cursor === undefined) return undefined
  try {
    return schema.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8')))
  } catch {
    throw new Problem('invalid-query', 'cursor: must be the "next" of an earlier page, for the same list and order.')
  }
}

/** A list that is ordered by one id, newest first: the cursor is that id. */
export const IdCursor = z.string().regex(/^\d{1,18}$/)

/** Asks for one row more than the page has: whether it comes says if there is a next page. */
export const pageOf = <T extends { readonly cursor: string }, J>(rows: readonly T[], limit: number, toJson: (row: T) => J) => {
  const items = rows.slice(0, limit)
  return { items: items.map(toJson), next: rows.length > limit ? encodeCursor(items.at(-1)!.cursor) : null }
}

const Place = z.tuple([z.number().int().min(0), z.string()])

/** The cursor is the item that comes next, by what names it for good (`keyOf`): who deletes what he was shown misses nothing. */
export const pageOfAll = <J>(all: readonly J[], { limit = Math.max(1, all.length), cursor }: z.output<typeof ShortListQuery>, keyOf: (item: J) => string) => {
  const [place = 0, key] = decodeCursor(Place, cursor) ?? []
  const found = all.findIndex((item) => keyOf(item) === key)
  const from = found >= 0 ? found : place
  const end = from + limit
  const following = all[end]
  return { items: all.slice(from, end), next: following === undefined ? null : encodeCursor([end, keyOf(following)]) }
}
