// Errors as addy.io tells them: `{message}`, with `errors` by field beside 422. On creating an alias its extension reads 403 as the limit of
// aliases and 429 as that of the hour, whatever is written there: so nothing else is said by 403.
import type { Problem } from '../../../flow/problem.ts'

const names: Readonly<Record<string, string>> = { inbox_ids: 'recipient_ids', address: 'email', site: 'description' }

export const addyError = (problem: Problem, call: string) => {
  const status = statusOf(problem, call)
  const message = problem.code === 'unauthorized' ? 'Unauthenticated.' : problem.detail
  return { status, body: { message, ...(status === 422 && { errors: errorsOf(problem) }) } }
}

const statusOf = (problem: Problem, call: string): number => {
  switch (problem.code) {
    case 'malformed': case 'invalid-query': case 'inbox-exists': case 'alias-taken': return 422
    case 'limit-reached': return 403
    case 'forbidden': return call === 'POST /api/v1/aliases' ? 422 : 403
    default: return problem.status
  }
}

const errorsOf = ({ detail, extra }: Problem): Readonly<Record<string, readonly string[]>> => {
  if (Array.isArray(extra['errors'])) {
    const all = extra['errors'] as readonly { readonly field: string; readonly detail: string }[]
    return Object.fromEntries(all.map((one) => [one.field, [one.detail]]))
  }
  const field = typeof extra['field'] === 'string' ? extra['field'] : 'request'
  return { [names[field] ?? field]: [detail] }
}
