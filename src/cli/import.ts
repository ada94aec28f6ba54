// burnbox import … and burnbox export …
import { setTimeout as wait } from 'node:timers/promises'
import { accountNamed } from '../flow/create-account.ts'
import type { Host } from '../flow/host.ts'
import { exportAccount } from '../flow/export-account.ts'
import { beginImport, importFormats, runImport, type ImportFormat } from '../flow/import-aliases.ts'
import { openImport } from '../flow/import-file.ts'
import { Problem } from '../flow/problem.ts'
import { lowerCased } from '../mail/address.ts'
import { accounts } from '../store/accounts.ts'
import { importById, reportPage, type Import, type ReportLine } from '../store/imports.ts'
import { inboxesOf } from '../store/inboxes.ts'
import { mailboxOf } from './account.ts'
import { table, textOf, UsageMistake, withHost, type Command, type Output } from './command.ts'

const pageSize = 1_000
const lookEveryMs = 500

export const importCommands: readonly Command[] = [
  {
    name: 'export', usage: 'EMAIL [--with-keys] > FILE', about: 'Everything of an account as one archive, on stdout', words: [1, 1],
    help: ['--with-keys   with the private keys of the domains that are its own'],
    options: { 'with-keys': { type: 'boolean' } },
    run: ({ words, values, services, output }) => {
      if (values['json'] === true) throw new UsageMistake('burnbox export: an archive is no JSON')
      return withHost(services, async ({ host }) => {
        const { id } = await accountNamed(host, words[0]!)
        for await (const bytes of await exportAccount(host, id, { withKeys: values['with-keys'] === true })) output.out(bytes as Uint8Array)
        return undefined
      })
    },
  },
  {
    name: 'import', usage: 'FILE --from FORMAT [--account EMAIL] [--dry-run]', about: 'Bring along the addresses of another service', words: [1, 1],
    help: [
      '--from FORMAT      simplelogin   the CSV or JSON of its export, or the zip of "Request your data"',
      '                   addy          the CSV or XLSX of its export',
      '                   relay         the masks of Firefox Relay: CSV, JSON, or one a line',
      '                   text          one address a line, and a note after it if you like',
      '                   postfix       a virtual alias table: alias@domain inbox',
      '                   aliases       /etc/aliases',
      '                   burnbox       the archive of burnbox export, of this host or another',
      '--account EMAIL    whose they become; not needed on a host with one account',
      '--dry-run          look at everything, change nothing',
      '--inbox ADDRESS    where mail goes of rows whose inbox is not one of the account\'s; else such inboxes are added and verified',
      '--trust-inboxes    the inboxes of the file count as verified',
      '--new-addresses    rows of domains that are not here get an address of this host',
      '--domain DOMAIN    of new addresses, and of names in /etc/aliases; else the host\'s',
      'It may be run again: nothing is made twice.',
    ],
    options: {
      from: { type: 'string' }, account: { type: 'string' }, 'dry-run': { type: 'boolean' }, inbox: { type: 'string' }, 'trust-inboxes': { type: 'boolean' },
      'new-addresses': { type: 'boolean' }, domain: { type: 'string' },
    },
    run: ({ words, values, services, output }) => {
      const format = formatOf(textOf(values, 'from'))
      return withHost(services, async ({ host }) => {
        const accountId = await accountFor(host, textOf(values, 'account'))
        const options = {
          accountId, format, dryRun: values['dry-run'] === true, newAddresses: values['new-addresses'] === true, domain: textOf(values, 'domain'),
          inboxUuid: await inboxFor(host, accountId, textOf(values, 'inbox')), trustInboxes: values['trust-inboxes'] === true,
        }
        const file = await openImport(words[0]!)
        const { id } = await beginImport(host, options).catch(async (error: unknown) => {
          await file.close()
          throw error
        })
        const done = await watched(host, accountId, id, runImport(host, id, file, options), output)
        if (done.state === 'failed') throw new Problem('invalid', done.problem ?? 'It failed.')
        const report = await wholeReport(host, id)
        return { text: textFor(done, report), json: jsonFor(done, report) }
      })
    },
  },
]

const formatOf = (text: string | undefined): ImportFormat => {
  const format = importFormats.find((one) => one === text)
  if (!format) throw new UsageMistake(`burnbox import: --from must be one of ${importFormats.join(', ')}`)
  return format
}

const accountFor = async (host: Host, email: string | undefined): Promise<string> => {
  if (email !== undefined) return (await accountNamed(host, email)).id
  const [only, ...others] = await accounts(host.db)
  if (!only) throw new Problem('not-found', 'There is no account yet: burnbox account add EMAIL')
  if (others.length > 0) throw new Problem('invalid', 'There are several accounts: say whose they become with --account EMAIL.')
  return only.id
}

const inboxFor = async (host: Host, accountId: string, text: string | undefined): Promise<string | undefined> => {
  if (text === undefined) return undefined
  const address = lowerCased(mailboxOf(text))
  const inbox = (await inboxesOf(host.db, accountId)).find((one) => lowerCased(one.address) === address)
  if (!inbox) throw new Problem('not-found', `${text} is not an inbox of this account.`)
  return inbox.uuid
}

/** One line that counts, where somebody watches. */
const watched = async (host: Host, accountId: string, id: string, running: Promise<void>, output: Output): Promise<Import> => {
  const ended = running.then(() => 'ended' as const)
  for (;;) {
    const how = await Promise.race([ended, wait(lookEveryMs, 'still' as const, { ref: false })])
    const now = (await importById(host.db, accountId, id, host.clock.now()))!
    if (process.stderr.isTTY) output.err(`\r${now.looked} of ${now.total ?? '…'} `)
    if (how === 'still') continue
    if (process.stderr.isTTY) output.err('\r\u001b[K')
    return now
  }
}

const wholeReport = async (host: Host, id: string): Promise<readonly ReportLine[]> => {
  const all: ReportLine[] = []
  for (let page: readonly ReportLine[] | undefined; page === undefined || page.length === pageSize;) {
    page = await reportPage(host.db, id, all.at(-1)?.seq ?? -1, pageSize)
    all.push(...page)
  }
  return all
}

const textFor = (one: Import, report: readonly ReportLine[]): string => [
  `${one.taken} ${one.dryRun ? 'would be taken' : 'taken'}, ${one.same} here already, ${one.notTaken} not taken${one.state === 'stopped' ? '; stopped' : ''}`,
  ...one.newInboxes.map((address) => `${one.dryRun ? 'would add' : 'added'} the inbox ${address}`),
  ...report.length > 0 ? [table(report.map((line) => [
    line.line === 0 ? '' : `line ${line.line}`, line.address, line.newAddress === null ? line.outcome : `now ${line.newAddress}`, line.remark ?? '',
  ]))] : [],
].join('\n')

const jsonFor = (one: Import, report: readonly ReportLine[]) => ({
  id: one.id, from: one.format, dry_run: one.dryRun, state: one.state, total: one.total, taken: one.taken, same: one.same, not_taken: one.notTaken,
  new_inboxes: one.newInboxes,
  report: report.map((line) => ({ line: line.line, address: line.address, outcome: line.outcome, new_address: line.newAddress, remark: line.remark })),
})
