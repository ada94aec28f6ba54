// Records that are lists of tags: a DKIM key (RFC 6376 §3.6.1), a DMARC policy (RFC 7489 §6.3). SPF has terms instead (RFC 7208 §4.5).
import type { Algorithm } from './dkim.ts'

export const dkimKeyRecord = (algorithm: Algorithm, publicKey: string): string => `v=DKIM1; k=${algorithm === 'rsa-sha256' ? 'rsa' : 'ed25519'}; p=${publicKey}`

/** RFC 6376 §3.2: blanks around and inside count for nothing, of several with one name the first counts. */
export const dnsTags = (record: string): ReadonlyMap<string, string> => {
  const tags = new Map<string, string>()
  for (const tag of record.split(';')) {
    const [, name = '', value = ''] = /^\s*([a-z][a-z0-9_]*)\s*=([^]*)$/i.exec(tag) ?? []
    if (name !== '' && !tags.has(name)) tags.set(name, value.replaceAll(/\s/g, ''))
  }
  return tags
}
