// The link that becomes a bookmark: bookmarklet.js as one line, for this host.
import source from './bookmarklet.js?raw'

/** Lines keep their ends: statements without semicolons need them. */
export function bookmarkFor(origin: string): string {
  const code = source.split('\n').map((line) => line.trim()).filter((line) => line !== '' && !line.startsWith('//')).join('\n')
  return `javascript:${encodeURIComponent(`void ${code.replace('HOME', JSON.stringify(origin))}`)}`
}
