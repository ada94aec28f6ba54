// RFC 4648 §6 in lower case without padding: survives case folding, fits a local-part.
const alphabet = 'abcdefghijklmnopqrstuvwxyz234567'

export const encodeBase32 = (bytes: Uint8Array): string => {
  let text = ''
  let bits = 0
  let value = 0
  for (const byte of bytes) {
    value = ((value << 8) | byte) & 0xfff
    bits += 8
    for (; bits >= 5; bits -= 5) text += alphabet[(value >> (bits - 5)) & 31]
  }
  return bits > 0 ? text + alphabet[(value << (5 - bits)) & 31] : text
}

/** Any case. Undefined for a foreign character or left-over bits that are not zero: one spelling for each value. */
export const decodeBase32 = (text: string): Uint8Array | undefined => {
  const bytes: number[] = []
  let bits = 0
  let value = 0
  for (const character of text.toLowerCase()) {
    const digit = alphabet.indexOf(character)
    if (digit < 0) return undefined
    value = ((value << 5) | digit) & 0xfff
    bits += 5
    if (bits >= 8) {
      bits -= 8
      bytes.push((value >> bits) & 255)
    }
  }
  return bits < 5 && (value & ((1 << bits) - 1)) === 0 ? Uint8Array.from(bytes) : undefined
}
