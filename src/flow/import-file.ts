// The file of an import: a descriptor that the reading thread shares, of a file that has no name any more, so that nothing is left behind.
import { randomUUID } from 'node:crypto'
import { mkdir, open, rm, unlink, type FileHandle } from 'node:fs/promises'
import path from 'node:path'
import { Problem } from './problem.ts'

export type ImportFile = { readonly fd: number; readonly size: number; readonly close: () => Promise<void> }

/** Writes what comes into a file of the data folder. Throws `too-large`. */
export const spoolImport = async (dataFolder: string, stream: AsyncIterable<Uint8Array>, mostBytes: number): Promise<ImportFile> => {
  const folder = path.join(dataFolder, 'imports')
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const name = path.join(folder, randomUUID())
  const handle = await open(name, 'wx+', 0o600)
  const unlinked = await unlink(name).then(() => true, () => false)
  const close = async (): Promise<void> => {
    await handle.close()
    if (!unlinked) await rm(name, { force: true })
  }
  try {
    return { fd: handle.fd, size: await writeAll(handle, stream, mostBytes), close }
  } catch (error) {
    await close()
    throw error
  }
}

const writeAll = async (handle: FileHandle, stream: AsyncIterable<Uint8Array>, mostBytes: number): Promise<number> => {
  let size = 0
  for await (const bytes of stream) {
    if (size + bytes.length > mostBytes) throw new Problem('too-large', `A file may have ${mostBytes} bytes.`)
    for (let written = 0; written < bytes.length;) written += (await handle.write(bytes, written, bytes.length - written, size + written)).bytesWritten
    size += bytes.length
  }
  return size
}

/** A file of whoever runs the command. Throws `invalid`. */
export const openImport = async (name: string): Promise<ImportFile> => {
  try {
    const handle = await open(name, 'r')
    const { size } = await handle.stat()
    return { fd: handle.fd, size, close: () => handle.close() }
  } catch (error) {
    throw new Problem('invalid', `${name} cannot be read: ${(error as Error).message}`)
  }
}
