// Whether a message came with an authentication worth vouching for (RFC 8617 §5.1): a DKIM pass, or a chain that validates.

export type SealFacts = {
  /** Of the sets that it came with; a chain that does not validate is never made longer. */
  readonly chain: 'none' | 'pass'
  /** The value of our Authentication-Results field, with the authserv-id. */
  readonly authenticationResults: string
}

/** @param authenticationResults as authentication-results.ts writes it; empty for what was not verified */
export const worthSealing = (authenticationResults: string): SealFacts | undefined => {
  const results = authenticationResults.split('; ').slice(1).map((result) => result.split(' ')[0])
  const arc = results.find((result) => result?.startsWith('arc='))
  if (arc === 'arc=pass') return { chain: 'pass', authenticationResults }
  return arc === undefined && results.includes('dkim=pass') ? { chain: 'none', authenticationResults } : undefined
}
