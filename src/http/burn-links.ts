// /v1/burn/{token}: the page behind the burn button of a message. No sign-in: who has the message has the link, which can burn, undo that
// burn, and nothing else.
import { createRoute, z } from '@hono/zod-openapi'
import { burnByLink, burnIfTheyWrite, readBurnPage, undoBurnByLink } from '../flow/burn-by-link.ts'
import { AliasState } from './alias-shape.ts'
import { body, createRouter, json, otherwise } from './shapes.ts'
import type { Services } from './services.ts'

const Params = z.object({ token: z.string().max(100) })
const Their = z.string().max(1500).optional().openapi({ description: 'As the link has it' })
const Page = z.object({
  alias: z.string(), state: AliasState, can_undo: z.boolean(), used: z.boolean(),
  theirs: z.object({ organisation: z.string(), uri: z.string() }).nullable().openapi({ description: 'How its sender lets one unsubscribe' }),
}).openapi('BurnLink')
const Action = z.object({ action: z.enum(['burn', 'undo', 'burn-if-they-write']), their: Their })

export const burnLinkRoutes = ({ host }: Services) => {
  const tags = ['Burn links']
  const pageJson = async (token: string, their: string | undefined): Promise<z.input<typeof Page>> => {
    const page = await readBurnPage(host, token, their)
    return { alias: page.alias, state: page.state, can_undo: page.canUndo, used: page.isUsed, theirs: page.theirs ?? null }
  }
  return createRouter()
    .openapi(createRoute({
      method: 'get', path: '/{token}', tags, summary: 'What the burn button of a message would do',
      request: { params: Params, query: z.object({ their: Their }) },
      responses: { 200: json(Page, 'Nothing has happened yet'), default: otherwise },
    }), async (c) => c.json(await pageJson(c.req.valid('param').token, c.req.valid('query').their), 200))
    .openapi(createRoute({
      method: 'post', path: '/{token}', tags, summary: 'Burn, undo that, or burn if they write again within 10 days',
      request: { params: Params, body: body(Action) }, responses: { 200: json(Page, 'Done'), default: otherwise },
    }), async (c) => {
      const { token } = c.req.valid('param')
      const { action, their } = c.req.valid('json')
      switch (action) {
        case 'burn': await burnByLink(host, token); break
        case 'undo': await undoBurnByLink(host, token); break
        case 'burn-if-they-write': await burnIfTheyWrite(host, token, their); break
      }
      return c.json(await pageJson(token, their), 200)
    })
}
