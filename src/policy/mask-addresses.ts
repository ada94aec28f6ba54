// A reply of another server without the addresses in it, for the operator: whose mail it is about is not theirs to see.

/** `secrets`: names that may stand there alone, like the local-part of the inbox; ones of fewer than three letters hide nothing. */
export const maskAddresses = (reply: string, secrets: readonly string[] = []): string => {
  const masked = reply.replaceAll(local, '…@')
  return secrets.filter((secret) => secret.length >= 3).reduce((text, secret) => text.replaceAll(wordOf(secret), '…'), masked)
}

// From where the word begins, not from each of its letters: linear.
const local = /(?<![^\s<>"(),;:@[\]])[^\s<>"(),;:@[\]]+@(?=[^\s<>"(),;:@])/g

const wordOf = (text: string): RegExp => new RegExp(`(?<![\\p{L}\\p{N}])${text.replaceAll(/[\\^$.*+?()[\]{}|/]/g, '\\$&')}(?![\\p{L}\\p{N}])`, 'giu')
