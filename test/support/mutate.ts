// Messages with something done to them, after the idea of radamsa (RELIABILITY C18). The same seed gives the same message.
import { hostileMime } from './hostile-mime.ts'

const MOST_OCTETS = 20_000
/** What is put in: octets and words at which parsers turn. */
const salt = [
  '\r\n', '\r\n\r\n', '\r\n ', '--b\r\n', '--b--\r\n', ':', ';', '"', '\\', '=', '=?utf-8?B?', '?=', '(', '<', '>', '@', '\t', '\u00ff', '\u00c3', '%', '*0*=',
  'Content-Type: multipart/mixed; boundary=b\r\n', 'Content-Type: text/html; charset=', 'Content-Transfer-Encoding: base64\r\n', '<div>', '<!--', '<a href="',
  'From: a@b.example\r\n', 'Received: x\r\n', '4294967296', '-1', '\n', '\r', '\0',
].map((one) => Buffer.from(one, 'latin1'))

const bases: readonly Buffer[] = hostileMime.map(({ content }) => content()).filter((content) => content.length < MOST_OCTETS)

/** The Lehmer generator of Park and Miller: what it says must not change with a version of a library. */
const randomOf = (seed: number): ((below: number) => number) => {
  let state = (seed % 2_147_483_646) + 1
  return (below) => {
    state = (state * 48_271) % 2_147_483_647
    return state % below
  }
}

export const mutated = (seed: number, from: readonly Buffer[] = bases): Buffer => {
  const random = randomOf(seed)
  for (let n = 0; n < 4; n++) random(2)
  let message = from[random(from.length)]!
  for (let left = 1 + random(5); left > 0; left--) message = changed(message, random).subarray(0, 10 * MOST_OCTETS)
  // Most are sent as a careful server would, so that they get further than the door.
  const text = message.toString('latin1')
  const whole = random(8) === 0 ? text : text.replaceAll('\0', '').replaceAll(/\r\n|\r|\n/g, '\r\n')
  return Buffer.from(whole.endsWith('\r\n') ? whole : `${whole}\r\n`, 'latin1')
}

const changed = (message: Buffer, random: (below: number) => number): Buffer => {
  const at = random(message.length + 1)
  const end = Math.min(message.length, at + 1 + random(random(4) === 0 ? 2_000 : 40))
  const [before, piece, after] = [message.subarray(0, at), message.subarray(at, end), message.subarray(end)]
  switch (random(8)) {
    case 0: return Buffer.concat([before, after])
    case 1: return Buffer.concat([before, piece, piece, after])
    case 2: return Buffer.concat([before, ...Array.from({ length: 2 + random(200) }, () => piece), after])
    case 3: return Buffer.concat([before, after, piece])
    case 4: return Buffer.concat([before, Buffer.from(piece.map((octet) => (random(3) === 0 ? octet ^ (1 << random(8)) : octet))), after])
    case 5: {
      const other = bases[random(bases.length)]!
      const from = random(other.length)
      return Buffer.concat([before, other.subarray(from, from + random(2_000)), after])
    }
    case 6: return Buffer.concat([before, Buffer.from(piece.toReversed()), after])
    default: return Buffer.concat([before, ...Array.from({ length: 1 + random(20) }, () => salt[random(salt.length)]!), piece, after])
  }
}
