// Which origins are ours, and whether a request with a cookie comes from one of them (RELIABILITY L01, Fetch Metadata).
import type { Config } from '../config.ts'
import { Problem } from '../flow/problem.ts'

/** In local mode a person types localhost or 127.0.0.1: both are this program. */
export const originsOf = (config: Pick<Config, 'url' | 'local'>): readonly string[] => {
  const { url } = config
  if (!config.local || url.protocol !== 'http:') return [url.origin]
  const port = url.port === '' ? '' : `:${url.port}`
  return [...new Set([url.origin, `http://localhost${port}`, `http://127.0.0.1${port}`])]
}

/** Whatever the browser says about where a request comes from must say "from here", and it must say something. */
export const isSameOrigin = (headers: Headers, origins: readonly string[]): boolean => {
  const origin = headers.get('origin')
  const site = headers.get('sec-fetch-site')
  if (origin === null && site === null) return false
  return (origin === null || origins.includes(origin)) && (site === null || site === 'same-origin')
}

export const fromElsewhere = (): Problem => new Problem('forbidden', 'This request does not come from a page of this host.')

/** Said by no browser at all, or same-origin: for calls that carry their own secret and no cookie. */
export const isCrossSite = (headers: Headers, origins: readonly string[]): boolean =>
  (headers.get('origin') !== null || headers.get('sec-fetch-site') !== null) && !isSameOrigin(headers, origins)
