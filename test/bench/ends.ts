// What must be stopped at the end of the bench, whatever ends it: Postfix and Postgres have process groups of their own, Ctrl-C does not reach them.
type End = () => Promise<unknown>

const open: End[] = []

/** Runs `work`, then what it asked for in turn, last first. */
export async function withEnds<T>(work: (atEnd: (end: End) => void) => Promise<T>): Promise<T> {
  const own: End[] = []
  try {
    return await work((end) => {
      own.push(end)
      open.push(end)
    })
  } finally {
    await endAll(own)
  }
}

export function endOnSignals(): void {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void endAll([...open]).then(() => process.exit(130)))
}

async function endAll(ends: readonly End[]): Promise<void> {
  for (const end of [...ends].reverse()) {
    const at = open.indexOf(end)
    if (at < 0) continue
    open.splice(at, 1)
    await end().catch((error: unknown) => console.error((error as Error).message))
  }
}
