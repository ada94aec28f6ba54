// The only way out for errors below /api: JSON in the caller's dialect, one short sentence, because every client shows it as it is.
import type { Context } from 'hono'
import { Problem } from '../../flow/problem.ts'
import type { Log } from '../../log.ts'
import { logFault, problemOf, waitOf } from '../problem.ts'
import type { HttpEnv } from '../services.ts'
import { addyError } from './addy/error.ts'
import { dialectOf } from './dialect.ts'
import { simpleLoginError } from './simplelogin/error.ts'

type Said = { readonly status: number; readonly body: Readonly<Record<string, unknown>> }

export const answerDialectError = (log: Log) => (error: Error, c: Context<HttpEnv>): Response => {
  const problem = problemOf(log, error, c)
  const { status, body } = problem ? said(problem, c) : fault(logFault(log, error, c))
  const headers = { 'content-type': 'application/json', ...(problem && waitOf(problem)) }
  return new Response(JSON.stringify(body), { status, headers })
}

/** Bitwarden drops a sentence that has a `<`, for fear of a page. */
const plain = (text: string): string => text.replaceAll('<=', 'at most ').replaceAll('>=', 'at least ').replaceAll(/[<>]/g, '')

const plainly = ({ code, detail, extra }: Problem): Problem => {
  const errors = extra['errors'] as readonly { readonly field: string; readonly detail: string }[] | undefined
  return new Problem(code, plain(detail), { ...extra, ...(errors && { errors: errors.map((one) => ({ ...one, detail: plain(one.detail) })) }) })
}

const said = (thrown: Problem, c: Context<HttpEnv>): Said => {
  const problem = plainly(thrown)
  const dialect = c.get('dialect') ?? dialectOf(c.req.path)
  switch (dialect) {
    case 'simplelogin': return simpleLoginError(problem)
    case 'addy': return addyError(problem, `${c.req.method} ${c.req.path}`)
    case 'either': return { status: problem.status, body: { error: problem.detail, message: problem.detail } }
  }
}

const fault = (id: string): Said => {
  const sentence = `Something went wrong here. It is in the log under the id ${id}.`
  return { status: 500, body: { error: sentence, message: sentence } }
}
