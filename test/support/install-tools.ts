// Gets the programs that tests need: from Debian when we are root there, Chromium else from Playwright. Says in one line what it could not get.
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { findChromium, findProgram, hasTool } from './tools.ts'
import type { Tool } from './tools.ts'

const debianPackage: Readonly<Record<Tool, string>> = {
  chromium: 'chromium', faketime: 'faketime',
  gpg: 'gnupg', opendkim: 'opendkim', opendmarc: 'opendmarc', openssl: 'openssl', postfix: 'postfix', postsrsd: 'postsrsd',
  'python3-dkim': 'python3-dkim', rspamd: 'rspamd', strace: 'strace', swaks: 'swaks',
}
const playwright = join(import.meta.dirname, '..', '..', 'node_modules', 'playwright-core', 'cli.js')

/** Sets $CHROMIUM for the tests. Returns the tools that are still missing, each with the reason. */
export function installTools(tools: readonly Tool[]): ReadonlyMap<Tool, string> {
  const wanted = tools.filter((tool) => !hasTool(tool))
  let reason = 'needs root on Debian'
  if (wanted.length > 0 && process.getuid?.() === 0 && findProgram('apt-get')) {
    reason = aptInstall(wanted.map((tool) => debianPackage[tool]))
  }
  if (!hasTool('chromium') && tools.includes('chromium')) run(process.execPath, [playwright, 'install', 'chromium'])
  const chromium = findChromium()
  if (chromium) process.env['CHROMIUM'] = chromium
  return new Map(wanted.filter((tool) => !hasTool(tool)).map((tool) => [tool, reason]))
}

function aptInstall(packages: readonly string[]): string {
  // Postfix asks what kind of mail server this is; the tests bring their own configuration.
  spawnSync('debconf-set-selections', { input: 'postfix postfix/main_mailer_type select No configuration\n' })
  run('apt-get', ['update', '-qq'])
  const install = (...some: readonly string[]): boolean =>
    run('apt-get', ['install', '-y', '-qq', '--no-install-recommends', '-o', 'DPkg::Lock::Timeout=120', ...some])
  // One that this Debian does not have must not keep the others away.
  const failed = install(...packages) ? [] : packages.filter((one) => !install(one))
  return failed.length === 0 ? 'was installed but does not run' : `apt-get install ${failed.join(' ')} failed`
}

function run(file: string, args: readonly string[]): boolean {
  console.error(`> ${file} ${args.join(' ')}`)
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  return spawnSync(file, args, { env, stdio: ['ignore', 'ignore', 'inherit'] }).status === 0
}
