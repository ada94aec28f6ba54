// D14: what a sender signed with S/MIME (RFC 8551) or OpenPGP (RFC 3156) verifies at the inbox, and what programs read in a body arrives unread.
// The other side is OpenSSL and GnuPG.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test as plainTest } from 'vitest'
import { createDatabase } from '../../support/database.ts'
import { openMailProcess } from '../../support/mail-process.ts'
import { openNextHop } from '../../support/next-hop.ts'
import { testNeeding } from '../../support/tools.ts'

const { url } = await createDatabase()

function folder(): (name: string) => string {
  const path = mkdtempSync(join(tmpdir(), 'burnbox-signed-'))
  onTestFinished(() => rmSync(path, { recursive: true, force: true }))
  return (name) => join(path, name)
}

type Ended = { readonly status: number | null; readonly out: Buffer; readonly err: string }

function run(program: string, args: readonly string[], input: string | Buffer = ''): Ended {
  const { status, stdout, stderr } = spawnSync(program, args, { input })
  return { status, out: stdout, err: stderr.toString() }
}

const top = ['From: Ann <ann@shop.example>', 'To: you', 'Subject: signed', 'Date: Thu, 01 Jan 2026 00:00:00 +0000', 'Message-ID: <1@shop.example>'].join('\r\n')
// What a program that rewrites bodies would touch: blanks at line ends, dots, From, 8-bit text, empty lines at the end.
const text = 'Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\nGr\u00fc\u00dfe, \t\r\n.\r\nFrom here\r\n  on\r\n\r\n\r\n'

let names = 0

/** As the inbox gets it. */
async function forwarded(message: string | Buffer): Promise<Buffer> {
  const hop = await openNextHop()
  onTestFinished(() => hop[Symbol.asyncDispose]())
  const mail = await openMailProcess(url, { relay: hop.url })
  const alias = await mail.alias(await mail.account(`signer${++names}`))
  expect((await mail.send({ to: alias.address, message, parameters: 'BODY=8BITMIME' })).dot).toMatch(/^250 /)
  return hop.accepted[0]!.bytes
}

describe('D14 S/MIME', () => {
  const test = testNeeding('openssl')
  const certificate = (at: (name: string) => string): void => {
    expect(run('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', '/CN=Ann/emailAddress=ann@shop.example',
      '-keyout', at('key.pem'), '-out', at('cert.pem')]).status).toBe(0)
  }
  const sign = (at: (name: string) => string, ...how: readonly string[]): string => {
    const signed = run('openssl', ['cms', '-sign', '-signer', at('cert.pem'), '-inkey', at('key.pem'), '-crlfeol', ...how], Buffer.from(text))
    expect(signed.status, signed.err).toBe(0)
    return `${top}\r\n${signed.out.toString('latin1').replace(/\r?\n/g, '\r\n')}`
  }
  const verify = (at: (name: string) => string, message: Buffer): Ended =>
    run('openssl', ['cms', '-verify', '-CAfile', at('cert.pem'), '-crlfeol', '-purpose', 'any'], message)

  test.each([['multipart/signed', false], ['application/pkcs7-mime', true]] as const)('%s verifies', async (_, isOpaque) => {
    const at = folder()
    certificate(at)
    const got = await forwarded(Buffer.from(sign(at, '-binary', ...isOpaque ? ['-nodetach'] : []), 'latin1'))
    const seen = verify(at, got)
    expect(seen.err).toMatch(/Verification successful/)
    expect(seen.out.toString()).toBe(text)
    expect(verify(at, Buffer.from(got.toString('latin1').replace('From here', 'From there'), 'latin1')).status === 0).toBe(isOpaque)
  })

  test('an encrypted message can be read', async () => {
    const at = folder()
    certificate(at)
    const sealed = run('openssl', ['cms', '-encrypt', '-aes256', '-binary', at('cert.pem')], Buffer.from(text))
    const got = await forwarded(`${top}\r\n${sealed.out.toString('latin1').replace(/\r?\n/g, '\r\n')}`)
    expect(run('openssl', ['cms', '-decrypt', '-recip', at('cert.pem'), '-inkey', at('key.pem')], got).out.toString()).toBe(text)
  })
})

describe('D14 OpenPGP', () => {
  const test = testNeeding('gpg')

  test('multipart/signed verifies, and not when an octet changes', async () => {
    const at = folder()
    const gpg = (...args: readonly string[]): Ended => run('gpg', ['--homedir', at(''), '--batch', '--quiet', ...args])
    onTestFinished(() => void run('gpgconf', ['--homedir', at(''), '--kill', 'all']))
    const made = gpg('--passphrase', '', '--quick-generate-key', 'ann@shop.example', 'ed25519', 'sign', '1d')
    expect(made.status, made.err).toBe(0)
    writeFileSync(at('part'), text)
    expect(gpg('--armor', '--detach-sign', '--output', at('part.asc'), at('part')).status).toBe(0)
    const signature = readFileSync(at('part.asc'), 'latin1').replace(/\r?\n/g, '\r\n')
    const got = await forwarded(Buffer.from([top, 'MIME-Version: 1.0',
      'Content-Type: multipart/signed; boundary="b"; micalg=pgp-sha512; protocol="application/pgp-signature"', '', '--b', `${text}\r\n--b`,
      'Content-Type: application/pgp-signature', '', `${signature}\r\n--b--`, ''].join('\r\n')))
    const [, part = '', rest = ''] = got.toString().split(/\r\n--b\r\n/)
    writeFileSync(at('got'), part)
    writeFileSync(at('got.asc'), rest.slice(rest.indexOf('\r\n\r\n') + 4, rest.indexOf('\r\n--b--')))
    expect(gpg('--verify', at('got.asc'), at('got')).err).toMatch(/Good signature/)
    writeFileSync(at('got'), part.replace('\t', ' '))
    expect(gpg('--verify', at('got.asc'), at('got')).status).not.toBe(0)
  })
})

plainTest.each([
  ['a calendar invitation', 'Content-Type: text/calendar; method=REQUEST; charset=utf-8',
    'BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nBEGIN:VEVENT\r\nORGANIZER;CN=Ann:mailto:ann@shop.example\r\n'
      + 'ATTENDEE;RSVP=TRUE:mailto:you@burn\r\n .example\r\nEND:VEVENT\r\n'],
  ['TNEF', 'Content-Type: application/ms-tnef; name="winmail.dat"\r\nContent-Transfer-Encoding: base64',
    'eJ8+IgQQAQaQCAAEAAAAAAABAAEAAQeQBgAIAAAA5AQAAAAAAADoAAEGgAMADgAAAA==\r\n'],
] as const)('D14 %s arrives octet for octet', async (_, header, body) => {
  const got = await forwarded(`${top}\r\nMIME-Version: 1.0\r\n${header}\r\n\r\n${body}`)
  expect(got.toString()).toContain(`\r\n${header}\r\n`)
  expect(got.subarray(got.indexOf('\r\n\r\n') + 4).toString()).toBe(body)
})
