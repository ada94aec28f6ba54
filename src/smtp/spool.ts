// A file for a message in flight above 256 KiB. It is unlinked as soon as it is open, so that even a kill -9 leaves nothing
// behind; where the system does not allow that, the next start removes it.

import { randomUUID } from 'node:crypto'
import { mkdir, open, readdir, rm, statfs, unlink } from 'node:fs/promises'
import path from 'node:path'
import type { Clock } from '../clock.ts'

const READ_BYTES = 256 * 1024

export type Spool = {
  readonly append: (bytes: Buffer) => Promise<void>
  readonly read: (offset: number) => AsyncIterable<Buffer>
  readonly close: () => Promise<void>
}

export const openSpool = async (folder: string): Promise<Spool> => {
  const file = path.join(folder, `${randomUUID()}.spool`)
  const handle = await open(file, 'wx+', 0o600)
  const unlinked = await unlink(file).then(() => true, () => false)
  let size = 0
  return {
    append: async (bytes) => {
      for (let written = 0; written < bytes.length;) {
        const result = await handle.write(bytes, written, bytes.length - written, size + written)
        written += result.bytesWritten
      }
      size += bytes.length
    },
    read: async function* (offset) {
      for (let position = offset; position < size;) {
        const buffer = Buffer.allocUnsafe(Math.min(READ_BYTES, size - position))
        const { bytesRead } = await handle.read(buffer, 0, buffer.length, position)
        if (bytesRead === 0) throw new Error('the spool file ended early')
        position += bytesRead
        yield buffer.subarray(0, bytesRead)
      }
    },
    close: async () => {
      await handle.close()
      if (!unlinked) await rm(file, { force: true })
    },
  }
}

const LOOK_EVERY_MS = 1_000

/** Asked before each message, so that a full disk is told before DATA (F09); looks once a second. A disk that cannot be asked has room. */
export const diskGauge = (folder: string, leastBytes: number, clock: Clock): (() => Promise<boolean>) => {
  let lookedAt = -Infinity
  let hasRoom = true
  return async () => {
    const now = clock.now().getTime()
    if (now - lookedAt < LOOK_EVERY_MS) return hasRoom
    lookedAt = now
    const disk = await statfs(folder).catch(() => undefined)
    hasRoom = disk === undefined || disk.bavail * disk.bsize >= leastBytes
    return hasRoom
  }
}

/** At start: makes the folder and removes what an earlier process left (F12). Nothing in it was promised to anybody. */
export const prepareSpoolFolder = async (dataFolder: string): Promise<string> => {
  const folder = path.join(dataFolder, 'spool')
  await mkdir(folder, { recursive: true, mode: 0o700 })
  for (const name of await readdir(folder)) await rm(path.join(folder, name), { recursive: true, force: true })
  return folder
}
