// F08: on a real disk, as strace sees it.
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, onTestFinished } from 'vitest'
import { addPeople, makePlace } from '../support/chaos-place.ts'
import { openNextHop } from '../support/next-hop.ts'
import { startProgram } from '../support/program.ts'
import { greet, letter } from '../support/smtp-client.ts'
import { testNeeding } from '../support/tools.ts'
import { until } from '../support/until.ts'

testNeeding('root', 'strace')('F08 what Postgres has written is flushed before the 250 goes out', async () => {
  const hop = await openNextHop()
  onTestFinished(() => hop[Symbol.asyncDispose]())
  const place = await makePlace(hop)
  const to = addPeople(place)
  const program = await startProgram(place.env, { data: place.data })
  onTestFinished(() => program[Symbol.asyncDispose]())
  await using client = await greet(program.smtpPort)
  for (const line of ['MAIL FROM:<shop@shop.example>', `RCPT TO:<${to[3]![0]!}>`, 'DATA']) expect(await client.say(line)).toMatch(/^[23]/)
  const postmaster = readFileSync(path.join(place.data, 'data', 'postgres', 'cluster', 'postmaster.pid'), 'utf8').split('\n')[0]!
  const pids = [String(program.pid), postmaster, ...spawnSync('pgrep', ['-P', postmaster], { encoding: 'utf8' }).stdout.trim().split('\n')]
  const strace = spawn('strace', ['-f', '-ttt', '-s', '40', '-e', 'trace=fdatasync,fsync,write,writev,sendto', ...pids.flatMap((pid) => ['-p', pid])])
  onTestFinished(() => { strace.kill('SIGINT') })
  let trace = ''
  strace.stderr.on('data', (bytes: Buffer) => { trace += bytes.toString() })
  await until(() => (trace.match(/attached/g) ?? []).length >= pids.length, 'strace to be attached')
  await client.write(`${letter('flushed')}.\r\n`)
  expect(await client.reply()).toMatch(/^250 /)
  strace.kill('SIGINT')
  await once(strace, 'exit')
  // The end of a call is a line of its own when another came in between.
  const lines = trace.split('\n').map((line) => ({ at: Number(/\b(\d{10}\.\d+)/.exec(line)?.[1] ?? 0), line }))
  const flushed = lines.filter(({ line }) => /(fdatasync|fsync)(\(| resumed).*= 0/.test(line)).map(({ at }) => at)
  const answered = lines.find(({ line }) => /write.*"250 /.test(line) || /writev.*"250 /.test(line))
  expect(answered, trace.slice(-3_000)).toBeDefined()
  expect(flushed.some((at) => at <= answered!.at), trace.slice(-3_000)).toBe(true)
})
