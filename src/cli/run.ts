// The `burnbox` command: finds the command, says its help, turns a caller's mistake into one line and its exit code.
// 64 usage, 65 bad input; 69, 70 and 78 are main's, which knows what else can go wrong (sysexits.h).
import { Problem } from '../flow/problem.ts'
import { accountCommands } from './account.ts'
import { aliasCommands } from './alias.ts'
import { parseCall, UsageMistake, type Command, type Output, type Services } from './command.ts'
import { dnsCommands } from './dns.ts'
import { heldCommands } from './held.ts'
import { importCommands } from './import.ts'
import { queueCommands } from './queue.ts'
import { tokenCommands } from './token.ts'

const exitUsage = 64
const exitBadInput = 65

const serve: Command = {
  name: 'serve', usage: '', about: 'Run the service', words: [0, 0],
  help: ['Everything is set by the environment or a .env file: see .env.example.'],
  run: async ({ services }) => {
    await services.serve()
    return undefined
  },
}

const commands: readonly Command[] = [serve, ...accountCommands, ...tokenCommands, ...aliasCommands, ...heldCommands, ...queueCommands, ...dnsCommands,
  ...importCommands]

const terminal: Output = { out: (text) => void process.stdout.write(text), err: (text) => void process.stderr.write(text) }

/** Resolves to the exit code; rejects with what is neither usage nor input. */
export const runCli = async (argv: readonly string[], services: Services, output: Output = terminal): Promise<number> => {
  try {
    return await run(argv[0] === 'help' ? [...argv.slice(1), '--help'] : argv, services, output)
  } catch (error) {
    if (error instanceof UsageMistake) {
      output.err(`${error.message} (burnbox --help shows how)\n`)
      return exitUsage
    }
    if (error instanceof Problem) {
      output.err(`${error.detail}\n`)
      return exitBadInput
    }
    throw error
  }
}

const run = async (argv: readonly string[], services: Services, output: Output): Promise<number> => {
  const command = commands.find(({ name }) => name.split(' ').every((word, n) => argv[n] === word))
  if (!command) return withoutCommand(argv, output)
  const { words, values } = parseCall(command, argv.slice(command.name.split(' ').length))
  if (values['help'] === true) {
    output.out(helpOf(command))
    return 0
  }
  const said = await command.run({ words, values, output, services })
  if (said !== undefined) output.out(values['json'] === true ? `${JSON.stringify(said.json)}\n` : said.text === '' ? '' : `${said.text}\n`)
  return 0
}

/** `burnbox`, `burnbox --help`, `burnbox alias --help`, or a word that we don't know. */
const withoutCommand = (argv: readonly string[], output: Output): number => {
  const words = argv.filter((arg) => !arg.startsWith('-'))
  const group = commands.filter(({ name }) => words.length === 0 || name.startsWith(`${words[0]} `))
  if (group.length === 0 || words.length > 1) throw new UsageMistake(`burnbox: there is no command "${words.slice(0, 2).join(' ')}"`)
  const asked = argv.some((arg) => arg === '--help' || arg === '-h')
  const unknown = argv.find((arg) => arg.startsWith('-') && arg !== '--help' && arg !== '-h')
  if (unknown !== undefined) throw new UsageMistake(`burnbox: there is no option "${unknown}"`)
  const text = overview(group)
  if (asked) output.out(text)
  else output.err(text)
  return asked ? 0 : exitUsage
}

const overview = (group: readonly Command[]): string => {
  const lines = group.map(({ name, usage, about }) => `  burnbox ${`${name} ${usage}`.trim()}\n      ${about}`)
  return ['Usage:', ...lines, '', 'Every command takes --help, and --json for machine-readable output.', ''].join('\n')
}

const helpOf = ({ name, usage, about, help = [] }: Command): string =>
  [`Usage: burnbox ${`${name} ${usage}`.trim()} [--json]`, '', `${about}.`, ...(help.length > 0 ? ['', ...help] : []), ''].join('\n')
