// What is read from the server: a skeleton while it is on its way, why it is not there, or what came.
import type { ComponentChildren } from 'preact'
import { Fault } from './fault.tsx'
import { Skeleton } from './skeleton.tsx'
import type { UseReading } from './use-reading.ts'

type Props<T> = { readonly of: string; readonly reading: UseReading<T>; readonly children: (value: T) => ComponentChildren }

export function Read<T>({ of, reading: { state, again }, children }: Props<T>) {
  const now = state.value
  switch (now.kind) {
    case 'waiting':
      return <Skeleton of={of} />
    case 'failed':
      return <Fault error={now.error} retry={again} />
    case 'there':
      return <>{children(now.value)}</>
  }
}
