// /v1/export: everything of the account as one archive; and the end of the account, before which it is offered.
import { createRoute, z } from '@hono/zod-openapi'
import { Readable } from 'node:stream'
import { aliasesCsv, exportAccount } from '../flow/export-account.ts'
import { leaveOwnAccount, stayAfterAll } from '../flow/leave-account.ts'
import { Problem } from '../flow/problem.ts'
import { accountById } from '../store/accounts.ts'
import { accountCounts } from '../store/stats.ts'
import { confirm } from './confirm.ts'
import { guard, guardSession } from './guard.ts'
import { body, createRouter, json, otherwise, Time } from './shapes.ts'
import type { Services } from './services.ts'

const Leaving = z.object({ delete_at: Time.nullable() })
const Password = z.string().max(1000).optional().openapi({ description: 'Without a password: a session of the last quarter of an hour' })
const archive = { 200: { description: 'A zip archive', content: { 'application/zip': { schema: z.string() } } }, default: otherwise }
/** What an address and its lines come to, for a bar that has no other measure. */
const guessedBytesOfAlias = 400

export const exportRoutes = (services: Services) => {
  const { host } = services
  const [read, mine] = [guard(services, 'read'), guardSession(services)]
  const tags = ['Import and export']

  const answer = async (accountId: string, withKeys: boolean): Promise<Response> => {
    const counts = await accountCounts(host.db, accountId)
    const guess = counts.holdingBytes + (counts.active + counts.burned + counts.closed) * guessedBytesOfAlias
    const zip = await exportAccount(host, accountId, { withKeys })
    zip.on('error', (error) => host.log.error({ err: error }, 'an export broke off'))
    return new Response(Readable.toWeb(zip) as ReadableStream, {
      headers: {
        'content-type': 'application/zip', 'cache-control': 'no-store', 'x-burnbox-about-bytes': String(guess),
        'content-disposition': `attachment; filename="burnbox-${host.domain}-${host.clock.now().toISOString().slice(0, 10)}.zip"`,
      },
    })
  }

  return createRouter()
    .openapi(createRoute({
      method: 'get', path: '/export', tags, summary: 'Everything of the account, as one archive', middleware: read,
      description: 'Addresses, correspondents with reverse aliases, activity, held mail (mbox), settings. What is in it: docs/export.md.', responses: archive,
    }), (c) => answer(c.var.caller.accountId, false))
    .openapi(createRoute({
      method: 'post', path: '/export', tags, summary: 'The same, with the private keys of your own domains', middleware: mine,
      request: { body: body(z.object({ password: Password })) }, responses: archive,
    }), async (c) => {
      const { accountId } = c.var.caller
      await confirm(services, accountId, c.req.raw.headers, c.req.valid('json').password)
      return answer(accountId, true)
    })
    .openapi(createRoute({
      method: 'get', path: '/export/aliases.csv', tags, summary: 'The addresses, for a spreadsheet', middleware: read,
      responses: { 200: { description: 'CSV', content: { 'text/csv': { schema: z.string() } } }, default: otherwise },
    }), (c) => new Response(Readable.toWeb(Readable.from(aliasesCsv(host, c.var.caller.accountId), { objectMode: false })) as ReadableStream, {
      headers: {
        'content-type': 'text/csv; charset=utf-8', 'content-disposition': 'attachment; filename="burnbox-addresses.csv"', 'cache-control': 'no-store',
      },
    }))
    .openapi(createRoute({
      method: 'post', path: '/me/delete', tags: ['Account'], summary: 'Delete your account, after 30 days of grace', middleware: mine,
      description: 'Until then it is suspended: its mail is held, you can sign in, read, export and call it off.',
      request: { body: body(z.object({ password: Password, email: z.string().max(320).openapi({ description: 'Your sign-in address, typed' }) })) },
      responses: { 200: json(Leaving, 'When it is deleted'), default: otherwise },
    }), async (c) => {
      const { accountId } = c.var.caller
      const { email, password } = c.req.valid('json')
      const account = (await accountById(host.db, accountId))!
      if (email.trim().toLowerCase() !== account.email) throw new Problem('invalid', `Type ${account.email} to say that you mean it.`, { field: 'email' })
      await confirm(services, accountId, c.req.raw.headers, password)
      await leaveOwnAccount(host, accountId)
      return c.json({ delete_at: (await accountById(host.db, accountId))?.deleteAt?.toISOString() ?? null }, 200)
    })
    .openapi(createRoute({
      method: 'post', path: '/me/keep', tags: ['Account'], summary: 'Call off the deletion of your account', middleware: mine,
      responses: { 200: json(Leaving, 'It stays'), default: otherwise },
    }), async (c) => {
      const { accountId } = c.var.caller
      await stayAfterAll(host, accountId)
      return c.json({ delete_at: (await accountById(host.db, accountId))?.deleteAt?.toISOString() ?? null }, 200)
    })
}
