// A stored message as a content: its first chunk is at hand, the rest is read as it is needed.

import type { Content } from '../mail/content.ts'
import { endOfFields } from '../mail/header.ts'
import { readMessage, type MessageStart } from '../store/messages.ts'
import type { Host } from './host.ts'

/** The first chunk is longer than any header that was let in. */
export const storedContent = (host: Host, { message, bytes }: MessageStart): Content => {
  const headerEnd = endOfFields(bytes)
  return {
    size: message.size, header: bytes.subarray(0, headerEnd), bodyOffset: headerEnd, eightBit: message.eightBit,
    read: (offset) => (bytes.length === message.size ? [bytes.subarray(offset)] : readMessage(host.db, message.id, offset)),
  }
}
