// `npm run check`: types, lint and formatting; all three are told before it fails.
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { formattingMistakes } from './support/formatting.ts'

const root = join(import.meta.dirname, '..')

function runTool(name: string, script: string, args: readonly string[]): boolean {
  const { status, error } = spawnSync(process.execPath, [join(root, 'node_modules', script), ...args], { cwd: root, stdio: 'inherit' })
  if (error) console.error(`${name}: ${error.message}`)
  return status === 0
}

function sourceFiles(): readonly string[] {
  const { stdout, status } = spawnSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], { cwd: root, encoding: 'utf8' })
  if (status !== 0) throw new Error('the formatting check asks git for the files: run it in a git checkout')
  return stdout.split('\0').filter((file) => file !== '' && existsSync(join(root, file)))
}

function checkFormatting(): boolean {
  const mistakes = sourceFiles().flatMap((file) => formattingMistakes(file, () => readFileSync(join(root, file), 'utf8')))
  for (const line of mistakes) console.error(line)
  return mistakes.length === 0
}

const results = {
  types: runTool('tsc', 'typescript/bin/tsc', ['-p', '.']),
  lint: runTool('oxlint', 'oxlint/bin/oxlint', ['--deny-warnings', 'src', 'web', 'test', 'bin']),
  formatting: checkFormatting(),
}
for (const [name, good] of Object.entries(results)) console.log(`${name}: ${good ? 'good' : 'FAILED'}`)
process.exitCode = Object.values(results).every(Boolean) ? 0 : 1
