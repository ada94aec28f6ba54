// /v1/imports: a file in, its progress, its report. The work goes on in this process after the answer.
import { createRoute, z } from '@hono/zod-openapi'
import { Readable } from 'node:stream'
import { spoolImport } from '../flow/import-file.ts'
import { beginImport, importFormats, runImport } from '../flow/import-aliases.ts'
import { notFound, Problem } from '../flow/problem.ts'
import { csv } from '../policy/csv.ts'
import { askToStop, importById, importsOf, reportPage, type Import } from '../store/imports.ts'
import { guard } from './guard.ts'
import { createRouter, IdParam, json, otherwise, page, pageOfAll, ShortListQuery, Time } from './shapes.ts'
import type { Services } from './services.ts'

const Count = z.number().int()
const Format = z.enum(importFormats).openapi({
  description: 'simplelogin (CSV, JSON or zip), addy (CSV or XLSX), relay, text (one address a line), postfix (virtual alias table), aliases (/etc/aliases), '
    + 'burnbox (the archive of /v1/export)',
})
const Yes = z.enum(['true', 'false']).optional()
const ImportShape = z.object({
  id: z.string(), from: z.string(), dry_run: z.boolean(), state: z.enum(['running', 'done', 'stopped', 'failed']),
  problem: z.string().nullable(), total: Count.nullable().openapi({ description: 'null until the file is read' }),
  looked: Count, taken: Count, same: Count.openapi({ description: 'Were here already' }), not_taken: Count,
  new_inboxes: z.array(z.string()).openapi({ description: 'Inboxes that it made, or would: each waits for its verification' }),
  started_at: Time, finished_at: Time.nullable(),
}).openapi('Import')
/** A list of 200,000 rows has 30 MB; an archive has what was held in it. */
const mostBytesOf = (format: string): number => (format === 'burnbox' ? 256 : 64) * 1024 * 1024
const reportPageSize = 1_000
const mostListed = 20

const importJson = (one: Import): z.input<typeof ImportShape> => ({
  id: one.id, from: one.format, dry_run: one.dryRun, state: one.state, problem: one.problem, total: one.total, looked: one.looked, taken: one.taken,
  same: one.same, not_taken: one.notTaken, new_inboxes: [...one.newInboxes], started_at: one.startedAt.toISOString(),
  finished_at: one.finishedAt?.toISOString() ?? null,
})

export const importRoutes = (services: Services) => {
  const { host } = services
  const [read, manage, file] = [guard(services, 'read'), guard(services, 'manage'), guard(services, 'manage', 'application/octet-stream')]
  const tags = ['Import and export']
  const find = async (accountId: string, id: string): Promise<Import> => {
    const found = await importById(host.db, accountId, id, host.clock.now())
    if (!found) throw notFound('import')
    return found
  }

  return createRouter()
    .openapi(createRoute({
      method: 'post', path: '/', tags, summary: 'Import aliases from a file', middleware: file,
      description: 'Send the file itself. With `dry_run` everything is looked at and nothing changed. It may be sent again: nothing is made twice.',
      request: {
        query: z.object({
          from: Format, dry_run: Yes, new_addresses: Yes.openapi({ description: 'Rows of domains that are not here get an address of this host' }),
          inbox_id: z.string().max(64).optional().openapi({ description: 'For rows whose inbox is not yours; else such inboxes are added and verified' }),
          domain: z.string().max(253).optional().openapi({ description: 'Of new addresses, and of names in /etc/aliases' }),
        }),
        body: { content: { 'application/octet-stream': { schema: z.any().openapi({ type: 'string', format: 'binary' }) } }, required: true },
      },
      responses: { 202: json(ImportShape, 'It has begun: ask for its progress'), default: otherwise },
    }), async (c) => {
      const { accountId, token } = c.var.caller
      if (token && (token.domain !== null || token.dailyLimit !== null)) throw new Problem('forbidden', 'A token with a limit imports nothing.')
      const query = c.req.valid('query')
      const { body } = c.req.raw
      if (!body) throw new Problem('invalid', 'Send the file as the body.')
      const spooled = await spoolImport(host.config.data, body, mostBytesOf(query.from))
      const options = {
        accountId, format: query.from, dryRun: query.dry_run === 'true', newAddresses: query.new_addresses === 'true',
        inboxUuid: query.inbox_id, domain: query.domain,
      }
      const begun = await beginImport(host, options).catch(async (error: unknown) => {
        await spooled.close()
        throw error
      })
      void runImport(host, begun.id, spooled, options)
      return c.json(importJson(begun), 202, { location: `/v1/imports/${begun.id}` })
    })
    .openapi(createRoute({
      method: 'get', path: '/', tags, summary: 'The latest imports', middleware: read,
      request: { query: ShortListQuery },
      responses: { 200: json(page(ImportShape), `Newest first, ${mostListed} at most; they are kept for 30 days`), default: otherwise },
    }), async (c) => {
      const found = await importsOf(host.db, c.var.caller.accountId, mostListed, host.clock.now())
      return c.json(pageOfAll(found.map(importJson), c.req.valid('query'), ({ id }) => id), 200)
    })
    .openapi(createRoute({
      method: 'get', path: '/{id}', tags, summary: 'How far it is', middleware: read,
      request: { params: IdParam }, responses: { 200: json(ImportShape, 'The import'), default: otherwise },
    }), async (c) => c.json(importJson(await find(c.var.caller.accountId, c.req.valid('param').id)), 200))
    .openapi(createRoute({
      method: 'post', path: '/{id}/stop', tags, summary: 'Stop it after the batch under way; what was taken stays', middleware: manage,
      request: { params: IdParam }, responses: { 200: json(ImportShape, 'The import'), default: otherwise },
    }), async (c) => {
      const { accountId } = c.var.caller
      const { id } = await find(accountId, c.req.valid('param').id)
      await askToStop(host.db, accountId, id)
      return c.json(importJson(await find(accountId, id)), 200)
    })
    .openapi(createRoute({
      method: 'get', path: '/{id}/report', tags, summary: 'What was not taken and why, and what got another address', middleware: read,
      request: { params: IdParam },
      responses: { 200: { description: 'CSV', content: { 'text/csv': { schema: z.string() } } }, default: otherwise },
    }), async (c) => {
      const { id } = await find(c.var.caller.accountId, c.req.valid('param').id)
      const lines = async function* (): AsyncGenerator<string> {
        yield csv([['line', 'address', 'outcome', 'new_address', 'remark']])
        for (let after = -1; ;) {
          const rows = await reportPage(host.db, id, after, reportPageSize)
          if (rows.length > 0) yield csv(rows.map((row) => [row.line || null, row.address, row.outcome, row.newAddress, row.remark]))
          if (rows.length < reportPageSize) return
          after = rows.at(-1)!.seq
        }
      }
      return c.body(Readable.toWeb(Readable.from(lines(), { objectMode: false })) as ReadableStream, 200, {
        'content-type': 'text/csv; charset=utf-8', 'content-disposition': 'attachment; filename="burnbox-import.csv"', 'cache-control': 'no-store',
      })
    })
}
