// A server that can be away: connections go through to it until `cut`, then they break and new ones are ended at once.
import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'

export type TcpProxy = AsyncDisposable & {
  /** The URL given, with the proxy's port in it. */
  readonly url: string
  /** How many came while it was cut. */
  readonly turnedAway: number
  cut(): void
  /** Nothing goes through and nothing breaks, as when a cable is pulled. */
  stall(): void
  /** What was stalled is ended: nobody waits for it any more. */
  mend(): void
}

export async function openTcpProxy(target: string, options: { readonly cut?: boolean } = {}): Promise<TcpProxy> {
  const { hostname, port } = new URL(target)
  const open = new Set<Socket>()
  let isCut = options.cut ?? false
  let isStalled = false
  let turnedAway = 0
  const server = createServer({ noDelay: true }, (client) => {
    client.on('error', () => {})
    if (isCut) {
      turnedAway += 1
      client.destroy()
      return
    }
    if (isStalled) {
      open.add(client)
      client.once('close', () => open.delete(client))
      return
    }
    const far = connect({ host: hostname, port: Number(port), noDelay: true })
    far.on('error', () => {})
    for (const [one, other] of [[client, far], [far, client]] as const) {
      open.add(one)
      one.pipe(other)
      one.once('close', () => {
        open.delete(one)
        other.destroy()
      })
    }
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = new URL(target)
  url.hostname = '127.0.0.1'
  url.port = String((server.address() as { port: number }).port)
  const cut = (): void => {
    isCut = true
    for (const socket of open) socket.destroy()
  }
  return {
    url: url.href,
    get turnedAway() { return turnedAway },
    cut,
    stall: () => {
      isStalled = true
      for (const socket of open) {
        socket.unpipe()
        socket.pause()
      }
    },
    mend: () => {
      if (isStalled) for (const socket of open) socket.destroy()
      isCut = isStalled = false
    },
    [Symbol.asyncDispose]: async () => {
      cut()
      server.close()
      await once(server, 'close')
    },
  }
}
