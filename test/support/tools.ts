// Programs that some tests need and npm does not bring. A test that needs one says so, and is never skipped in silence:
//   testNeeding('postfix')('E07 …', …)
// Where the tool cannot be had the test counts as not run (test/run.ts says why); with CI set it fails.
import { spawnSync } from 'node:child_process'
import { accessSync, constants, existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { chromium as playwright } from 'playwright-core'
import { test } from 'vitest'

export type Tool =
  | 'chromium' | 'faketime' | 'gpg' | 'opendkim' | 'opendmarc' | 'openssl' | 'postfix' | 'postsrsd' | 'python3-dkim' | 'rspamd' | 'strace' | 'swaks'
/**
 * 'root': a port below 1024, say. 'prlimit': Linux has it. 'tmpfs': a small disk, which a container may refuse
 * to root. Nothing can be installed for them.
 */
export type Need = Tool | 'root' | 'prlimit' | 'tmpfs'

const chromiumNames = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome']
const chromiumPlaces = ['/Applications/Google Chrome.app/Contents/MacOS/Google Chrome', '/Applications/Chromium.app/Contents/MacOS/Chromium']

/** $CHROMIUM, else an installed Chromium or Chrome, else what Playwright has downloaded. */
export function findChromium(): string | undefined {
  const named = process.env['CHROMIUM']
  if (named) return isProgram(named) ? named : findProgram(named)
  return chromiumNames.map(findProgram).find(Boolean) ?? [...chromiumPlaces, playwright.executablePath()].find(isProgram)
}

/** Debian's `postfix` brings smtp-source and smtp-sink, and puts them where an ordinary user's PATH does not look. */
export function findProgram(name: string): string | undefined {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/usr/local/sbin', '/sbin']
  return folders.map((folder) => join(folder, name)).find(isProgram)
}

export function hasTool(tool: Need): boolean {
  switch (tool) {
    case 'chromium': return findChromium() !== undefined
    case 'faketime': return libfaketime() !== undefined
    case 'postfix': return ['postfix', 'smtp-source', 'smtp-sink'].every((name) => findProgram(name) !== undefined)
    case 'prlimit': return findProgram('prlimit') !== undefined
    case 'python3-dkim': return findProgram('arcverify') !== undefined
    case 'root': return process.getuid?.() === 0
    case 'tmpfs': return canMount()
    case 'gpg': case 'opendkim': case 'opendmarc': case 'openssl': case 'postsrsd': case 'rspamd': case 'strace': case 'swaks':
      return findProgram(tool) !== undefined
  }
}

/** To be preloaded. The path of Debian, whatever the processor. */
export function libfaketime(): string | undefined {
  const folders = ['x86_64', 'aarch64'].map((machine) => `/usr/lib/${machine}-linux-gnu/faketime`)
  return folders.map((folder) => join(folder, 'libfaketime.so.1')).find((file) => existsSync(file))
}

let mountable: boolean | undefined
/** Tried once: root in a container may not. */
function canMount(): boolean {
  return mountable ??= process.getuid?.() === 0
    && spawnSync('unshare', ['--mount', 'mount', '-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', '/mnt'], { stdio: 'ignore' }).status === 0
}

/** `test`, or where a tool is missing a test that is counted as not run (with CI set: that fails). */
export function testNeeding(...tools: readonly Need[]): typeof test {
  const missing = tools.filter((tool) => !hasTool(tool))
  if (missing.length === 0) return test
  if (!process.env['CI']) return test.skip as typeof test
  return ((name: string) => test(name, () => {
    throw new Error(`not run: ${missing.join(', ')} cannot be had here`)
  })) as unknown as typeof test
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
