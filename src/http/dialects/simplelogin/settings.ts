// SimpleLogin: settings, and the domains that an address can be of. What Burnbox has no setting for stays as it says it is.
import { Hono } from 'hono'
import { z } from '@hono/zod-openapi'
import { changeAccount } from '../../../flow/change-account.ts'
import { Problem } from '../../../flow/problem.ts'
import type { AddressFormat } from '../../../policy/local-part.ts'
import { accountById } from '../../../store/accounts.ts'
import { claimsOf } from '../../../store/domain-claims.ts'
import { domainsOf } from '../../../store/domains.ts'
import type { HttpEnv, Services } from '../../services.ts'
import { dateTextWithOffset, timestamp } from '../date-text.ts'
import { readBody } from '../request-body.ts'
import { simpleLoginGuard } from './guard.ts'

const Fixed = z.string().max(253).nullish()
const Settings = z.object({
  notification: z.boolean().nullish(), alias_generator: z.enum(['word', 'uuid']).nullish(),
  random_alias_default_domain: Fixed, sender_format: Fixed, random_alias_suffix: Fixed,
})
const generatorOf = (format: AddressFormat): 'word' | 'uuid' => format === 'letters' ? 'uuid' : 'word'

export const settingRoutes = (services: Services): Hono<HttpEnv> => {
  const { host } = services
  const guarded = simpleLoginGuard(services)
  const [read, manage] = [guarded('read'), guarded('manage')]

  const settings = async (accountId: string) => {
    const account = (await accountById(host.db, accountId))!
    return {
      notification: account.notices, alias_generator: generatorOf(account.addressFormat), random_alias_default_domain: host.domain,
      sender_format: 'AT', random_alias_suffix: 'random_string',
    }
  }

  const app = new Hono<HttpEnv>()
  app.get('/setting', read, async (c) => c.json(await settings(c.var.caller.accountId)))
  app.patch('/setting', manage, async (c) => {
    const { accountId } = c.var.caller
    const { notification, alias_generator: generator, ...fixed } = await readBody(c, Settings)
    const now = await settings(accountId)
    for (const [name, value] of Object.entries(fixed)) {
      if (value && value !== now[name as keyof typeof fixed]) throw new Problem('invalid', `${name} is always ${now[name as keyof typeof fixed]} here.`)
    }
    await changeAccount(host, {
      accountId, notices: notification ?? undefined,
      addressFormat: !generator || generator === now.alias_generator ? undefined : generator === 'uuid' ? 'letters' : 'words',
    })
    return c.json(await settings(accountId))
  })
  app.get('/setting/domains', read, async (c) => c.json((await domainsOf(host.db, c.var.caller.accountId)).map(({ name, own }) => [!own, name])))
  app.get('/v2/setting/domains', read, async (c) =>
    c.json((await domainsOf(host.db, c.var.caller.accountId)).map(({ name, own }) => ({ domain: name, is_custom: own }))))
  app.get('/custom_domains', read, async (c) => c.json({
    custom_domains: (await claimsOf(host.db, c.var.caller.accountId)).map(({ id, name, provedAt, createdAt, aliases }) => ({
      id: Number(id), domain_name: name, is_verified: provedAt !== null, nb_alias: aliases, catch_all: false, name: null,
      random_prefix_generation: false, mailboxes: [], creation_date: dateTextWithOffset(createdAt), creation_timestamp: timestamp(createdAt),
    })),
  }))
  // What is to be told stands on the page and goes out by mail.
  app.get('/notifications', read, (c) => c.json({ more: false, notifications: [] }))
  return app
}
