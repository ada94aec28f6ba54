// What a command is: its words, its options, what it prints. One description serves parsing, help and mistakes.
import { parseArgs, type ParseArgsOptionsConfig } from 'node:util'
import type { Host } from '../flow/host.ts'
import type { Identities } from '../flow/identities.ts'

export type Opened = { readonly host: Host; readonly identities: Identities; readonly close: () => Promise<void> }
export type Services = { readonly serve: () => Promise<void>; readonly open: () => Promise<Opened> }
export type Output = { readonly out: (text: string | Uint8Array) => void; readonly err: (text: string) => void }

/** How a command was called is wrong: exit 64, with where to find help. */
export class UsageMistake extends Error {}

export type Values = Readonly<Record<string, string | boolean | readonly (string | boolean)[] | undefined>>
export type Call = { readonly words: readonly string[]; readonly values: Values; readonly output: Output; readonly services: Services }

/** What a command says: the text for people, the value for `--json`. */
export type Said = { readonly text: string; readonly json: unknown }

export type Command = {
  readonly name: string
  /** `EMAIL SITE [--label TEXT]` */
  readonly usage: string
  readonly about: string
  readonly help?: readonly string[]
  readonly options?: ParseArgsOptionsConfig
  /** How many words after the name it takes. */
  readonly words: readonly [least: number, most: number]
  readonly run: (call: Call) => Promise<Said | undefined>
}

const common: ParseArgsOptionsConfig = { help: { type: 'boolean', short: 'h' }, json: { type: 'boolean' } }

export const parseCall = (command: Command, args: readonly string[]): { readonly words: readonly string[]; readonly values: Values } => {
  const { positionals, values } = parse(command, args)
  const [least, most] = command.words
  if (values['help'] !== true && (positionals.length < least || positionals.length > most)) {
    throw new UsageMistake(`burnbox ${command.name}: ${positionals.length < least ? 'something is missing' : 'too many words'}`)
  }
  return { words: positionals, values: values as Values }
}

const parse = (command: Command, args: readonly string[]) => {
  try {
    return parseArgs({ args: [...args], options: { ...command.options, ...common }, allowPositionals: true, strict: true })
  } catch (error) {
    throw new UsageMistake(`burnbox ${command.name}: ${(error as Error).message.split('. ')[0]}`)
  }
}

export const textOf = (values: Values, name: string): string | undefined => {
  const value = values[name]
  return typeof value === 'string' ? value : undefined
}

export const textsOf = (values: Values, name: string): readonly string[] => {
  const value = values[name]
  return Array.isArray(value) ? value.filter((one): one is string => typeof one === 'string') : []
}

/** Opens the host for one piece of work, and closes it whatever comes of it. */
export const withHost = async <T>(services: Services, work: (opened: Opened) => Promise<T>): Promise<T> => {
  const opened = await services.open()
  try {
    return await work(opened)
  } finally {
    await opened.close()
  }
}

/** Columns for people; what a stranger wrote must not move the cursor. */
export const table = (rows: readonly (readonly string[])[]): string => {
  const clean = rows.map((row) => row.map((cell) => cell.toWellFormed().replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, ' ')))
  const widths = clean.reduce<number[]>((all, row) => row.map((cell, n) => Math.max(all[n] ?? 0, cell.length)), [])
  return clean.map((row) => row.map((cell, n) => n === row.length - 1 ? cell : cell.padEnd(widths[n]!)).join('  ').trimEnd()).join('\n')
}
