// Messages signed and sealed as other hosts do it: keys made here, their public halves put into a zone.
import { generateKeyPairSync } from 'node:crypto'
import { sealMessage } from 'mailauth/lib/arc/index.js'
import { dkimSign } from 'mailauth/lib/dkim/sign.js'
import type { Zone } from './dns-server.ts'

export type Signer = { readonly domain: string; readonly selector: string; readonly privateKey: string; readonly publicKey: string }

export function createSigner(domain: string, options: { readonly selector?: string; readonly bits?: number } = {}): Signer {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: options.bits ?? 1024 })
  return {
    domain, selector: options.selector ?? 's1',
    privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    publicKey: publicKey.export({ type: 'spki', format: 'der' }).toString('base64'),
  }
}

export const keyName = (signer: Signer): string => `${signer.selector}._domainkey.${signer.domain}`

/** Its strings have at most 255 octets (RFC 1035 §3.3). */
export function publish(zone: Zone, signer: Signer): void {
  zone.set(keyName(signer), 'TXT', `v=DKIM1; k=rsa; p=${signer.publicKey}`.match(/.{1,255}/g) ?? [])
}

type Terms = { readonly maxBodyLength?: number; readonly signTime?: Date; readonly expires?: Date }

/** The message with a signature on top. */
export async function signed(message: string, signer: Signer, terms: Terms = {}): Promise<string> {
  const { signatures, errors } = await dkimSign(message, {
    ...(terms.signTime && { signTime: terms.signTime }), ...(terms.expires && { expires: terms.expires }),
    signatureData: [{
      signingDomain: signer.domain, selector: signer.selector, privateKey: signer.privateKey,
      ...(terms.maxBodyLength !== undefined && { maxBodyLength: terms.maxBodyLength }),
    }],
  } as Parameters<typeof dkimSign>[1])
  if (errors.length > 0) throw new Error(`not signed: ${JSON.stringify(errors)}`)
  return signatures + message
}

/** The message with an ARC set on top, in which the signer says what it found. */
export async function sealed(message: string, signer: Signer, found: string, cv: 'none' | 'pass' = 'none'): Promise<string> {
  const fields = await sealMessage(message, {
    signingDomain: signer.domain, selector: signer.selector, privateKey: signer.privateKey, authResults: `mx.${signer.domain};\r\n ${found}`, cv,
  } as Parameters<typeof sealMessage>[1])
  return fields.toString() + message
}
