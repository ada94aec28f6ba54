// One batcher for each database, for look-ups that no part of the host carries: made when it is first asked.
import { batched } from './batched.ts'
import type { Database } from './database.ts'

const LIMITS = { rounds: 1, size: 100 } as const

/** As `batched`; the same function for all callers with one database. */
export const joined = <Question, Answer>(
  ask: (db: Database, questions: readonly Question[]) => Promise<readonly Answer[]>,
): ((db: Database, question: Question) => Promise<Answer>) => {
  const batchers = new WeakMap<Database, (question: Question) => Promise<Answer>>()
  return (db, question) => {
    const known = batchers.get(db)
    if (known) return known(question)
    const made = batched((questions: readonly Question[]) => ask(db, questions), LIMITS)
    batchers.set(db, made)
    return made(question)
  }
}
