// The certificate of STARTTLS: the operator's PEM files, read again when they change, or a self-signed one made at first start.
// Opportunistic TLS (RFC 7435) does not ask who we are, so a self-signed one serves any sender that does not use DANE or MTA-STS.

import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { createSecureContext } from 'node:tls'
import path from 'node:path'
import { generate } from 'selfsigned'
import type { Clock } from '../clock.ts'
import type { Config } from '../config.ts'
import type { Log } from '../log.ts'

export type Certificate = { readonly cert: Buffer; readonly key: Buffer }
export type CertificateFiles = { readonly cert: string; readonly key: string }

const LOOK_EVERY_MS = 10_000
const SELF_SIGNED_DAYS = 3_650

export const certificateFiles = async (config: Config): Promise<CertificateFiles> => {
  if (config.tls) return config.tls
  const files = { cert: path.join(config.data, 'tls-cert.pem'), key: path.join(config.data, 'tls-key.pem') }
  if (isThere(files.cert) && isThere(files.key)) return files
  const notAfterDate = new Date(Date.now() + SELF_SIGNED_DAYS * 86_400_000)
  const made = await generate([{ name: 'commonName', value: config.domain }], { keySize: 2048, notAfterDate })
  writeFileSync(files.key, made.private, { mode: 0o600 })
  writeFileSync(files.cert, made.cert, { mode: 0o644 })
  return files
}

const isThere = (file: string): boolean => statSync(file, { throwIfNoEntry: false }) !== undefined

/** Throws when the files are not a certificate with its key. */
export const readCertificate = (files: CertificateFiles): Certificate => {
  const certificate = { cert: readFileSync(files.cert), key: readFileSync(files.key) }
  createSecureContext(certificate)
  return certificate
}

/** Calls `use` with each new pair that is whole; a half-written one is tried again at the next look. Returns the function that stops. */
export const watchCertificate = (files: CertificateFiles, use: (certificate: Certificate) => void, clock: Clock, log: Log): (() => void) => {
  const stamp = (): string => [files.cert, files.key].map((file) => statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0).join(' ')
  let seen = stamp()
  const look = (): void => {
    const now = stamp()
    if (now !== seen) {
      try {
        use(readCertificate(files))
        seen = now
        log.info('the TLS certificate was read again')
      } catch (error) {
        log.warn({ err: error }, 'the changed TLS certificate cannot be used, the former one stays')
      }
    }
    timer = clock.setTimeout(look, LOOK_EVERY_MS)
    timer.unref()
  }
  let timer = clock.setTimeout(look, LOOK_EVERY_MS)
  timer.unref()
  return () => clock.clearTimeout(timer)
}
