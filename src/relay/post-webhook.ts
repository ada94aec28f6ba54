// One call of a webhook: a POST to an address that its owner chose, so never into our own network (cases H13, L14). The name is looked up once,
// what it leads to is checked, and what was checked is connected to. Redirects are answers like others: not followed.

import { request as httpRequest, type IncomingMessage } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { isIP, type LookupFunction } from 'node:net'
import { isPublicAddress } from '../mail/ip-address.ts'
import { addressesOf, type Lookup } from './exchanges.ts'

export type Posted = { readonly kind: 'answered'; readonly status: number } | { readonly kind: 'failed'; readonly why: string }

export type WebhookPost = { readonly url: string; readonly headers: Readonly<Record<string, string>>; readonly body: string }

/** Enough for any answer; what comes after it is not read. */
const MOST_ANSWER_OCTETS = 64 * 1024

/** Never rejects. `signal`: its end is the end of the call. */
export const postWebhook = async (lookup: Lookup, post: WebhookPost, signal: AbortSignal): Promise<Posted> => {
  const url = URL.parse(post.url)
  if (!url || !(url.protocol === 'https:' || (lookup.allowPrivate && url.protocol === 'http:'))) return failed('Only https is called.')
  const addresses = await addressesFor(lookup, url.hostname.replace(/^\[(.*)\]$/, '$1').replace(/\.$/, ''))
  if (typeof addresses === 'string') return failed(addresses)
  try {
    return { kind: 'answered', status: await statusOf(url, addresses, post, signal) }
  } catch (error) {
    return failed(signal.aborted ? 'It did not answer in time.' : `The connection failed (${(error as NodeJS.ErrnoException).code ?? 'no answer'}).`)
  }
}

const failed = (why: string): Posted => ({ kind: 'failed', why })

const PRIVATE = 'Its name leads into a private network, which this host does not call.'

/** A text says why there are none. */
const addressesFor = async (lookup: Lookup, host: string): Promise<readonly string[] | string> => {
  if (isIP(host)) return lookup.allowPrivate || (isPublicAddress(host) && !lookup.ourAddresses().has(host)) ? [host] : PRIVATE
  // RFC 6761 §6.3: no question for the DNS.
  if (host === 'localhost' || host.endsWith('.localhost')) return lookup.allowPrivate ? ['127.0.0.1', '::1'] : PRIVATE
  const found = await addressesOf(lookup, host)
  switch (found.kind) {
    case 'addresses': return found.list
    case 'none': return 'Its name has no address.'
    case 'dns-trouble': return 'Its name could not be looked up.'
    case 'not-public': case 'ours': return PRIVATE
  }
}

/** A connection of its own for each call: none is kept to where a name led earlier. */
const statusOf = (url: URL, addresses: readonly string[], { headers, body }: WebhookPost, signal: AbortSignal): Promise<number> =>
  new Promise((resolve, reject) => {
    const request = (url.protocol === 'https:' ? httpsRequest : httpRequest)(url, {
      method: 'POST', agent: false, signal, lookup: onlyThese(addresses),
      headers: { ...headers, 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body) },
    })
    let status: number | undefined
    const end = (error: Error): void => (status === undefined ? reject(error) : resolve(status))
    request.once('response', (response) => {
      status = response.statusCode
      readAway(response)
    })
    request.on('error', end)
    request.once('close', () => end(new Error('the connection ended without an answer')))
    request.end(body)
  })

/** A status that has come counts, however the body ends. */
const readAway = (response: IncomingMessage): void => {
  let octets = 0
  response.on('data', (part: Buffer) => {
    octets += part.length
    if (octets > MOST_ANSWER_OCTETS) response.destroy()
  })
  response.on('error', () => {})
}

const onlyThese = (addresses: readonly string[]): LookupFunction => (_host, options, found) => {
  const list = addresses.map((address) => ({ address, family: isIP(address) }))
  if (options.all === true) found(null, list)
  else found(null, list[0]!.address, list[0]!.family)
}
