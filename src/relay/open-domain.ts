// A connection to one of a domain's mail servers, ready for MAIL: in order of preference, over TLS where it can be had.
// The clear is the last resort, and none for a domain that demands TLS (MTA-STS, RFC 8461) or was reached with it lately.

import type { Clock } from '../clock.ts'
import type { Log } from '../log.ts'
import { abandon, isHandshakeFailure, isSecure, openConnection, type OutgoingConnection, type Target } from './connection.ts'
import { addressesOf, DNS_TROUBLE, exchangesOf, LOOP, type Lookup } from './exchanges.ts'
import { enforcedPolicy, type Enforced, type PolicyStore } from './mta-sts.ts'
import { neverDelivered, NoRoute, notNow, notSecure } from './no-route.ts'

export type TlsMemory = PolicyStore & {
  /** When a message last found TLS there. */
  readonly seenAt: (domain: string) => Promise<Date | undefined>
  readonly remember: (domain: string, at: Date) => Promise<void>
  /** Mail goes there in the clear again: it gave TLS up long ago, and who has an inbox there is told. */
  readonly forget: (domain: string, at: Date) => Promise<void>
}

const DAY_MS = 86_400_000
/** A domain that gave TLS up for good is reached again after that, without an operator. */
const REMEMBERED_MS = 30 * DAY_MS

const STRIPPED = '4.7.5 The mail server of the inbox offered encryption before and now does not, or it fails: not sent in the clear.'
const NOT_VERIFIED = '4.7.5 The domain of the inbox demands a verified connection (MTA-STS), and its mail server does not give one.'
const NOT_LISTED = '4.7.5 The domain of the inbox demands a verified connection (MTA-STS), and its policy names none of its mail servers.'

type Parts = { readonly lookup: Lookup; readonly port: number; readonly tls: TlsMemory; readonly clock: Clock; readonly log: Log }
type Security = { readonly enforced: Enforced | undefined; readonly seen: Date | undefined }

/** Rejects with NoRoute, with the error of the last server that was tried, or with the signal's reason. */
export const openDomain = async (parts: Parts, domain: string, signal: AbortSignal): Promise<OutgoingConnection> => {
  const { lookup, tls, clock } = parts
  const exchanges = await exchangesOf(lookup, domain)
  const [enforced, seenAt] = await Promise.all([enforcedPolicy(lookup, tls, domain), tls.seenAt(domain)])
  const seen = seenAt && clock.now().getTime() - seenAt.getTime() < REMEMBERED_MS ? seenAt : undefined
  const allowed = enforced ? exchanges.filter(enforced) : exchanges
  if (allowed.length === 0) throw notSecure(NOT_LISTED)
  const connection = await firstThatWorks(parts, allowed, { enforced, seen }, signal)
  if (isSecure(connection)) await rememberTls(parts, domain, seen)
  else if (seenAt) {
    await tls.forget(domain, clock.now()).catch((error: unknown) => {
      abandon(connection)
      throw error
    })
  }
  return connection
}

const firstThatWorks = async (parts: Parts, exchanges: readonly string[], security: Security, signal: AbortSignal): Promise<OutgoingConnection> => {
  // What the owner is told: best a word about TLS, then the last server's answer, then DNS, and only at last a word that ends it.
  let withoutTls: Error | undefined
  let unreached: Error | undefined
  let hopeless: Error | undefined
  let dnsTrouble = false
  for (const exchange of exchanges) {
    const addresses = await addressesOf(parts.lookup, exchange)
    signal.throwIfAborted()
    if (addresses.kind === 'ours') {
      // What comes after us would send it back to us.
      hopeless = neverDelivered(LOOP)
      break
    }
    if (addresses.kind === 'dns-trouble') dnsTrouble = true
    if (addresses.kind === 'none') hopeless ??= neverDelivered('5.4.4 The mail servers of the inbox have no address.')
    if (addresses.kind === 'not-public') hopeless ??= neverDelivered('5.4.4 The mail servers of the inbox have no address on the public Internet.')
    if (addresses.kind !== 'addresses') continue
    for (const address of addresses.list) {
      try {
        return await connect(parts, { host: address, port: parts.port, servername: exchange }, security, signal)
      } catch (error) {
        signal.throwIfAborted()
        parts.log.debug({ err: error, exchange, address }, 'a mail server could not be used')
        if (error instanceof NoRoute) withoutTls = error
        else unreached = error as Error
      }
    }
  }
  throw withoutTls ?? unreached ?? (dnsTrouble ? notNow(DNS_TROUBLE, true) : hopeless ?? notNow(DNS_TROUBLE, true))
}

const connect = async (
  { lookup }: Parts, to: Pick<Target, 'host' | 'port' | 'servername'>, security: Security, signal: AbortSignal,
): Promise<OutgoingConnection> => {
  const open = (protection: Target['protection']): Promise<OutgoingConnection> => openConnection({ ...to, protection }, lookup.ourName, signal)
  if (security.enforced || security.seen) {
    return open(security.enforced ? 'verified' : 'encrypted').catch((error: Error) => {
      throw isWithoutTls(error) ? notSecure(security.enforced ? NOT_VERIFIED : STRIPPED) : error
    })
  }
  return open('opportunistic').catch((error: Error) => {
    if (!isHandshakeFailure(error) || signal.aborted) throw error
    return open('clear')
  })
}

/** STARTTLS was refused, or what followed failed. */
const isWithoutTls = (error: Error): boolean => isHandshakeFailure(error) || (error as NodeJS.ErrnoException).code === 'ETLS'

/** Once a day is enough to know. A memory that cannot be written stops no mail. */
const rememberTls = async ({ tls, clock, log }: Parts, domain: string, seen: Date | undefined): Promise<void> => {
  const now = clock.now()
  if (seen && now.getTime() - seen.getTime() < DAY_MS) return
  await tls.remember(domain, now).catch((error: unknown) => log.warn({ err: error, domain }, 'TLS was not remembered'))
}
