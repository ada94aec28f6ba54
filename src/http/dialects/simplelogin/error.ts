// Errors as SimpleLogin tells them: `{error}`, and 400 for whatever the caller wrote wrongly. 409 is an address that is taken.
import type { Problem } from '../../../flow/problem.ts'

export const simpleLoginError = (problem: Problem) => ({ status: statusOf(problem), body: { error: problem.detail } })

const statusOf = (problem: Problem): number => {
  switch (problem.code) {
    case 'invalid': case 'invalid-query': case 'malformed': case 'limit-reached': case 'inbox-exists': return 400
    default: return problem.status
  }
}
