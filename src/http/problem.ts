// The only way out for errors: RFC 9457 problem details. A fault says its id and nothing else; the rest is in the log.
import { nanoid } from 'nanoid'
import type { Context } from 'hono'
import { HTTPException } from 'hono/http-exception'
import { Problem, problems, type ProblemCode } from '../flow/problem.ts'
import type { Log } from '../log.ts'

const document = (status: number, body: Readonly<Record<string, unknown>>): Response =>
  new Response(JSON.stringify({ type: 'about:blank', ...body }), { status, headers: { 'content-type': 'application/problem+json' } })

export const problemResponse = (problem: Problem): Response => {
  const { status, title } = problems[problem.code]
  const response = document(status, { ...problem.extra, title, status, code: problem.code, detail: problem.detail })
  if (status === 401) response.headers.set('www-authenticate', 'Bearer')
  return response
}

export const answerError = (log: Log) => (error: Error, c: Context): Response => {
  if (error instanceof Problem) return problemResponse(error)
  if (error instanceof HTTPException) {
    return problemResponse(new Problem(codeOfStatus(error.status), sentences[error.status] ?? 'The request cannot be answered.'))
  }
  const id = nanoid(12)
  log.error({ err: error, id, method: c.req.method, route: c.req.routePath }, 'request failed')
  return document(500, {
    title: 'Something went wrong here', status: 500, code: 'fault', detail: `It is in the log under the id ${id}.`, id,
  })
}

const sentences: Readonly<Record<number, string>> = {
  400: 'The body is not valid JSON.',
  413: 'The body is larger than this call takes.',
}

const codeOfStatus = (status: number): ProblemCode => {
  if (status === 413) return 'too-large'
  return status === 404 ? 'not-found' : 'malformed'
}
