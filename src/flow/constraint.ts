// Which constraint refused a write: constraints answer, nothing is checked first (PostgreSQL, appendix A, class 23).

type Refusal = { readonly kind: 'unique' | 'foreign-key'; readonly constraint: string }

export const refusalOf = (error: unknown): Refusal | undefined => {
  if (typeof error !== 'object' || error === null) return undefined
  const { code, constraint } = error as { code?: unknown; constraint?: unknown }
  if (typeof constraint !== 'string') return undefined
  if (code === '23505') return { kind: 'unique', constraint }
  if (code === '23503') return { kind: 'foreign-key', constraint }
  return undefined
}
