// A small disk of the test's own, which can be full or read-only: for tests that need 'tmpfs'.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, statfsSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { onTestFinished } from 'vitest'

export type SmallDisk = {
  readonly folder: string
  /** Leaves nothing free, or so many octets. */
  fill(left?: number): void
  free(): void
  readOnly(yes: boolean): void
}

/** Unmounted at the end of the test, after what was started on it later has ended. */
export function openSmallDisk(mebibytes: number): SmallDisk {
  const folder = mkdtempSync(path.join(tmpdir(), 'burnbox-disk-'))
  const mount = (...args: readonly string[]): void => {
    const { status, stderr } = spawnSync('mount', args, { encoding: 'utf8' })
    if (status !== 0) throw new Error(`mount ${args.join(' ')}: ${stderr}`)
  }
  mount('-t', 'tmpfs', '-o', `size=${mebibytes}m,mode=0755`, 'tmpfs', folder)
  onTestFinished(() => {
    spawnSync('umount', ['--lazy', folder])
    rmSync(folder, { recursive: true, force: true })
  })
  const filler = path.join(folder, 'filler')
  const room = (): number => {
    const { bavail, bsize } = statfsSync(folder)
    return bavail * bsize
  }
  return {
    folder,
    fill: (left = 0) => {
      for (let n = 0; room() > left + 4_096; n++) {
        try {
          writeFileSync(`${filler}${n}`, Buffer.alloc(Math.max(4_096, Math.min(8 * 2 ** 20, room() - left))))
        } catch (error) {
          if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error
          return
        }
      }
    },
    free: () => { spawnSync('sh', ['-c', `rm -f ${filler}*`]) },
    readOnly: (yes) => mount('-o', `remount,${yes ? 'ro' : 'rw'}`, folder),
  }
}
