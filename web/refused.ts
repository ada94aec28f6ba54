// The two ways in which a call can fail.

export type ProblemDocument = {
  readonly code?: string
  readonly detail?: string
  readonly title?: string
  readonly message?: string
  readonly id?: string
  readonly field?: string
  readonly errors?: readonly { readonly field: string; readonly detail: string }[]
}

/** The server said no, with its reason in one sentence (RFC 9457). */
export class Refused extends Error {
  readonly status: number
  readonly code: string
  /** The field that it is about. */
  readonly field: string | undefined
  /** The number under which the fault is in the log. */
  readonly fault: string | undefined

  constructor(status: number, problem: ProblemDocument) {
    const [first] = problem.errors ?? []
    super(first?.detail ?? problem.detail ?? problem.message ?? problem.title ?? 'The server could not do this.')
    this.status = status
    this.code = problem.code ?? ''
    this.field = problem.field ?? first?.field
    this.fault = status >= 500 ? problem.id : undefined
  }
}

/** There was no answer: offline, or the server is away. */
export class NoAnswer extends Error {}
