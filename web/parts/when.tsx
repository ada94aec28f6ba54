// A moment: relative to read, exact in the title and for machines.
import { exact, since } from '../time.ts'

export function When({ at, form = since }: { readonly at: string; readonly form?: (at: Date) => string }) {
  const date = new Date(at)
  return (
    <time datetime={at} title={exact(date)}>
      {form(date)}
    </time>
  )
}
