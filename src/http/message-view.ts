// A message as an answer: its JSON, its sealed document, its original bytes, one attachment. RELIABILITY M02, M06, M13.
import { z } from '@hono/zod-openapi'
import { ReadableStream } from 'node:stream/web'
import { notFound } from '../flow/problem.ts'
import { refusalDocument } from './reader/document.ts'
import { contentDisposition, safeFileName } from './reader/file-name.ts'
import type { NotShown, Reader, Source } from './reader/reader.ts'
import type { ReadableMessage } from './reader/read-message.ts'

export const ReadMessage = z.object({
  shown: z.boolean().openapi({ description: 'false: it cannot be shown, download the original' }),
  why: z.string().nullable(),
  to: z.string(), cc: z.string(), date: z.string().nullable(),
  text: z.string().openapi({ description: 'The plain text, if the sender wrote one' }),
  remote: z.number().int().openapi({ description: 'Remote images that were left out' }),
  invites: z.array(z.enum(['calendar', 'mailto'])).openapi({ description: 'What in it makes a mail program answer from the real address' }),
  attachments: z.array(z.object({ n: z.number().int(), name: z.string(), type: z.string(), size: z.number().int(), url: z.string() })),
  view: z.string().openapi({ description: 'Its document, for a sandboxed frame' }),
  raw: z.string(),
})

export const readJson = (message: ReadableMessage | NotShown, path: string): z.input<typeof ReadMessage> => {
  const links = { view: `${path}/view`, raw: `${path}/raw` }
  if (!message.shown) return { shown: false, why: message.why, to: '', cc: '', date: null, text: '', remote: 0, invites: [], attachments: [], ...links }
  return {
    shown: true, why: null, to: message.to, cc: message.cc, date: message.date, text: message.text, remote: message.remote, invites: [...message.invites],
    attachments: message.attachments.map((one) => ({ ...one, url: `${path}/attachments/${one.n}` })), ...links,
  }
}

/** No scripts, no forms, no same origin, nothing loaded: a click on a link opens a new window, outside of the sandbox. */
const viewPolicy = (images: string): string =>
  `sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; img-src ${images}; style-src 'unsafe-inline'; `
  + "base-uri 'none'; form-action 'none'; frame-ancestors 'self'"

/** `?images=true` is said by a click of the reader and by nothing else: loading tells the sender that the message was opened. */
export const ViewQuery = z.object({ images: z.enum(['true']).optional().openapi({ description: 'With its remote images, over https' }) })
const downloadPolicy = "sandbox; default-src 'none'; frame-ancestors 'none'"

type Allowed = { readonly remoteImages: boolean }

export const viewResponse = (message: ReadableMessage | NotShown, { remoteImages }: Allowed): Response =>
  new Response(message.shown ? message.document : refusalDocument(message.why), {
    headers: {
      'content-type': 'text/html; charset=utf-8', 'x-frame-options': 'SAMEORIGIN',
      'content-security-policy': viewPolicy(remoteImages ? 'data: https:' : 'data:'),
    },
  })

export const rawResponse = (message: Source & { readonly subject: string }): Response =>
  new Response(ReadableStream.from(message.bytes) as BodyInit, {
    headers: {
      'content-type': 'message/rfc822', 'content-length': String(message.size), 'content-security-policy': downloadPolicy,
      'content-disposition': contentDisposition(safeFileName(`${message.subject.slice(0, 100)}.eml`, 'message.eml')),
    },
  })

export const attachmentResponse = async (reader: Reader, source: Source, n: string): Promise<Response> => {
  const found = /^\d{1,4}$/.test(n) ? await reader.attachment(source, Number(n)) : undefined
  if (!found) throw notFound('attachment')
  return new Response(new Uint8Array(found.bytes), {
    headers: {
      'content-type': 'application/octet-stream', 'content-disposition': contentDisposition(found.name),
      'content-security-policy': downloadPolicy,
    },
  })
}
