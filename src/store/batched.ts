// Joins look-ups that are asked at the same time into one query. A look-up always starts after it was asked,
// so its answer is never older than the question: no cache, and "burned" is in force for the next RCPT on every process.

import { retried } from './retried.ts'

/**
 * While one round is under way the next questions gather; under load this makes one query of many
 * (measured with 100 sessions: 10 to 20 questions a query), alone it costs nothing.
 */
export const batched = <Question, Answer>(
  ask: (questions: readonly Question[]) => Promise<readonly Answer[]>,
  limits: { readonly rounds: number; readonly size: number },
): ((question: Question) => Promise<Answer>) => {
  type Waiting = { readonly question: Question; readonly resolve: (answer: Answer) => void; readonly reject: (error: unknown) => void }
  let waiting: Waiting[] = []
  let underWay = 0
  let scheduled = false

  const round = async (): Promise<void> => {
    scheduled = false
    if (waiting.length === 0 || underWay >= limits.rounds) return
    const now = waiting.slice(0, limits.size)
    waiting = waiting.slice(limits.size)
    underWay += 1
    try {
      const answers = await retried(() => ask(now.map((entry) => entry.question)))
      now.forEach((entry, index) => entry.resolve(answers[index] as Answer))
    } catch (error) {
      for (const entry of now) entry.reject(error)
    } finally {
      underWay -= 1
      void round()
    }
  }

  return (question) => new Promise((resolve, reject) => {
    waiting.push({ question, resolve, reject })
    if (scheduled || underWay >= limits.rounds) return
    scheduled = true
    setImmediate(() => void round())
  })
}
