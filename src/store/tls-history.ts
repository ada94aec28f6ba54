// What relay `direct` knows of a domain's TLS: when it last had it, and its MTA-STS policy.
import type { Database } from './database.ts'

/** `expires` is an ISO time. */
export type KeptPolicy = { readonly id: string; readonly mode: string; readonly mx?: readonly string[]; readonly maxAge?: number; readonly expires?: string }

export type TlsHistory = {
  readonly seenAt: (domain: string) => Promise<Date | undefined>
  readonly remember: (domain: string, at: Date) => Promise<void>
  readonly forget: (domain: string, at: Date) => Promise<void>
  readonly policyOf: (domain: string) => Promise<KeptPolicy | undefined>
  readonly keepPolicy: (domain: string, policy: KeptPolicy) => Promise<void>
}

export const createTlsHistory = (db: Database): TlsHistory => {
  const find = (domain: string) => db.selectFrom('tls_history').select(['seen_at', 'policy']).where('domain', '=', domain).executeTakeFirst()
  return {
    seenAt: async (domain) => (await find(domain))?.seen_at ?? undefined,
    remember: async (domain, seen_at) => {
      await db.insertInto('tls_history').values({ domain, seen_at }).onConflict((c) => c.column('domain').doUpdateSet({ seen_at })).execute()
    },
    forget: async (domain, cleared_at) => {
      await db.updateTable('tls_history').set({ seen_at: null, cleared_at }).where('domain', '=', domain).execute()
    },
    policyOf: async (domain) => ((await find(domain))?.policy ?? undefined) as KeptPolicy | undefined,
    keepPolicy: async (domain, policy) => {
      const values = { policy: JSON.stringify(policy) }
      await db.insertInto('tls_history').values({ domain, ...values }).onConflict((c) => c.column('domain').doUpdateSet(values)).execute()
    },
  }
}
