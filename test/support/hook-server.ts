// Somebody's program that webhooks call: keeps what came, answers as it is told.
//   const hook = await openHookServer()
//   hook.answer = (response) => response.writeHead(500).end()
import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { onTestFinished } from 'vitest'

export type Came = { readonly method: string; readonly path: string; readonly headers: IncomingHttpHeaders; readonly body: string; readonly from: string }
export type HookServer = {
  readonly port: number
  /** At 127.0.0.1, over http. */
  readonly url: string
  readonly came: Came[]
  answer: (response: ServerResponse, came: Came) => void
}

export const openHookServer = async (): Promise<HookServer> => {
  const came: Came[] = []
  const server = createServer((request, response) => {
    let body = ''
    request.setEncoding('utf8')
    request.on('data', (part: string) => { body += part })
    request.on('end', () => {
      const one = { method: request.method!, path: request.url!, headers: request.headers, body, from: request.socket.remoteAddress ?? '' }
      came.push(one)
      hook.answer(response, one)
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const hook: HookServer = { port, url: `http://127.0.0.1:${port}/hook`, came, answer: (response) => void response.writeHead(204).end() }
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return hook
}
