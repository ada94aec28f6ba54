// An import from its file to its end: read in a thread, taken batch by batch, its progress and its report in the database.
// It may be made again after whatever happened: an address that is here already is left as it is.
import { parseDomain } from '../mail/address.ts'
import { importFormats, type ImportFormat } from '../policy/import/formats.ts'
import { accountById } from '../store/accounts.ts'
import { domainsOf } from '../store/domains.ts'
import { beginImport as begin, endImport, importById, setImportTotal, type Import } from '../store/imports.ts'
import type { Host } from './host.ts'
import { importArchive } from './import-archive.ts'
import { importBatch, type Run } from './import-batch.ts'
import type { ImportFile } from './import-file.ts'
import { createImportInboxes } from './import-inboxes.ts'
import { Problem } from './problem.ts'
import { readImport } from './read-import.ts'

export { importFormats, type ImportFormat }
export type ImportOptions = {
  readonly accountId: string
  readonly format: ImportFormat
  /** Looks at everything and changes nothing. */
  readonly dryRun: boolean
  /** Rows of other domains get an address here. */
  readonly newAddresses: boolean
  /** Where mail of rows goes whose inbox is not known here; else such inboxes are made and verified. */
  readonly inboxUuid?: string | undefined
  /** New addresses are made in it, and names without a domain belong to it; else the host's. */
  readonly domain?: string | undefined
  /** Whoever runs the host vouches for the inboxes of the file. */
  readonly trustInboxes?: boolean
}

/** In one transaction: half a second, of which 100,000 rows take fifty (npm run bench -- --only import). */
const batchSize = 2_000

/** Throws `import-running` while another one of the account is under way. */
export const beginImport = async (host: Host, options: Pick<ImportOptions, 'accountId' | 'format' | 'dryRun'>): Promise<Import> => {
  const now = host.clock.now()
  const id = await host.db.transaction().execute((tx) => begin(tx, { ...options, now }))
  if (id === undefined) throw new Problem('import-running', 'Another import of this account is under way. Wait for its end, or stop it.')
  return (await importById(host.db, options.accountId, id, now))!
}

/** Never rejects: how it ended is in the database. The file is closed. */
export const runImport = async (host: Host, importId: string, file: ImportFile, options: ImportOptions): Promise<void> => {
  const end = async (how: Parameters<typeof endImport>[2]): Promise<void> => endImport(host.db, importId, how, host.clock.now())
  try {
    await end({ state: await work(host, importId, file, options) })
  } catch (error) {
    if (!(error instanceof Problem)) host.log.error({ err: error, import: importId }, 'an import failed')
    const problem = error instanceof Problem ? error.detail : 'Something went wrong here; it is in the log. Import the file again: nothing is made twice.'
    await end({ state: 'failed', problem }).catch((cause: unknown) => host.log.error({ err: cause, import: importId }, 'the end of an import was not written'))
  } finally {
    await file.close().catch((error: unknown) => host.log.debug({ err: error }, 'the file of an import was not closed'))
  }
}

const work = async (host: Host, importId: string, file: ImportFile, options: ImportOptions): Promise<'done' | 'stopped'> => {
  const run = await createRun(host, importId, options)
  await using lines = await readImport(file, options.format, run.newDomain.name)
  await setImportTotal(host.db, importId, lines.total, host.clock.now())
  for await (const batch of lines.batches(batchSize)) {
    if (host.stopping.aborted) throw new Problem('unavailable', 'The server stopped in the middle. Import the file again: what was taken is not made twice.')
    if (!await importBatch(host, run, batch)) return 'stopped'
  }
  if (options.format === 'burnbox' && !options.dryRun) await importArchive(host, run, file)
  return 'done'
}

const createRun = async (host: Host, importId: string, options: ImportOptions): Promise<Run> => {
  const { accountId, dryRun } = options
  const account = await accountById(host.db, accountId)
  if (!account) throw new Problem('not-found', 'This account is gone.')
  const domains = new Map((await domainsOf(host.db, accountId)).map((domain) => [domain.name, domain]))
  const name = options.domain === undefined ? host.domain : parseDomain(options.domain.trim())
  const newDomain = domains.get(name ?? '')
  if (!newDomain) throw new Problem('invalid', `${options.domain ?? name} is not one of your domains.`, { field: 'domain' })
  return {
    importId, account, dryRun, domains, newDomain,
    policy: { domains: new Set(domains.keys()), newAddresses: options.newAddresses, operator: account.role === 'operator' },
    inboxesOf: await createImportInboxes(host, { accountId, importId, dryRun, inboxUuid: options.inboxUuid, verified: options.trustInboxes ?? false }),
    seen: new Map(), wouldTake: 0, looked: 0,
  }
}
