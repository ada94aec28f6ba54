// SimpleLogin: who this is, keys, and what of the account its programs may do. Everything is "premium" here.
import { Hono, type Context } from 'hono'
import { z } from '@hono/zod-openapi'
import { changeAccount } from '../../../flow/change-account.ts'
import { Problem } from '../../../flow/problem.ts'
import { accountById } from '../../../store/accounts.ts'
import { accountTotals } from '../../../store/account-totals.ts'
import { scopes } from '../../../store/tokens.ts'
import { callerOfToken, refuseUnlessAllowed } from '../../guard.ts'
import { originsOf } from '../../origins.ts'
import type { Caller, HttpEnv, Services } from '../../services.ts'
import { createPasswordSignIn, fromOf, issueKey } from '../password-sign-in.ts'
import { Name, readBody } from '../request-body.ts'
import { keyHeader, simpleLoginGuard } from './guard.ts'

/** Where there is no limit: what a 32-bit client can still read. */
const noLimit = 2_147_483_647

export const userRoutes = (services: Services): Hono<HttpEnv> => {
  const { host } = services
  const guarded = simpleLoginGuard(services)
  const [read, manage] = [guarded('read'), guarded('manage')]
  const signIn = createPasswordSignIn(services)

  const info = async (accountId: string) => {
    const account = (await accountById(host.db, accountId))!
    return {
      name: account.name, email: account.email, is_premium: true, in_trial: false, trial_end_timestamp: null, can_create_reverse_alias: true,
      max_alias_free_plan: account.aliasLimit ?? noLimit, connected_proton_address: null, profile_picture_url: null,
    }
  }

  const app = new Hono<HttpEnv>()
  app.get('/user_info', read, async (c) => c.json(await info(c.var.caller.accountId)))
  app.on(['PATCH', 'PUT'], '/user_info', manage, async (c) => {
    const { name, profile_picture: picture } = await readBody(c, z.object({ name: Name, profile_picture: z.string().nullish() }))
    if (picture) throw new Problem('invalid', 'Pictures are not kept here.')
    const { accountId } = c.var.caller
    if (name) await changeAccount(host, { accountId, name })
    return c.json(await info(accountId))
  })
  app.post('/api_key', async (c) => {
    const caller = await keyMaker(services, c)
    await refuseUnlessAllowed(host, caller, 'manage')
    const { device } = await readBody(c, z.object({ device: z.string().max(1_000).nullish() }))
    const { key } = await issueKey(services, caller.accountId, { name: device ?? 'SimpleLogin' }, caller.token?.expiresAt)
    return c.json({ api_key: key }, 201)
  })
  // Keys end on the page of tokens, where one sees which program has which: a pasted key may be another program's, too.
  app.get('/logout', (c) => c.json({ msg: 'User is logged out' }))
  app.get('/stats', read, async (c) => {
    const { aliases, delivered, held, replied } = await accountTotals(host.db, c.var.caller.accountId)
    return c.json({ nb_alias: aliases, nb_forward: delivered, nb_block: held, nb_reply: replied })
  })
  app.patch('/sudo', manage, async (c) => {
    const { password } = await readBody(c, z.object({ password: z.string().max(1_000) }))
    const { email } = (await accountById(host.db, c.var.caller.accountId))!
    if (await signIn.isPassword(email, password, fromOf(c))) return c.json({ ok: true })
    throw new Problem('forbidden', 'Invalid password')
  })
  app.get('/user/cookie_token', manage, () => onThePage(services))
  app.delete('/user', manage, () => onThePage(services))
  return app
}

const onThePage = ({ host }: Services): never => {
  throw new Problem('forbidden', `This is done on the page, not with a key: sign in at ${host.config.url.origin}.`)
}

/** A key, or the session of the page when a program says that it means it: no page of another site can send that header along with a cookie. */
const keyMaker = async ({ host, auth }: Services, c: Context<HttpEnv>): Promise<Caller> => {
  const { headers } = c.req.raw
  const key = headers.get(keyHeader)?.trim()
  if (key) {
    const caller = await callerOfToken(host, key)
    if (caller) return caller
  } else if (headers.has('x-sl-allowcookies') && headers.has('cookie') && !isForeignPage(headers.get('origin'), originsOf(host.config))) {
    const accountId = await auth.accountOfSession(headers)
    if (accountId !== undefined) return { accountId, scopes, via: 'session' }
  }
  throw new Problem('unauthorized', 'This API key is not valid.')
}

/** An extension's origin is not a page's. */
const isForeignPage = (origin: string | null, origins: readonly string[]): boolean =>
  origin !== null && (origin === 'null' || /^https?:/.test(origin)) && !origins.includes(origin)
