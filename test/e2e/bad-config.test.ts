// bad-config/<case>/: `env` is the environment, `expected` what `burnbox serve` must say about it, line by line, before it exits with 78.
// `dotenv`, where there is one, lies as .env in the working directory.
import { spawn } from 'node:child_process'
import { readFileSync, readdirSync } from 'node:fs'
import { copyFile, mkdtemp, readFile, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { parseEnv } from 'node:util'
import { describe, test } from 'vitest'

const cases = join(import.meta.dirname, 'bad-config')
const main = join(import.meta.dirname, '..', '..', 'src', 'main.ts')

describe('bad configuration', () => {
  test.concurrent.for(readdirSync(cases))('%s', async (name, { expect, onTestFinished }) => {
    const folder = await mkdtemp(join(tmpdir(), 'burnbox-config-'))
    onTestFinished(() => rm(folder, { recursive: true, force: true }))
    await copyFile(join(cases, name, 'dotenv'), join(folder, '.env')).catch(() => {})
    const env = parseEnv(await readFile(join(cases, name, 'env'), 'utf8'))
    const serve = spawn(process.execPath, [main, 'serve'], { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'] })
    const [code, stdout, stderr] = await Promise.all([
      new Promise((resolve) => serve.once('exit', resolve)), text(serve.stdout), text(serve.stderr),
    ])
    expect({ code, stdout, stderr }).toEqual({ code: 78, stdout: '', stderr: readFileSync(join(cases, name, 'expected'), 'utf8') })
    expect(await readdir(folder), 'nothing is started or made').not.toContain('data')
  })
})
