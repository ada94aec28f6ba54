// A passkey in software: answers the options of a registration or a sign-in as a browser and its authenticator would (WebAuthn level 2,
// §5.8.1 client data, §6.1 authenticator data, §6.5 attestation "none"; COSE ES256, RFC 9053 §2.1). Keys never leave this object.
import { createHash, generateKeyPairSync, randomBytes, sign, type KeyObject } from 'node:crypto'

type Options = { readonly challenge: string; readonly rp?: { readonly id: string }; readonly rpId?: string; readonly user?: { readonly id: string } }

const cbor = (value: unknown): Buffer => {
  const head = (major: number, n: number): Buffer =>
    n < 24 ? Buffer.from([major << 5 | n]) : n < 256 ? Buffer.from([major << 5 | 24, n]) : Buffer.from([major << 5 | 25, n >> 8, n & 255])
  if (typeof value === 'number') return value < 0 ? head(1, -1 - value) : head(0, value)
  if (typeof value === 'string') return Buffer.concat([head(3, Buffer.byteLength(value)), Buffer.from(value)])
  if (Buffer.isBuffer(value)) return Buffer.concat([head(2, value.length), value])
  const entries = [...value as Map<unknown, unknown>]
  return Buffer.concat([head(5, entries.length), ...entries.flatMap(([key, one]) => [cbor(key), cbor(one)])])
}
const sha256 = (bytes: Buffer | string): Buffer => createHash('sha256').update(bytes).digest()
const text = (bytes: Buffer): string => bytes.toString('base64url')

export const createAuthenticator = (origin: string, rpId = 'localhost') => {
  const id = randomBytes(16)
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  let counter = 0
  const clientData = (type: string, challenge: string): Buffer => Buffer.from(JSON.stringify({ type, challenge, origin, crossOrigin: false }))
  const authenticatorData = (flags: number, more: Buffer): Buffer => {
    const count = Buffer.alloc(4)
    count.writeUInt32BE(++counter)
    return Buffer.concat([sha256(rpId), Buffer.from([flags]), count, more])
  }
  const common = { id: text(id), rawId: text(id), type: 'public-key', clientExtensionResults: {}, authenticatorAttachment: 'platform' }

  return {
    register: (options: Options) => {
      const data = clientData('webauthn.create', options.challenge)
      const length = Buffer.from([id.length >> 8, id.length & 255])
      // Flags: user present, user verified, attested credential data.
      const authData = authenticatorData(0x45, Buffer.concat([Buffer.alloc(16), length, id, coseKey(publicKey)]))
      const attestation = cbor(new Map<unknown, unknown>([['fmt', 'none'], ['attStmt', new Map()], ['authData', authData]]))
      return { ...common, response: { clientDataJSON: text(data), attestationObject: text(attestation), transports: ['internal'] } }
    },
    signIn: (options: Options) => {
      const data = clientData('webauthn.get', options.challenge)
      const authData = authenticatorData(0x05, Buffer.alloc(0))
      const signature = sign('sha256', Buffer.concat([authData, sha256(data)]), privateKey)
      return { ...common, response: { clientDataJSON: text(data), authenticatorData: text(authData), signature: text(signature) } }
    },
  }
}

const coseKey = (key: KeyObject): Buffer => {
  const { x, y } = key.export({ format: 'jwk' })
  return cbor(new Map<unknown, unknown>([[1, 2], [3, -7], [-1, 1], [-2, Buffer.from(x!, 'base64url')], [-3, Buffer.from(y!, 'base64url')]]))
}
