// The https side of MTA-STS (RFC 8461 §3.3): /.well-known/mta-sts.txt at 127.0.0.9:443, which takes root.
import { once } from 'node:events'
import { createServer } from 'node:https'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Identity } from './tls-hop.ts'

export const POLICY_HOST = '127.0.0.9'

export type PolicyHost = AsyncDisposable & {
  /** The policy, or what is done instead. */
  answer: string | ((request: IncomingMessage, response: ServerResponse) => void)
  readonly fetched: number
}

export async function openPolicyHost(identity: Identity): Promise<PolicyHost> {
  let fetched = 0
  const server = createServer(identity, (request, response) => {
    fetched += 1
    if (typeof host.answer === 'function') return host.answer(request, response)
    response.writeHead(200, { 'content-type': 'text/plain' }).end(host.answer)
  })
  server.listen(443, POLICY_HOST)
  await once(server, 'listening')
  const host: PolicyHost = {
    answer: '',
    get fetched() { return fetched },
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections()
      if (!server.listening) return
      const closed = once(server, 'close')
      server.close()
      await closed
    },
  }
  return host
}
