// One listening smtp-server with our settings, limits and certificate: the ingress, and each submission port. RELIABILITY "Known defects"
// 5.1 says why each setting is there.

import type { Socket } from 'node:net'
import { SMTPServer, type SMTPServerSession } from 'smtp-server'
import type { Endpoint } from '../config-values.ts'
import type { Host } from '../flow/host.ts'
import { inNetworks } from '../networks.ts'
import { mendLibrary, type BeforeCommand } from './library.ts'
import { createLimits, MOST_CLIENTS, MOST_RECIPIENTS, type Client, type Limits } from './limits.ts'
import { replyFor, type Reply } from './reply.ts'
import { diskGauge, prepareSpoolFolder } from './spool.ts'
import type { Certificate } from './certificate.ts'

/** A longer one without its end is cut off; up to here the client hears what is wrong (library.ts). */
const MOST_COMMAND_OCTETS = 2_048
/** RFC 5321 §4.5.3.2.7. */
const IDLE_MS = 300_000

/** What the callbacks of one listener get: the limits and places that are its own. */
export type Place = {
  readonly spoolFolder: string
  readonly limits: Limits
  readonly hasDiskRoom: () => Promise<boolean>
  readonly pingStore: () => Promise<unknown>
  /** The reply goes out and the connection with it. */
  readonly cutOff: (session: SMTPServerSession, reply: Reply) => void
}

export type Listening = {
  readonly endpoint: Endpoint
  /** For the one line when it cannot be listened on. */
  readonly variable: 'BURNBOX_SMTP' | 'BURNBOX_SUBMISSION'
  readonly handlers: (place: Place) => object
  /** Nothing is said before TLS, and AUTH is offered. */
  readonly needsTls?: boolean
  /** Of smtp-server, where they differ. */
  readonly options?: object
  readonly idleMs?: number
}

export type Listener = {
  readonly port: number
  readonly useCertificate: (certificate: Certificate) => void
  /** No new connections, 421 to new commands; resolves when all are gone, at the latest after `ms`. */
  readonly close: (ms: number) => Promise<void>
}

/** The address cannot be listened on: `message` is the one line for the operator. */
export class CannotListen extends Error {}

const sentence = (at: string, variable: Listening['variable'], error: NodeJS.ErrnoException): string => {
  switch (error.code) {
    case 'EADDRINUSE': return `SMTP: ${at} is in use by another program; stop it, or set ${variable} to another address.`
    case 'EACCES': return `SMTP: not allowed to listen on ${at}; ports below 1024 need a privilege. Set ${variable} to another address.`
    case 'EADDRNOTAVAIL': return `SMTP: ${at} is not an address of this machine; set ${variable} to another address.`
    default: return `SMTP: cannot listen on ${at} (${error.code ?? error.message}).`
  }
}

/** Time for a 421 to arrive before the socket is destroyed. */
const LINGER_MS = 1_000

type Connection = {
  readonly session: SMTPServerSession
  readonly remoteAddress: string
  readonly handshaking?: { destroy(): void }
  readonly _handlerPending: boolean
  readonly _dataStream: unknown
  readonly _upgrading: boolean
  readonly _parser: { readonly _dataMode: boolean; readonly dataBytes: number } | false | null
  readonly _socket: Socket
  send(code: number, text: string): void
  close(): void
}

