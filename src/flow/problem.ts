// A caller's mistake: thrown by flows, said once by each shell (RFC 9457 over HTTP, one line and exit 65 on the command line).

// Code -> HTTP status and title. The codes are stable; clients may compare them.
export const problems = {
  'malformed': { status: 400, title: 'The request cannot be read' },
  'invalid': { status: 422, title: 'A value is not valid' },
  'invalid-query': { status: 400, title: 'A query parameter is not valid' },
  'unauthorized': { status: 401, title: 'Sign in, or send a valid API token' },
  'forbidden': { status: 403, title: 'Not allowed' },
  'not-found': { status: 404, title: 'Not found' },
  'alias-taken': { status: 409, title: 'This address is taken' },
  'closed': { status: 409, title: 'This address is closed' },
  'burned': { status: 409, title: 'This address is burned' },
  'protected': { status: 409, title: 'This address belongs to the host' },
  'has-mail': { status: 409, title: 'Mail is waiting for this address' },
  'no-inbox': { status: 409, title: 'There is no verified inbox' },
  'in-use': { status: 409, title: 'This is in use' },
  'inbox-exists': { status: 409, title: 'This inbox is there already' },
  'domain-exists': { status: 409, title: 'This domain is there already' },
  'domain-taken': { status: 409, title: 'This domain is taken' },
  'account-exists': { status: 409, title: 'This account is there already' },
  'limit-reached': { status: 409, title: 'A limit of this account is reached' },
  'import-running': { status: 409, title: 'An import is under way' },
  'set-up': { status: 409, title: 'This host is set up already' },
  'would-reveal': { status: 409, title: 'Sending this would show your inbox' },
  'not-published': { status: 409, title: 'This record is not in the DNS' },
  'link-used': { status: 410, title: 'This link was used or has expired' },
  'too-large': { status: 413, title: 'The request is too large' },
  'unsupported-media-type': { status: 415, title: 'The body is of another type' },
  'too-many': { status: 429, title: 'Too many requests' },
  'unavailable': { status: 503, title: 'A service is away' },
  'store-away': { status: 503, title: 'The database is away' },
} as const

export type ProblemCode = keyof typeof problems

export class Problem extends Error {
  readonly code: ProblemCode
  readonly detail: string
  // More members of the problem document, e.g. the aliases that keep an inbox in use.
  readonly extra: Readonly<Record<string, unknown>>

  constructor(code: ProblemCode, detail: string, extra: Readonly<Record<string, unknown>> = {}) {
    super(detail)
    this.name = 'Problem'
    this.code = code
    this.detail = detail
    this.extra = extra
  }

  get status(): number {
    return problems[this.code].status
  }
}

export const notFound = (what: string): Problem => new Problem('not-found', `There is no such ${what}.`)
