// One logger: JSON lines on stderr for machines, short lines for a person at a terminal. stdout belongs to the commands.
import { pino } from 'pino'
import type { LogLevel } from './config-values.ts'

export type Log = pino.Logger

export function createLog(level: LogLevel): Log {
  const options: pino.LoggerOptions = { level, base: null, timestamp: pino.stdTimeFunctions.isoTime }
  if (process.stderr.isTTY) return pino(options, { write: (line: string) => void process.stderr.write(forPerson(line)) })
  return pino(options, pino.destination({ fd: 2, sync: true }))      // sync: the last lines before an exit are the ones that matter
}

function forPerson(line: string): string {
  const { level, time, msg, err, ...rest } = JSON.parse(line) as {
    level: number; time: string; msg?: string; err?: { message?: string; stack?: string }
  } & Record<string, unknown>
  const fields = Object.entries(rest).map(([name, value]) => ` ${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`).join('')
  const fault = err ? `\n  ${level >= pino.levels.values['error']! ? err.stack ?? err.message : err.message}` : ''
  return `${time.slice(11, 19)} ${(pino.levels.labels[level] ?? '').padEnd(5)} ${msg ?? ''}${fields}${fault}\n`
}
