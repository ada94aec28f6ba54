// Lines of the activity that tell of a message, in SimpleLogin's four words.
import { parseAddressList } from '../../../mail/address-list.ts'
import { lowerCased, type Mailbox } from '../../../mail/address.ts'

const actions: Readonly<Record<string, 'forward' | 'reply' | 'block' | 'bounced'>> = {
  delivered: 'forward', replied: 'reply', held: 'block', bounced: 'bounced',
}
export const messageKinds = Object.keys(actions)
export const actionOf = (kind: string) => actions[kind] ?? 'forward'

/** The From of a line is text for people; correspondents are known in lower case. */
export const senderOf = (text: string | null): Mailbox | undefined => {
  const [first] = parseAddressList(text ?? '')
  return first?.kind === 'mailbox' ? lowerCased(first.mailbox) : undefined
}
