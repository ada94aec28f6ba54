// The only way out for errors: RFC 9457 problem details. A fault says its id and nothing else; the rest is in the log.
import { nanoid } from 'nanoid'
import type { Context } from 'hono'
import { HTTPException } from 'hono/http-exception'
import { Problem, problems, type ProblemCode } from '../flow/problem.ts'
import type { Log } from '../log.ts'
import { isStoreAway } from '../store/store-away.ts'

const document = (status: number, body: Readonly<Record<string, unknown>>): Response =>
  new Response(JSON.stringify({ type: 'about:blank', ...body }), { status, headers: { 'content-type': 'application/problem+json' } })

/** The pool gives up after 5 s: who comes back then finds what was in its way gone, or waits once more. */
const RETRY_AFTER_S = 5

export const storeAway = (): Problem => new Problem('store-away', 'The database does not answer. Try again in a moment.')

/** When to come back, where that is known. */
export const waitOf = (problem: Problem): Readonly<Record<string, string>> =>
  problem.code === 'store-away' ? { 'retry-after': String(RETRY_AFTER_S) } : {}

export const problemResponse = (problem: Problem): Response => {
  const { status, title } = problems[problem.code]
  const response = document(status, { ...problem.extra, title, status, code: problem.code, detail: problem.detail })
  if (status === 401) response.headers.set('www-authenticate', 'Bearer')
  for (const [name, value] of Object.entries(waitOf(problem))) response.headers.set(name, value)
  return response
}

export const answerError = (log: Log) => (error: Error, c: Context): Response => {
  const problem = problemOf(log, error, c)
  if (problem) return problemResponse(problem)
  const id = logFault(log, error, c)
  return document(500, {
    title: 'Something went wrong here', status: 500, code: 'fault', detail: `It is in the log under the id ${id}.`, id,
  })
}

/** A caller's mistake, ours to name or the framework's, or that the database is away; undefined is a fault. */
export const problemOf = (log: Log, error: Error, c: Context): Problem | undefined => {
  if (error instanceof Problem) return error
  if (error instanceof HTTPException) return new Problem(codeOfStatus(error.status), sentences[error.status] ?? 'The request cannot be answered.')
  if (!isStoreAway(error)) return undefined
  log.warn({ err: error, method: c.req.method, route: c.req.routePath }, 'the database is away')
  return storeAway()
}

/** The id under which it is in the log. */
export const logFault = (log: Log, error: Error, c: Context): string => {
  const id = nanoid(12)
  log.error({ err: error, id, method: c.req.method, route: c.req.routePath }, 'request failed')
  return id
}

const sentences: Readonly<Record<number, string>> = {
  400: 'The body is not valid JSON.',
  413: 'The body is larger than this call takes.',
}

const codeOfStatus = (status: number): ProblemCode => {
  if (status === 413) return 'too-large'
  return status === 404 ? 'not-found' : 'malformed'
}
