// What flows need of the sign-in library, which lives in http/ and is handed down by main.ts.
import type { Scope } from '../store/tokens.ts'

export type Identities = {
  readonly hashPassword: (password: string) => Promise<string>
  /** Mails a link when there is such an account. */
  readonly requestPasswordReset: (email: string) => Promise<void>
  /** The token is shown once; only its hash is kept. Scopes are stored in full: none implies another. */
  readonly createToken: (token: {
    readonly accountId: string; readonly name: string; readonly scopes: readonly Scope[]; readonly lifetimeSeconds?: number
  }) => Promise<{ readonly id: string; readonly token: string }>
}
