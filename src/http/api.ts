// The API, version 1, as one router: what /v1/openapi.json describes and what Hono's typed client reads.
import { accountRoutes } from './account.ts'
import { aliasRoutes } from './aliases.ts'
import { appPasswordRoutes } from './app-passwords.ts'
import { burnLinkRoutes } from './burn-links.ts'
import { blockRoutes } from './blocks.ts'
import { aliasCorrespondentRoutes, correspondentRoutes } from './correspondents.ts'
import { domainRoutes } from './domains.ts'
import { exportRoutes } from './export.ts'
import { heldLinkRoutes } from './held-links.ts'
import { heldRoutes } from './held.ts'
import { hostDnsRoutes } from './host-dns.ts'
import { hostAccountRoutes } from './host-accounts.ts'
import { hostRoutes } from './host.ts'
import { importRoutes } from './imports.ts'
import { inboxRoutes } from './inboxes.ts'
import { leakRoutes } from './leaks.ts'
import { localRoutes } from './local.ts'
import { manyAliasesRoutes } from './many-aliases.ts'
import { manyHeldRoutes } from './many-held.ts'
import { ruleRoutes } from './rules.ts'
import { senderRoutes } from './senders.ts'
import { securityRoutes } from './security.ts'
import { sessionRoutes } from './session.ts'
import type { Services } from './services.ts'
import { createRouter } from './shapes.ts'
import { siteRoutes } from './site.ts'
import { statRoutes } from './stats.ts'
import { tokenRoutes } from './tokens.ts'
import { webhookRoutes } from './webhooks.ts'

export const createApi = (services: Services) => createRouter()
  .route('/v1/aliases', manyAliasesRoutes(services))
  .route('/v1/aliases', aliasRoutes(services))
  .route('/v1/aliases', aliasCorrespondentRoutes(services))
  .route('/v1/app-passwords', appPasswordRoutes(services))
  .route('/v1/blocks', blockRoutes(services))
  .route('/v1/aliases', senderRoutes(services))
  .route('/v1/burn', burnLinkRoutes(services))
  .route('/v1/correspondents', correspondentRoutes(services))
  .route('/v1/domains', domainRoutes(services))
  .route('/v1/held', manyHeldRoutes(services))
  .route('/v1/held', heldRoutes(services))
  .route('/v1/host', hostDnsRoutes(services))
  .route('/v1/host', hostRoutes(services))
  .route('/v1/host', hostAccountRoutes(services))
  .route('/v1/imports', importRoutes(services))
  .route('/v1/inboxes', inboxRoutes(services))
  .route('/v1/leaks', leakRoutes(services))
  .route('/v1/local', localRoutes(services))
  .route('/v1/rules', ruleRoutes(services))
  .route('/v1/site', siteRoutes(services))
  .route('/v1/stats', statRoutes(services))
  .route('/v1/tokens', tokenRoutes(services))
  .route('/v1/waiting', heldLinkRoutes(services))
  .route('/v1/webhooks', webhookRoutes(services))
  .route('/v1', accountRoutes(services))
  .route('/v1', exportRoutes(services))
  .route('/v1', securityRoutes(services))
  .route('/v1', sessionRoutes(services))

/** For `hc<Api>('/')`. */
export type Api = ReturnType<typeof createApi>
