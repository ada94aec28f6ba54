// /v1/waiting/{token}: the page behind a link of the digest. No sign-in: the link shows one subject, releases that message or keeps it.
import { createRoute, z } from '@hono/zod-openapi'
import { keepByLink, readHeldLink, releaseByLink } from '../flow/held-link.ts'
import { body, createRouter, json, otherwise } from './shapes.ts'
import type { Services } from './services.ts'

const Params = z.object({ token: z.string().max(100) })
const Waiting = z.object({ alias: z.string(), from: z.string(), subject: z.string(), held: z.boolean() }).openapi('HeldLink')

export const heldLinkRoutes = ({ host }: Services) => {
  const tags = ['Held']
  const waitingJson = async (token: string): Promise<z.input<typeof Waiting>> => {
    const { alias, from, subject, isHeld } = await readHeldLink(host, token)
    return { alias, from, subject, held: isHeld }
  }
  return createRouter()
    .openapi(createRoute({
      method: 'get', path: '/{token}', tags, summary: 'The held message behind a link of the digest', request: { params: Params },
      responses: { 200: json(Waiting, 'Nothing has happened yet'), default: otherwise },
    }), async (c) => c.json(await waitingJson(c.req.valid('param').token), 200))
    .openapi(createRoute({
      method: 'post', path: '/{token}', tags, summary: 'Release it, or keep it for as many days again',
      request: { params: Params, body: body(z.object({ action: z.enum(['release', 'keep']) })) },
      responses: { 200: json(Waiting, 'Done'), default: otherwise },
    }), async (c) => {
      const { token } = c.req.valid('param')
      await (c.req.valid('json').action === 'release' ? releaseByLink : keepByLink)(host, token)
      return c.json(await waitingJson(token), 200)
    })
}
