// Is it the database that is away, or full of others' work, and not a mistake in a query? Such work may be tried again in a moment.

/** SQLSTATE by its class, and of the classes that say more than that by the whole code (PostgreSQL, appendix A). */
const away = /^(?:08|53|57P0|57014|55P03|40001|40P01|25006)/
/** Of the way there, before the server said anything. */
const unreachable: ReadonlySet<string> = new Set(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'EHOSTUNREACH', 'ENETUNREACH', 'ENOTFOUND', 'EAI_AGAIN'])
/** pg and its pool have no codes for these; the last is ours (database.ts). */
const saidByDriver = /^(?:timeout exceeded when trying to connect|Connection terminated|Client has encountered a connection error|the database did not answer)/

export const isStoreAway = (error: unknown): boolean => {
  if (!(error instanceof Error)) return false
  const { code } = error as { code?: unknown }
  if (typeof code === 'string' && (unreachable.has(code) || (/^[0-9A-Z]{5}$/.test(code) && away.test(code)))) return true
  return saidByDriver.test(error.message) || isStoreAway(error.cause) || (error instanceof AggregateError && error.errors.some(isStoreAway))
}
