// What the routes work with, and what a request knows about its caller.
import type { Host } from '../flow/host.ts'
import type { CreatingToken } from '../flow/create-alias.ts'
import type { Scope } from '../store/tokens.ts'
import type { Auth } from './auth.ts'
import type { Dialect } from './dialects/dialect.ts'
import type { Reader } from './reader/reader.ts'

export type Services = { readonly host: Host; readonly auth: Auth; readonly reader: Reader }

export type Caller = { readonly accountId: string; readonly scopes: readonly Scope[]; readonly via: 'token' | 'session'; readonly token?: CreatingToken }

/** `view`: the answer is somebody else's document for our own frame; it sets its own policy. `dialect`: where the path alone does not say it. */
export type HttpEnv = { Variables: { caller: Caller; clientAddress: string; view: boolean; dialect: Dialect } }
