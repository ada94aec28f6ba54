// The launcher in a small package of its own, without dependencies, so that `npm ci` takes no time and no network.
import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { text } from 'node:stream/consumers'
import { setTimeout as wait } from 'node:timers/promises'
import { describe, expect, onTestFinished, test } from 'vitest'

const program = `
type Told = { args: readonly string[]; cwd: string; major: number }
const told: Told = { args: process.argv.slice(2), cwd: process.cwd(), major: Number(process.versions.node.split('.')[0]) }
if (told.args[0] === 'code') process.exit(Number(told.args[1]))
if (told.args[0] !== 'stay') console.log(JSON.stringify(told))
else {
  process.on('SIGTERM', () => { console.log('stopping'); setTimeout(() => process.exit(9), 100) })
  setInterval(() => {}, 1_000)
  console.log(process.pid)
}`

function makePackage(below = ''): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'burnbox-launcher-')))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const root = join(folder, below)
  cpSync(join(import.meta.dirname, '..', '..', 'bin'), join(root, 'bin'), { recursive: true })
  write(root, 'package.json', JSON.stringify({ name: 'small', version: '1.0.0', type: 'module' }))
  write(root, 'package-lock.json', lockFile('1.0.0'))
  write(root, 'src/main.ts', program)
  return root
}

function lockFile(version: string): string {
  return JSON.stringify({ name: 'small', version, lockfileVersion: 3, requires: true, packages: { '': { name: 'small', version: '1.0.0' } } })
}

function write(root: string, file: string, content: string): void {
  mkdirSync(dirname(join(root, file)), { recursive: true })
  writeFileSync(join(root, file), content)
}

function start(root: string, args: readonly string[], env: Record<string, string> = {}, cwd = root): ChildProcess {
  const { npm_lifecycle_event: _, ...own } = process.env
  return spawn(process.execPath, [join(root, 'bin', 'launch.mjs'), 'src/main.ts', ...args], { cwd, env: { ...own, ...env }, stdio: ['ignore', 'pipe', 'pipe'] })
}

async function run(root: string, args: readonly string[], cwd = root): Promise<{ code: unknown; stdout: string; stderr: string }> {
  const child = start(root, args, {}, cwd)
  const [code, stdout, stderr] = await Promise.all([new Promise((resolve) => child.once('exit', resolve)), text(child.stdout!), text(child.stderr!)])
  return { code, stdout, stderr }
}

async function startToStay(root: string, env: Record<string, string> = {}): Promise<{ launcher: ChildProcess; rest: Promise<string>; pid: number }> {
  const launcher = start(root, ['stay'], env)
  const first = await new Promise<Buffer>((resolve) => launcher.stdout!.once('data', resolve))
  return { launcher, rest: text(launcher.stdout!), pid: Number(first.toString()) }
}

function exitCode(child: ChildProcess): Promise<number | null> {
  return new Promise((resolve) => child.once('exit', resolve))
}

function runs(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return process.platform !== 'linux' || !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))
  } catch {
    return false
  }
}

async function untilGone(pid: number): Promise<void> {
  for (const deadline = performance.now() + 20_000; runs(pid); await wait(20)) {
    if (performance.now() > deadline) throw new Error('the program is still running')
  }
}

describe('the launcher', () => {
  test('installs when the lock file is another one, by its content alone, and says so on stderr', async () => {
    const root = makePackage()
    const first = await run(root, ['hello'])
    expect(first).toMatchObject({ code: 0, stderr: expect.stringContaining('Installing the dependencies…') })
    expect(JSON.parse(first.stdout)).toMatchObject({ args: ['hello'], major: 24 })
    expect((await run(root, [])).stderr).toBe('')
    writeFileSync(join(root, 'package-lock.json'), lockFile('1.0.1'))
    expect((await run(root, [])).stderr).toContain('Installing')
    rmSync(join(root, 'node_modules'), { recursive: true })
    expect((await run(root, [])).stderr).toContain('Installing')
  })

  test('an installation that fails ends it, with npm’s exit code', async () => {
    const root = makePackage()
    writeFileSync(join(root, 'package-lock.json'), '{')
    expect(await run(root, [])).toMatchObject({ code: 1, stdout: '' })
  })

  test('keeps the working directory and passes the exit code on', async () => {
    const root = makePackage()
    const elsewhere = join(root, 'src')
    expect(JSON.parse((await run(root, ['where'], elsewhere)).stdout)).toMatchObject({ cwd: elsewhere })
    expect(await run(root, ['code', '78'])).toMatchObject({ code: 78 })
  })

  test('builds the web UI for serve when its sources changed, not otherwise', async () => {
    const root = makePackage()
    await run(root, [])
    write(root, 'web/index.html', '1')
    write(root, 'node_modules/vite/bin/vite.js', `import { mkdirSync, writeFileSync } from 'node:fs'
      mkdirSync('dist/web', { recursive: true }); writeFileSync('dist/web/index.html', 'built')`)
    write(root, 'node_modules/vite/package.json', '{"type":"module"}')
    expect((await run(root, ['help'])).stderr).toBe('')
    expect((await run(root, ['serve'])).stderr).toContain('Building the web UI…')
    expect(existsSync(join(root, 'dist/web/index.html'))).toBe(true)
    expect((await run(root, ['serve'])).stderr).toBe('')
    write(root, 'web/index.html', '2')
    expect((await run(root, ['serve'])).stderr).toContain('Building')
  })

  test('below node_modules, where Node strips no types, it strips them', async () => {
    const root = makePackage('node_modules/small')
    const { code, stdout, stderr } = await run(root, ['hello'])
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(JSON.parse(stdout)).toMatchObject({ args: ['hello'] })
  })

  test('SIGTERM is forwarded, and the program’s own end waited for', async () => {
    const { launcher, rest } = await startToStay(makePackage())
    launcher.kill('SIGTERM')
    expect(await exitCode(launcher)).toBe(9)
    expect(await rest).toContain('stopping')
  })

  test('a launcher that is killed with -9 leaves no orphan: the program stops as on SIGTERM', async () => {
    const { launcher, rest, pid } = await startToStay(makePackage())
    launcher.kill('SIGKILL')
    await untilGone(pid)
    expect(await rest).toContain('stopping')
  })

  test('an npm that is killed with -9 leaves no orphan either', async () => {
    const root = makePackage()
    await run(root, [])
    // As npm does it: a parent that only waits. Its death is all that the launcher gets to know.
    const launch = `require('node:child_process').spawn(process.execPath, ['bin/launch.mjs', 'src/main.ts', 'stay'], { stdio: 'inherit' })`
    const env = { ...process.env, npm_lifecycle_event: 'start' }
    const npm = spawn(process.execPath, ['-e', launch], { cwd: root, env, stdio: ['ignore', 'pipe', 'inherit'] })
    const pid = Number((await new Promise<Buffer>((resolve) => npm.stdout.once('data', resolve))).toString())
    npm.kill('SIGKILL')
    await untilGone(pid)
  })
})
