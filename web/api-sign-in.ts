// Signing in and what belongs to it: the ways to an account, passwords, passkeys, codes, sessions. Below /auth a library answers, in shapes of its own.
import type { InferResponseType } from 'hono/client'
import { answer, api, ask, done, one, until } from './calls.ts'

export type Session = InferResponseType<typeof api.session.$get, 200>
export const session = () => answer<Session>(api.session.$get())
export const readLink = (token: string) =>
  answer<InferResponseType<typeof api.setup.link.$post, 200>>(api.setup.link.$post({ json: { token } }))
export const setUp = (json: { token: string; email?: string; password: string }) => done(api.setup.$post({ json }))

const post = (path: string, body: unknown) =>
  ask(`/auth/${path}`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) })
const auth = (path: string, body: unknown) => done(post(path, body))
/** Whether a code is asked for before one is in. */
export const signIn = async (email: string, password: string) =>
  ((await (await post('sign-in/email', { email, password })).json()) as { twoFactorRedirect?: boolean }).twoFactorRedirect === true
export const signOut = () => auth('sign-out', {})
export const signInByCode = (code: string) => auth('two-factor/verify-totp', { code })
export const signInByRecoveryCode = (code: string) => auth('two-factor/verify-backup-code', { code })
export const passkeyQuestion = async () => (await (await ask('/auth/passkey/generate-authenticate-options')).json()) as PublicKeyCredentialRequestOptionsJSON
export const signInByPasskey = (response: unknown) => auth('passkey/verify-authentication', { response })
export const askReset = (email: string) => done(api.password.reset.$post({ json: { email } }))
export const resetPassword = (token: string, newPassword: string) => auth('reset-password', { token, newPassword })
export const askAccount = (email: string) => done(api['sign-up'].$post({ json: { email } }))
type Registrar = { token: string; email?: string }
export const setUpQuestion = (json: Registrar) =>
  answer<PublicKeyCredentialCreationOptionsJSON>(api.setup.passkey.$post({ json }))
export const setUpByPasskey = (response: Record<string, unknown>) => done(api.setup.passkey.verify.$post({ json: { response } }))

export type Security = InferResponseType<typeof api.security.$get, 200>
export type Passkey = Security['passkeys'][number]
export type SessionLine = InferResponseType<typeof api.sessions.$get, 200>['items'][number]
export const security = (signal?: AbortSignal) => answer<Security>(api.security.$get({}, until(signal)))
export const sessions = (signal?: AbortSignal) => answer<{ items: SessionLine[] }>(api.sessions.$get({}, until(signal)))
export const endSession = (id: string) => done(api.sessions[':id'].$delete(one(id)))
export const endOtherSessions = () => done(api.sessions.$delete({}))
export const changeEmail = (json: { inbox_id: string; password?: string }) => done(api.me.email.$post({ json }))
export const changePassword = (currentPassword: string, newPassword: string) =>
  auth('change-password', { currentPassword, newPassword, revokeOtherSessions: true })
export type Codes = { readonly totpURI: string; readonly backupCodes: readonly string[] }
export const beginCodes = async (password: string) => (await (await post('two-factor/enable', { password })).json()) as Codes
export const endCodes = (password: string) => auth('two-factor/disable', { password })
export const newRecoveryCodes = async (password: string) =>
  ((await (await post('two-factor/generate-backup-codes', { password })).json()) as Pick<Codes, 'backupCodes'>).backupCodes
export const newPasskeyQuestion = async () =>
  (await (await ask('/auth/passkey/generate-register-options')).json()) as PublicKeyCredentialCreationOptionsJSON
export const addPasskey = (response: unknown, name: string) => auth('passkey/verify-registration', { response, name })
export const renamePasskey = (id: string, name: string) => auth('passkey/update-passkey', { id, name })
export const removePasskey = (id: string) => auth('passkey/delete-passkey', { id })
