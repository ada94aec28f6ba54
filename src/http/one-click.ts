// RFC 8058: the POST of a mail program to the List-Unsubscribe link of a forward. It burns; GET and HEAD show a page (the program of the web UI)
// and change nothing, so that no scanner and no prefetch can burn. It carries no cookie and comes from anywhere: the link is the secret.
import { Hono } from 'hono'
import { burnByLink } from '../flow/burn-by-link.ts'
import type { Host } from '../flow/host.ts'
import { Problem } from '../flow/problem.ts'
import type { HttpEnv } from './services.ts'

export const oneClickRoutes = (host: Host) => new Hono<HttpEnv>().post('/burn/:token', async (c) => {
  const form = await c.req.parseBody().catch((): Record<string, unknown> => ({}))
  // §3.1: this pair and no other. Whatever posts without it was not asked to by a person.
  if (form['List-Unsubscribe'] !== 'One-Click') throw new Problem('malformed', 'The body must say List-Unsubscribe=One-Click (RFC 8058).')
  await burnByLink(host, c.req.param('token'))
  return c.text('Burned: its mail is held from now on.\n')
})
