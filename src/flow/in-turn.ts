// Work that takes much memory, one after the other in this process.

export type InTurn = <T>(work: () => Promise<T>) => Promise<T>

/** In the order of the callers; what fails stops nobody behind it. */
export const createTurns = (): InTurn => {
  let last: Promise<unknown> = Promise.resolve()
  return (work) => {
    const mine = last.then(work)
    last = mine.catch(() => {})
    return mine
  }
}
