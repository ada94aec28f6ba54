// SMTP conversations as text files, as chasquid has them:
//   # A05 MAIL before HELO       the name of the test; further # lines are remarks
//   S: 220 burn.example          the next reply; it must begin so. A reply of several lines is named by its last one,
//   S: 250-PIPELINING            or line by line: `NNN-` wants exactly the next line
//   C: MAIL FROM:<a@b.example>   a line, CRLF added. Lines without a reply between them leave in one segment
//   C- DATA\r\n.                 octets, nothing added. In both \r \n \0 \xNN \\ and {alias}, {x*400}
//   segment 3 | pause | tls | fin | reset | close | open
//   arrived 1                    so many messages came to the next hop since the conversation began
import { expect } from 'vitest'
import { connectClient, type SmtpClient } from './smtp-client.ts'
import { until } from './until.ts'
import type { NextHop } from './next-hop.ts'

export type Talk = { readonly name: string; readonly steps: readonly string[] }
export type Scene = { readonly port: number; readonly nextHop: NextHop; readonly names: Readonly<Record<string, string>> }

export const parseTalk = (text: string): Talk => {
  const lines = text.split('\n').filter((line) => line.trim() !== '' || line.startsWith('C'))
  const [title = ''] = lines
  if (!title.startsWith('# ')) throw new Error('a conversation begins with its name: # A05 …')
  return { name: title.slice(2), steps: lines.filter((line) => !line.startsWith('#')) }
}

export const runTalk = async (talk: Talk, scene: Scene): Promise<void> => {
  const before = scene.nextHop.arrived.length
  const clients: SmtpClient[] = []
  const open = async (): Promise<SmtpClient> => {
    const client = await connectClient(scene.port)
    clients.push(client)
    return client
  }
  try {
    let client = await open()
    let segment: number | undefined
    let unsent = Buffer.alloc(0)
    const flush = async (): Promise<void> => {
      if (unsent.length > 0) await client.write(unsent, segment === undefined ? {} : { segment })
      unsent = Buffer.alloc(0)
    }
    for (const step of talk.steps) {
      const [word = '', argument = ''] = split(step)
      if (word === 'C:' || word === 'C-') {
        unsent = Buffer.concat([unsent, octets(argument, scene.names), Buffer.from(word === 'C:' ? '\r\n' : '')])
        continue
      }
      if (word === 'segment') {
        segment = Number(argument)
        continue
      }
      await flush()
      switch (word) {
        case 'S:': await expectReply(client, filled(argument, scene.names), step); break
        case 'pause': await new Promise((resolve) => setTimeout(resolve, 20)); break
        case 'tls': await client.tls(); break
        case 'fin': client.fin(); break
        case 'reset': client.reset(); break
        case 'close': expect(await client.closed(), 'nothing more is said before the end').toBe(''); break
        case 'open': client = await open(); break
        case 'arrived':
          await until(() => scene.nextHop.arrived.length - before >= Number(argument), `${argument} messages at the next hop`)
          expect(scene.nextHop.arrived.length - before, 'messages at the next hop').toBe(Number(argument))
          break
        default: throw new Error(`no such step: ${step}`)
      }
    }
    await flush()
  } finally {
    for (const client of clients) await client[Symbol.asyncDispose]()
  }
}

const split = (step: string): readonly [string, string] => {
  const word = /^\S+/.exec(step)?.[0] ?? ''
  return [word, step.slice(word.length + 1)]
}

const expectReply = async (client: SmtpClient, expected: string, step: string): Promise<void> => {
  if (/^\d{3}-/.test(expected)) {
    expect(await client.line(), step).toBe(expected)
    return
  }
  const begins = (line: string): boolean => line === expected || line.startsWith(`${expected} `)
  expect((await client.reply()).split('\n').at(-1), step).toSatisfy(begins, `reply to begin with ${expected}`)
}

const filled = (text: string, names: Scene['names']): string =>
  text.replaceAll(/\{(.)\*(\d+)\}/g, (_, letter: string, times: string) => letter.repeat(Number(times)))
    .replaceAll(/\{(\w+)\}/g, (all, name: string) => names[name] ?? all)

const escapes: Readonly<Record<string, string>> = { r: '\r', n: '\n', 0: '\0', '\\': '\\' }

const octets = (text: string, names: Scene['names']): Buffer =>
  Buffer.concat(filled(text, names).split(/(\\x[0-9a-f]{2}|\\[rn0\\])/i).map((piece) => {
    if (/^\\x[0-9a-f]{2}$/i.test(piece)) return Buffer.from([Number.parseInt(piece.slice(2), 16)])
    return Buffer.from(/^\\[rn0\\]$/.test(piece) ? escapes[piece[1]!]! : piece)
  }))
