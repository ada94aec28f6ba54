// The token of a one-time link: 192 bits, in the fragment of its URL, so that it is in no log and no referrer.
import { nanoid } from 'nanoid'

const tokenLength = 32
/** Long enough to be found on Monday; it works once. */
const signInDays = 7
/** INTERFACE: a verification link lives a day. */
const verificationDays = 1

export type LinkLife = 'sign-in' | 'verification'

export const newLinkToken = (): string => nanoid(tokenLength)

export const linkExpiry = (now: Date, life: LinkLife = 'sign-in'): Date =>
  new Date(now.getTime() + (life === 'sign-in' ? signInDays : verificationDays) * 86_400_000)
