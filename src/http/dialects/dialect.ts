// Two other products' languages below /api: which one a call speaks, and paths as their clients write them.

/** `either`: a sign-in whose body does not say which. */
export type Dialect = 'simplelogin' | 'addy' | 'either'

export const isDialectPath = (path: string): boolean => path === '/api' || path.startsWith('/api/')

/** No path but the two of sign-in is known to both. */
export const dialectOf = (path: string): Dialect => {
  if (/^\/api\/auth\/(?:login|mfa)$/.test(path)) return 'either'
  return /^\/api\/(?:v1|auth\/(?:logout|delete-account))(?:\/|$)/.test(path) ? 'addy' : 'simplelogin'
}

/** Bitwarden writes `//api/…` after a base URL that ends with a slash, and follows no redirect. */
export const dialectPath = (path: string): string => {
  const tidy = path.replace(/\/{2,}/g, '/')
  return isDialectPath(tidy) && tidy !== '/' ? tidy.replace(/\/$/, '') : path
}
