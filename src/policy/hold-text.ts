// Why a message is held, in one sentence for its owner.

import type { HoldReason } from './decide.ts'

export const holdText = (reason: HoldReason, reply: string): string => {
  switch (reason) {
    case 'burned': return 'Held because this address is burned.'
    case 'closed': return 'Held because this address was closed before the message could be delivered.'
    case 'suspended': return 'Held because the account is suspended.'
    case 'no-inbox': return 'Held because this address has no verified inbox.'
    case 'refused': return `Your inbox refused it: ${reply}`
    case 'expired': return `Your inbox could not be reached for 5 days. Its last answer: ${reply}`
    case 'unconfirmed': return 'Sent twice without an answer from your inbox, so it may have arrived there already.'
    case 'report': return 'A report about mail that this address is said to have sent.'
    case 'unsupported': return `The next mail server cannot take this kind of message: ${reply}`
    case 'unauthentic': return 'The sender could not be proven, and its domain asks to quarantine such mail.'
    case 'spam': return 'It looks like spam.'
    case 'stranger': return 'Its sender was not given this address.'
    case 'blocked': return 'You blocked its sender.'
    case 'quiet': return 'Held because this address is in quiet mode.'
    case 'flood': return 'Held because too much mail came at once.'
    case 'would-reveal': return 'It would reveal your real address.'
  }
}

/** Of a reply: it did not leave, or did not arrive. */
export const heldReplyText = (reason: HoldReason, reply: string): string => {
  switch (reason) {
    case 'refused': return `The correspondent's server refused it: ${reply}`
    case 'expired': return `The correspondent's server could not be reached for 5 days. Its last answer: ${reply}`
    case 'unconfirmed': return "Sent twice without an answer from the correspondent's server, so it may have arrived there already."
    case 'burned': return 'This address was burned before the reply could be sent.'
    case 'closed': return 'This address was closed before the reply could be sent.'
    case 'would-reveal': return 'It would reveal who you are.'
    case 'suspended': case 'no-inbox': case 'report': case 'unsupported': case 'unauthentic': case 'spam': case 'stranger': case 'blocked': case 'quiet':
    case 'flood': return holdText(reason, reply)
  }
}

/** For eyes other than the owner's: no address in another server's words. */
export const withoutAddresses = (reply: string): string => reply.replaceAll(/(?:<|(?<![^\s<>@,;:]))[^\s<>@,;:]+@[^\s<>@,;]+>?/g, '<address>')
