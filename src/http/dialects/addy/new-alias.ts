// addy.io: POST /api/v1/aliases, which is all that Bitwarden asks for, with `domain` and `description` alone.
import { Hono } from 'hono'
import { z } from '@hono/zod-openapi'
import { createAlias } from '../../../flow/create-alias.ts'
import { Problem } from '../../../flow/problem.ts'
import type { HttpEnv, Services } from '../../services.ts'
import { siteOfDescription } from '../lenient-site.ts'
import { Note, readBody } from '../request-body.ts'
import { aliasJson } from './alias-shape.ts'
import { formats } from './formats.ts'
import { addyGuard } from './guard.ts'

const NewAlias = z.object({
  domain: z.string({ error: 'Choose a domain.' }).max(253), description: Note, format: z.string().max(40).nullish(), local_part: z.string().max(200).nullish(),
  recipient_ids: z.array(z.string().max(64)).max(20).nullish(),
})

export const newAliasRoutes = (services: Services): Hono<HttpEnv> => {
  const { host } = services
  const app = new Hono<HttpEnv>()
  app.post('/aliases', addyGuard(services)('create'), async (c) => {
    const { domain, description, format, local_part: localPart, recipient_ids: recipients } = await readBody(c, NewAlias)
    if (format && format !== 'custom' && !(format in formats)) throw new Problem('invalid', `There is no format ${format}.`, { field: 'format' })
    if (format === 'custom' && !localPart) throw new Problem('invalid', 'Type the part before the @.', { field: 'local_part' })
    const { accountId, token, scopes } = c.var.caller
    const alias = await createAlias(host, {
      accountId, token, site: siteOfDescription(description), label: null, note: description ?? null, displayName: null, pinned: false, domain,
      format: format ? formats[format] : undefined, localPart: format === 'custom' || !format ? localPart || undefined : undefined,
      inboxIds: recipients && recipients.length > 0 ? recipients : undefined,
    })
    return c.json({ data: aliasJson(alias, scopes.includes('read')) }, 201)
  })
  return app
}
