// A new DKIM key by a new selector: made and published first, used for signing only when the world can look it up.

import type { Config } from '../config.ts'
import type { Algorithm } from '../mail/dkim.ts'
import { dkimKeyRecord } from '../mail/dns-tags.ts'
import { activateNextDkimKeys, activeDkimKeys, dkimKeys, makeDkimKey } from '../store/dkim-keys.ts'
import { checkRecord } from './check-record.ts'
import type { Host } from './host.ts'
import { Problem } from './problem.ts'

/** RSA first: every provider verifies it, and it seals. */
export const dkimAlgorithms = (config: Config): readonly Algorithm[] => (config.dkimEd25519 ? ['rsa-sha256', 'ed25519-sha256'] : ['rsa-sha256'])

/** Makes the next keys, once, however often it is called. */
export const prepareDkimRotation = async (host: Host, domain: string = host.domain): Promise<void> => {
  await ensureDkimKeys(host, domain)
  for (const algorithm of dkimAlgorithms(host.config)) await makeDkimKey(host.db, host.keys, domain, algorithm, 'next', host.clock.now())
}

/**
 * Signs with the next keys from now on, on every process within a minute. A key that cannot be looked up would make every signature fail,
 * so that is checked first; `force`: it is known better.
 */
export const activateDkimRotation = async (
  host: Host, options: { readonly force?: boolean; readonly domain?: string } = {},
): Promise<void> => {
  const { domain = host.domain } = options
  if (!options.force) await refuseUnpublished(host, domain)
  const done = await host.db.transaction().execute((tx) => activateNextDkimKeys(tx, domain, host.clock.now()))
  if (!done) throw new Problem('not-found', 'There is no next key: run "burnbox dkim rotate" first and publish the record that it prints.')
}

const refuseUnpublished = async (host: Host, domain: string): Promise<void> => {
  for (const { selector, algorithm, publicKey } of (await listDkimKeys(host, domain)).filter(({ state }) => state === 'next')) {
    const name = `${selector}._domainkey.${domain}`
    const { published } = await checkRecord(host.resolve, { name, type: 'TXT', value: dkimKeyRecord(algorithm, publicKey) })
    if (published === true) continue
    const what = published === null ? `The DNS gave no answer for ${name}` : `The record of ${name} is not published, or has another key`
    throw new Problem('not-published', `${what}: signatures with the new key would not verify. Publish what "burnbox dkim rotate" prints, or use --force.`)
  }
}

/** Those in use, made when missing. */
export const ensureDkimKeys = async (host: Host, domain: string = host.domain): Promise<void> => {
  await activeDkimKeys(host.db, host.keys, domain, dkimAlgorithms(host.config), host.clock.now())
}

export const listDkimKeys = (host: Host, domain: string = host.domain) => dkimKeys(host.db, domain)