export const openListener = async (host: Host, certificate: Certificate, listening: Listening): Promise<Listener> => {
  mendLibrary()
  const spoolFolder = await prepareSpoolFolder(host.config.data)
  const connections = (): Connection[] => [...server.connections as unknown as Iterable<Connection>]
  const connectionOf = (session: SMTPServerSession): Connection | undefined => connections().find((connection) => connection.session === session)

  const limits = createLimits(host.clock, host.config.trustedClients)
  const handlers = listening.handlers({
    spoolFolder, limits,
    hasDiskRoom: diskGauge(spoolFolder, 1.5 * host.config.maxMessageBytes, host.clock),
    pingStore: host.pingStore,
    cutOff: (session, reply: Reply) => {
      const connection = connectionOf(session)
      connection?.send(reply.responseCode, reply.message)
      connection?.close()
    },
  })
  const server = new SMTPServer({
    name: host.domain,
    banner: 'Burnbox',
    heloResponse: '%s',
    ...certificate,
    minVersion: 'TLSv1.2',
    size: host.config.maxMessageBytes,
    rejectOversized: true,
    hideENHANCEDSTATUSCODES: false,
    hideREQUIRETLS: true,
    hideDSN: true,
    disabledCommands: ['AUTH', 'WIZ', 'SHELL', 'KILL', 'XCLIENT', 'XFORWARD'],
    authMethods: [],
    lenientAddressParsing: true,
    disableReverseLookup: true,
    maxClients: MOST_CLIENTS,
    maxRecipients: MOST_RECIPIENTS,
    maxCommandLength: MOST_COMMAND_OCTETS,
    socketTimeout: listening.idleMs ?? IDLE_MS,
    closeTimeout: 9_000,
    logger: false,
    ...listening.options,
    ...handlers,
    onClose: (session: SMTPServerSession) => limits.leave(session.id),
  } as ConstructorParameters<typeof SMTPServer>[0])

  // Before smtp-server has a connection: who is too many costs nothing but the word that says so.
  const enter = server.connect.bind(server)
  server.connect = (socket: Socket, known: { readonly id: string; readonly remoteAddress?: string }) => {
    if (socket.destroyed) return
    const refusal = limits.refuse(known.id, known.remoteAddress ?? socket.remoteAddress ?? '')
    if (refusal) return turnAway(host, socket, refusal)
    enter(socket, known)
    const connection = connections().find(({ session }) => session.id === known.id)
    if (connection) limits.enter(clientOf(connection))
  }
  Object.assign(server, { beforeCommand: limits.command satisfies BeforeCommand, needsTls: listening.needsTls === true })

  const speaksForClients = inNetworks(host.config.proxyProtocol || [])
  server._expectsProxyHeader = (socket) => speaksForClients(socket.remoteAddress)

  // Without a listener each reset connection would end the process.
  server.on('error', (error) => host.log.debug({ err: error }, 'a client connection broke'))

  const { host: address, port } = listening.endpoint
  await new Promise<void>((resolve, reject) => {
    server.server.once('error', (error: NodeJS.ErrnoException) => {
      reject(new CannotListen(sentence(`${address}:${port}`, listening.variable, error), { cause: error }))
    })
    server.listen(port, address, () => {
      server.server.removeAllListeners('error').on('error', (error) => host.log.error({ err: error }, 'a listening socket failed'))
      resolve()
    })
  })

  return {
    port: (server.server.address() as { port: number }).port,
    useCertificate: (next) => server.updateSecureContext({ ...next }),
    close: (ms) => {
      limits.close()
      server.options.closeTimeout = ms
      // A client between two commands is told at once; one in the middle of a message gets its answer first.
      const tellIdle = (): void => {
        const { responseCode, message } = replyFor('stopping')
        for (const connection of connections()) {
          if (!connection._handlerPending && !connection._dataStream) connection.send(responseCode, message)
        }
      }
      return new Promise((resolve) => {
        const timer = setInterval(tellIdle, 50)
        server.close(() => {
          clearInterval(timer)
          resolve()
        })
        tellIdle()
      })
    },
  }
}

const turnAway = (host: Host, socket: Socket, { responseCode, message }: Reply): void => {
  socket.on('error', () => {})
  socket.end(`${responseCode} ${message}\r\n`)
  // What it says to us is not read for ever.
  socket.resume()
  const timer = host.clock.setTimeout(() => socket.destroy(), LINGER_MS)
  timer.unref()
  socket.once('close', () => host.clock.clearTimeout(timer))
}

const clientOf = (connection: Connection): Client => ({
  id: connection.session.id,
  address: connection.remoteAddress,
  state: () => {
    if (connection._upgrading) return 'handshake'
    if (connection._dataStream && connection._parser && connection._parser._dataMode) return 'data'
    return connection._handlerPending || connection._dataStream ? 'waits-for-us' : 'commands'
  },
  octets: () => (connection._parser ? connection._parser.dataBytes : 0),
  end: ({ responseCode, message }) => {
    connection.send(responseCode, message)
    connection.close()
  },
  destroy: () => (connection.handshaking ?? connection._socket).destroy(),
})
