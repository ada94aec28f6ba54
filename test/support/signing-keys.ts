// Keys to sign with in tests, and the records that publish them.
import { generateKeyPairSync } from 'node:crypto'
import type { SigningKey } from '../../src/relay/sign.ts'
import type { TxtRecords } from './verify-signature.ts'

const spki = { type: 'spki', format: 'der' } as const
const pkcs8 = { type: 'pkcs8', format: 'der' } as const

export const makeSigningKeys = (domain = 'burn.example'): { readonly rsa: SigningKey; readonly ed25519: SigningKey; readonly records: TxtRecords } => {
  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048, publicKeyEncoding: spki, privateKeyEncoding: pkcs8 })
  const ed25519 = generateKeyPairSync('ed25519', { publicKeyEncoding: spki, privateKeyEncoding: pkcs8 })
  return {
    rsa: { domain, selector: 'one', algorithm: 'rsa-sha256', privateKey: rsa.privateKey },
    ed25519: { domain, selector: 'two', algorithm: 'ed25519-sha256', privateKey: ed25519.privateKey },
    records: {
      [`one._domainkey.${domain}`]: `v=DKIM1; k=rsa; p=${rsa.publicKey.toString('base64')}`,
      [`two._domainkey.${domain}`]: `v=DKIM1; k=ed25519; p=${ed25519.publicKey.subarray(-32).toString('base64')}`,
    },
  }
}
