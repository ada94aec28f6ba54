// `npm test`: gets the tools, runs every room of test/, and ends with the line `N passed, N failed`.
//   npm test -- unit e2e            these rooms
//   npm test -- held                the files with that in their name
import { constants } from 'node:os'
import { createVitest } from 'vitest/node'
import type { TestCase, Vitest } from 'vitest/node'
import { installTools } from './support/install-tools.ts'
import { hasTool, type Tool } from './support/tools.ts'

const rooms = ['unit', 'integration', 'fuzz', 'e2e', 'compat', 'browser', 'chaos']
const tools: readonly Tool[] = ['chromium', 'faketime', 'gpg', 'opendkim', 'opendmarc', 'openssl', 'postfix', 'python3-dkim', 'rspamd', 'strace', 'swaks']

const args = process.argv.slice(2)
const projects = args.filter((arg) => rooms.includes(arg))
const files = args.filter((arg) => !rooms.includes(arg))

const missing = installTools(tools)
const needs = new Map<string, string>([...missing, ...(['root', 'tmpfs'] as const).filter((need) => !hasTool(need)).map((need) => [need, 'not here'] as const)])
const vitest = await createVitest('test', { run: true, watch: false, ...(projects.length > 0 && { project: projects }) })
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => void vitest.close().finally(() => process.exit(128 + constants.signals[signal])))
}
await vitest.start(files.length > 0 ? files : undefined).catch((error: unknown) => console.error((error as Error).message))
const modules = vitest.state.getTestModules()
const tests = modules.flatMap((module) => [...module.children.allTests()])
// What fails outside a test counts too: a file that does not load, a hook, a leaked pool, an unhandled rejection.
const suites = modules.flatMap((module) => [module, ...module.children.allSuites()])
const faults = vitest.state.getUnhandledErrors().length + suites.flatMap((suite) => suite.errors()).length
await closeQuietly(vitest)
process.exitCode = report(tests, faults)
// A pool that a test forgot must not keep `npm test` alive after its verdict.
process.exit()

function report(all: readonly TestCase[], faultCount: number): number {
  const count = (state: string): number => all.filter((test) => test.result().state === state).length
  const [passed, skipped] = [count('passed'), count('skipped')]
  const failed = count('failed') + count('pending') + faultCount
  for (const [tool, reason] of needs) console.log(`not run, where it is needed: ${tool} (${reason})`)
  // Only a missing tool may skip a test; and CI takes no excuse.
  const silent = skipped > 0 && needs.size === 0
  if (silent) for (const test of all.filter((one) => one.result().state === 'skipped')) console.log(`skipped without a reason: ${test.fullName}`)
  const bad = failed > 0 || passed === 0 || silent || (process.env['CI'] !== undefined && needs.size > 0)
  console.log(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`)
  return bad ? 1 : 0
}

async function closeQuietly(running: Vitest): Promise<void> {
  await running.close().catch((error: unknown) => console.error(error))
}
