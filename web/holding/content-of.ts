// What the server could make of a message, in the form that the reader shows.
import type { Content, Parsed } from '../api.ts'

export const contentOf = ({ message }: Parsed): Content => ({
  shown: message.viewable !== false,
  remote: message.remote_images ?? 0,
  attachments: (message.attachments ?? []).map((file, i) => ({ n: file.n ?? i, name: file.name || `attachment ${i + 1}`, type: file.type ?? '', size: file.size ?? 0 })),
})
