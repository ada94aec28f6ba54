// The only way out for errors below /api: JSON in the caller's dialect, one short sentence, because every client shows it as it is.
import type { Context } from 'hono'
import type { Problem } from '../../flow/problem.ts'
import type { Log } from '../../log.ts'
import { logFault, problemOf } from '../problem.ts'
import type { HttpEnv } from '../services.ts'
import { addyError } from './addy/error.ts'
import { dialectOf } from './dialect.ts'
import { simpleLoginError } from './simplelogin/error.ts'

type Said = { readonly status: number; readonly body: Readonly<Record<string, unknown>> }

export const answerDialectError = (log: Log) => (error: Error, c: Context<HttpEnv>): Response => {
  const problem = problemOf(log, error, c)
  const { status, body } = problem ? said(problem, c) : fault(logFault(log, error, c))
  return new Response(JSON.stringify(body), { status, headers: { 'content-type': 'application/json' } })
}

const said = (problem: Problem, c: Context<HttpEnv>): Said => {
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
