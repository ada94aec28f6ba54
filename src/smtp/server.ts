// The ingress: smtp-server with our settings, limits and certificate. RELIABILITY "Known defects" 5.1 says why each is there.

import { SMTPServer, type SMTPServerSession } from 'smtp-server'
import type { Host } from '../flow/host.ts'
import { mendLibrary } from './library.ts'
import { proxyPeers } from './proxy-peers.ts'
import { replyFor, type Reply } from './reply.ts'
import { createSessions } from './session.ts'
import { prepareSpoolFolder } from './spool.ts'
import type { Certificate } from './certificate.ts'

const MOST_CLIENTS = 500
const MOST_RECIPIENTS = 1_000
/** A longer one without its end is cut off; up to here the client hears what is wrong (library.ts). */
const MOST_COMMAND_OCTETS = 2_048
/** RFC 5321 §4.5.3.2.7. */
const IDLE_MS = 300_000

export type Ingress = {
  readonly port: number
  readonly useCertificate: (certificate: Certificate) => void
  /** No new connections, 421 to new commands; resolves when all are gone, at the latest after `ms`. */
  readonly close: (ms: number) => Promise<void>
}

/** The address cannot be listened on: `message` is the one line for the operator. */
export class CannotListen extends Error {}

const sentence = (at: string, error: NodeJS.ErrnoException): string => {
  switch (error.code) {
    case 'EADDRINUSE': return `SMTP: ${at} is in use by another program; stop it, or set BURNBOX_SMTP to another address.`
    case 'EACCES': return `SMTP: not allowed to listen on ${at}; ports below 1024 need a privilege. Set BURNBOX_SMTP to another address.`
    case 'EADDRNOTAVAIL': return `SMTP: ${at} is not an address of this machine; set BURNBOX_SMTP to another address.`
    default: return `SMTP: cannot listen on ${at} (${error.code ?? error.message}).`
  }
}

type Connection = {
  readonly session: SMTPServerSession
  readonly _handlerPending: boolean
  readonly _dataStream: unknown
  send(code: number, text: string): void
  close(): void
}

export const openIngress = async (host: Host, certificate: Certificate, options: { readonly idleMs?: number } = {}): Promise<Ingress> => {
  mendLibrary()
  const spoolFolder = await prepareSpoolFolder(host.config.data)
  const connections = (): Connection[] => [...server.connections as unknown as Iterable<Connection>]
  const connectionOf = (session: SMTPServerSession): Connection | undefined => connections().find((connection) => connection.session === session)

  const sessions = createSessions(host, {
    spoolFolder,
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
    socketTimeout: options.idleMs ?? IDLE_MS,
    closeTimeout: 9_000,
    logger: false,
    ...sessions,
  } as ConstructorParameters<typeof SMTPServer>[0])

  const speaksForClients = proxyPeers(host.config.proxyProtocol || [])
  server._expectsProxyHeader = (socket) => speaksForClients(socket.remoteAddress)

  // Without a listener each reset connection would end the process.
  server.on('error', (error) => host.log.debug({ err: error }, 'a client connection broke'))

  const { host: address, port } = host.config.smtp
  await new Promise<void>((resolve, reject) => {
    server.server.once('error', (error: NodeJS.ErrnoException) => reject(new CannotListen(sentence(`${address}:${port}`, error), { cause: error })))
    server.listen(port, address, () => {
      server.server.removeAllListeners('error').on('error', (error) => host.log.error({ err: error }, 'the ingress socket failed'))
      resolve()
    })
  })

  return {
    port: (server.server.address() as { port: number }).port,
    useCertificate: (next) => server.updateSecureContext({ ...next }),
    close: (ms) => {
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
