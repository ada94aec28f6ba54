// Work that the database broke off and that may go well the next time (case I04): a deadlock, a serialization failure, a lock or a
// statement that waited too long. All of it was rolled back, so it may simply be done again.

const AGAIN: ReadonlySet<string> = new Set(['40001', '40P01', '55P03', '57014'])
const TRIES = 3

export const retried = async <T>(work: () => Promise<T>): Promise<T> => {
  for (let left = TRIES - 1; ; left--) {
    try {
      return await work()
    } catch (error) {
      if (left <= 0 || !AGAIN.has((error as { code?: string }).code ?? '')) throw error
    }
  }
}
