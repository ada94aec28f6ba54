// A spam filter on loopback that answers as rspamd 3.4 does, or does what the test says instead. It records what it is asked, octet for octet.
//   const filter = await openRspamdServer()
//   filter.says({ action: 'add header', score: 7.5 })
import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { onTestFinished } from 'vitest'

export type Asked = { readonly path: string; readonly headers: IncomingHttpHeaders; readonly body: Buffer }
export type RspamdServer = {
  /** For BURNBOX_RSPAMD. */
  readonly url: string
  readonly asked: readonly Asked[]
  readonly connections: { readonly now: number; readonly most: number }
  says(verdict: { readonly action: string; readonly score: number }): void
  /** Instead of a verdict; a body need not be read for it. */
  does(what: (response: ServerResponse) => unknown, options?: { readonly unread?: boolean }): void
  goAway(): Promise<void>
}

/** Closed when the test is finished. */
export async function openRspamdServer(): Promise<RspamdServer> {
  const asked: Asked[] = []
  const connections = { now: 0, most: 0 }
  let unread = false
  let act: (response: ServerResponse) => unknown = () => {}
  const server = createServer((request, response) => {
    void (async () => {
      if (unread) return act(response)
      const pieces: Buffer[] = []
      for await (const piece of request as AsyncIterable<Buffer>) pieces.push(piece)
      asked.push({ path: `${request.method} ${request.url}`, headers: request.headers, body: Buffer.concat(pieces) })
      await act(response)
    })().catch(() => response.destroy())
  })
  server.on('connection', (socket) => {
    connections.most = Math.max(connections.most, ++connections.now)
    socket.on('error', () => {})
    socket.once('close', () => { connections.now -= 1 })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const filter: RspamdServer = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked, connections,
    says: (verdict) => filter.does((response) => answer(response, JSON.stringify({
      is_skipped: false, required_score: 15, symbols: {}, messages: {}, 'message-id': 'undef', time_real: 0.01, ...verdict,
    }))),
    does: (what, options = {}) => {
      unread = options.unread ?? false
      act = what
    },
    goAway: async () => {
      server.closeAllConnections()
      if (!server.listening) return
      const closed = once(server, 'close')
      server.close()
      await closed
    },
  }
  filter.says({ action: 'no action', score: 0 })
  onTestFinished(filter.goAway)
  return filter
}

/** It closes the connection after each. */
export const answer = (response: ServerResponse, body: string, status = 200): unknown => response.writeHead(status, {
  'Connection': 'close', 'Server': 'rspamd/3.4', 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body),
}).end(body)
