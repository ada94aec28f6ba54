// The socket: bound before the app exists, because with port 0 the base URL is known only then; closed within a deadline.
import { getRequestListener } from '@hono/node-server'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Endpoint } from '../config-values.ts'

/** The address cannot be listened on: `message` is the one line for the operator. */
export class CannotListen extends Error {}

export type Listener = {
  readonly port: number
  readonly serve: (app: { fetch(request: Request, env: unknown): Response | Promise<Response> }) => void
  /** Takes no new requests, lets those under way end, and cuts what is left when the signal fires or after 5 s. */
  readonly close: () => Promise<void>
}

// Slow requests hold a socket, not a thread, but not for ever (RELIABILITY J14).
const usualPatience = { headersMs: 10_000, requestMs: 30_000, lookEveryMs: 2_000 }
const mostHeaderBytes = 16 * 1024
const closeMs = 5_000

export const listen = async (endpoint: Endpoint, patience = usualPatience): Promise<Listener> => {
  const server = createServer({
    headersTimeout: patience.headersMs, requestTimeout: patience.requestMs, connectionsCheckingInterval: patience.lookEveryMs,
    maxHeaderSize: mostHeaderBytes, keepAliveTimeout: 5_000,
  })
  const refuse = (_request: unknown, response: { writeHead(status: number): { end(): void } }): void => {
    response.writeHead(503).end()
  }
  server.on('request', refuse)
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(new CannotListen(sentence(endpoint, error), { cause: error })))
    server.listen(endpoint.port, endpoint.host, resolve)
  })
  return {
    port: (server.address() as AddressInfo).port,
    serve: (app) => {
      server.off('request', refuse)
      server.on('request', getRequestListener(app.fetch as Parameters<typeof getRequestListener>[0]))
    },
    close: () => new Promise((resolve) => {
      const timer = setTimeout(() => server.closeAllConnections(), closeMs)
      server.close(() => {
        clearTimeout(timer)
        resolve()
      })
      server.closeIdleConnections()
    }),
  }
}

const sentence = ({ host, port }: Endpoint, error: NodeJS.ErrnoException): string => {
  const at = `${host.includes(':') ? `[${host}]` : host}:${port}`
  switch (error.code) {
    case 'EADDRINUSE': return `HTTP: ${at} is in use by another program; stop it, or set BURNBOX_HTTP (or PORT) to another address.`
    case 'EACCES': return `HTTP: not allowed to listen on ${at}; ports below 1024 need a privilege. Set BURNBOX_HTTP to another address.`
    case 'EADDRNOTAVAIL': return `HTTP: ${at} is not an address of this machine; set BURNBOX_HTTP to another address.`
    default: return `HTTP: cannot listen on ${at} (${error.code ?? error.message}).`
  }
}
