// One message to rspamd and its answer, over HTTP (rspamd.com, "Rspamd protocol"). The bytes go from where they lie, a piece at a time.
import { request as httpRequest, type Agent, type IncomingMessage } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { Content } from '../mail/content.ts'

type Server = { readonly url: string; readonly password?: string; readonly agent: Agent }
type Headers = Readonly<Record<string, string | readonly string[]>>

/** It names each of its symbols: some KiB. */
const MOST_ANSWER_BYTES = 1024 * 1024

/** Resolves to the body of a 200. Rejects for everything else, and when `signal` is aborted. */
export const askRspamd = async (server: Server, headers: Headers, content: Content, signal: AbortSignal): Promise<string> => {
  const request = (server.url.startsWith('https:') ? httpsRequest : httpRequest)(new URL('/checkv2', server.url), {
    method: 'POST', agent: server.agent, signal,
    headers: {
      'Content-Length': content.size,
      ...(server.password !== undefined && { Password: Buffer.from(server.password).toString('latin1') }),
      ...Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, typeof value === 'string' ? headerText(value) : value.map(headerText)])),
    },
  })
  const response = new Promise<IncomingMessage>((resolve, reject) => {
    request.once('response', resolve)
    request.once('close', () => reject(new Error('the connection ended without an answer')))
    request.on('error', reject)
  })
  response.catch(() => {})
  const sent = pipeline(Readable.from(content.read(0)), request)
  sent.catch(() => {})
  try {
    const answer = await response
    const text = await bodyOf(answer)
    if (answer.statusCode !== 200) throw new Error(`HTTP ${answer.statusCode}`)
    return text
  } finally {
    // It may answer before it has read everything.
    request.destroy()
    await sent.catch(() => {})
  }
}

const bodyOf = async (answer: IncomingMessage): Promise<string> => {
  const pieces: Buffer[] = []
  let size = 0
  for await (const piece of answer as AsyncIterable<Buffer>) {
    size += piece.length
    if (size > MOST_ANSWER_BYTES) throw new Error(`an answer of more than ${MOST_ANSWER_BYTES} bytes`)
    pieces.push(piece)
  }
  return Buffer.concat(pieces).toString()
}

/** Addresses and the HELO name come from strangers. An address in UTF-8 is no address to rspamd 3.4, and would cost its message 10 points. */
const headerText = (text: string): string => text.replaceAll(/[^ -~]/gu, '?')
