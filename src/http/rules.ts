// /v1/rules: what the account asks of its mail. An address may say otherwise for itself.
import { createRoute, z } from '@hono/zod-openapi'
import { changeRules, rulesOf, type Rules } from '../store/rules.ts'
import { StrangerMail } from './alias-shape.ts'
import { guard } from './guard.ts'
import { body, createRouter, emptyToNull, json, otherwise } from './shapes.ts'
import type { Services } from './services.ts'

const BurnLink = z.enum(['ours', 'theirs', 'off']).openapi({ description: 'Which List-Unsubscribe forwarded mail has: ours, which burns, '
  + 'the sender\'s own (ours when there is none), or whatever it came with' })
const Banner = z.boolean().openapi({ description: 'A line on top of forwarded mail, in text and HTML, with links that burn and manage '
  + 'the address; never in mail that is signed or encrypted' })
const Digest = z.enum(['weekly', 'daily', 'off']).openapi({ description: 'How often held mail is told by mail, when there is something' })
const RulesShape = z.object({
  stranger_mail: StrangerMail,
  stranger_subject: z.string().nullable().openapi({ description: 'In front of the subject of a stranger\'s mail', example: '[Stranger]' }),
  evidence_days: z.number().int().openapi({ description: 'How long the header of somebody\'s first message is kept; 0: not at all' }),
  burn_link: BurnLink,
  banner: Banner,
  digest: Digest,
}).openapi('Rules')
const Change = z.object({
  stranger_mail: StrangerMail,
  stranger_subject: z.string().regex(/^(?:[!-~]{1,20}(?: [!-~]{1,20})?)?$/, 'must be one or two short words in ASCII').nullable(),
  evidence_days: z.number().int().min(0).max(3650), burn_link: BurnLink, banner: Banner, digest: Digest,
}).partial()

export const ruleRoutes = (services: Services) => {
  const { host } = services
  const tags = ['Rules']
  return createRouter()
    .openapi(createRoute({
      method: 'get', path: '/', tags, summary: 'What the account asks of its mail', middleware: guard(services, 'read'),
      responses: { 200: json(RulesShape, 'The rules'), default: otherwise },
    }), async (c) => c.json(rulesJson(await rulesOf(host.db, c.var.caller.accountId)), 200))
    .openapi(createRoute({
      method: 'patch', path: '/', tags, summary: 'Change them', middleware: guard(services, 'manage'),
      request: { body: body(Change) }, responses: { 200: json(RulesShape, 'The rules'), default: otherwise },
    }), async (c) => {
      const input = c.req.valid('json')
      const { accountId } = c.var.caller
      await changeRules(host.db, accountId, {
        strangerMail: input.stranger_mail, evidenceDays: input.evidence_days, burnLink: input.burn_link, banner: input.banner, digest: input.digest,
        ...(input.stranger_subject !== undefined && { strangerSubject: emptyToNull(input.stranger_subject) }),
      })
      return c.json(rulesJson(await rulesOf(host.db, accountId)), 200)
    })
}

const rulesJson = (rules: Rules): z.input<typeof RulesShape> =>
  ({ stranger_mail: rules.strangerMail, stranger_subject: rules.strangerSubject, evidence_days: rules.evidenceDays, burn_link: rules.burnLink,
    banner: rules.banner, digest: rules.digest })
