// What the person of an account is told when somebody changes how it is signed in to: each says what to do if it was not them.
import { deviceName } from './device-name.ts'
import type { Host } from './host.ts'
import { tellAccount, type MailTarget } from './tell-account.ts'

const settings = (host: Host) => [{ name: 'Settings, Security', url: new URL('/settings#security', host.config.url).href }]
const ifNot = 'If that was not you: change your password and end all other sessions, in Settings under Security.'

/** The token is in the fragment, so that it is in no log and no referrer. */
export const tellPasswordReset = (host: Host, accountId: string, token: string): Promise<void> => tellAccount(host, accountId, {
  subject: 'Choose a new password for Burnbox',
  paragraphs: [`Somebody, we hope you, asked for a new password at ${host.domain}.`],
  links: [{ name: 'Choose it here within an hour, once', url: new URL(`/reset#${token}`, host.config.url).href }],
  end: ['If that was not you, do nothing: your password stays as it is.'],
})

export const tellNewDevice = (
  host: Host, accountId: string, from: { readonly userAgent: string | null; readonly address: string | null; readonly at: Date },
): Promise<void> => tellAccount(host, accountId, {
  subject: 'A new device signed in to Burnbox',
  paragraphs: [
    `Somebody signed in at ${host.domain} with a device that was not used before.`,
    [
      `Device: ${deviceName(from.userAgent)}`, ...(from.address ? [`Internet address: ${from.address}`] : []),
      `Time: ${from.at.toISOString().slice(0, 16).replace('T', ' ')} UTC`,
    ].join('\n'),
  ],
  links: settings(host), end: [ifNot],
})

export const tellPasswordChanged = (host: Host, accountId: string): Promise<void> => tellAccount(host, accountId, {
  subject: 'Your Burnbox password was changed',
  paragraphs: [`The password of your account at ${host.domain} was changed, and every other session ended.`], links: settings(host), end: [ifNot],
})

/** To where the account was reached before the change. */
export const tellEmailChanged = (host: Host, accountId: string, email: string, before: readonly MailTarget[]): Promise<void> =>
  tellAccount(host, accountId, {
    subject: 'Your Burnbox sign-in address was changed',
    paragraphs: [`You now sign in at ${host.domain} with ${email}.`], links: settings(host), end: [ifNot],
  }, before)

export const tellNewInbox = (host: Host, accountId: string, address: string, others: readonly MailTarget[]): Promise<void> =>
  tellAccount(host, accountId, {
    subject: 'Your Burnbox account has another inbox',
    paragraphs: [`${address} is now an inbox of your account at ${host.domain}: addresses may lead there.`], links: settings(host), end: [ifNot],
  }, others)

export const tellLeaving = (host: Host, accountId: string, end: Date): Promise<void> => tellAccount(host, accountId, {
  subject: 'Your Burnbox account will be deleted',
  paragraphs: [
    `Your account at ${host.domain} is deleted on ${end.toISOString().slice(0, 10)}, with its addresses and all that is held.`,
    'Until then mail to its addresses is held.',
  ],
  links: [{ name: 'Sign in to call it off, or to take everything with you', url: new URL('/settings#data', host.config.url).href }], end: [ifNot],
})
