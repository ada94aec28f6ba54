// What the text of a variable means. A mistake says in one sentence what to write instead.
import { isIP, isIPv4 } from 'node:net'
import { domainToASCII } from 'node:url'

export type Endpoint = { readonly host: string; readonly port: number }

export type RelayConfig =
  | { readonly kind: 'local' }
  | { readonly kind: 'direct' }
  | { readonly kind: 'smarthost'; readonly host: string; readonly port: number; readonly secure: boolean; readonly user?: string; readonly pass?: string }

export type RspamdConfig = { readonly url: string; readonly password?: string }

const logLevels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const
export type LogLevel = (typeof logLevels)[number]

// VERP and reverse addresses carry a MAC made from it: a secret that can be guessed offline is none.
const leastSecretLength = 16
// RFC 5321 §4.5.3.1.7 wants 64 KiB; smaller limits are for tests, and below this no header fits.
const leastMessageBytes = 1024
const mostMessageBytes = 1024 ** 3

export class Mistake extends Error {}

function mistake(text: string): never {
  throw new Mistake(text)
}

export function items(text: string): string[] {
  return text.split(',').map((item) => item.trim()).filter((item) => item !== '')
}

function quoted(text: string): string {
  return JSON.stringify(text.length > 80 ? `${text.slice(0, 80)}…` : text)
}

export function parseDomain(text: string): string {
  const domain = domainToASCII(text.replace(/\.$/, '')).toLowerCase()
  const label = '[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?'
  if (isIP(text) || domain.length > 253 || !new RegExp(`^(${label}\\.)+${label}$`).test(domain) || /^[0-9.]+$/.test(domain)) {
    mistake(`${quoted(text)} is not a domain name; write one like burn.example`)
  }
  return domain
}

export function parsePort(text: string, least: number): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : NaN
  if (!(port >= least && port <= 65_535)) mistake(`${quoted(text)} is not a port; write a number from ${least} to 65535`)
  return port
}

export function parseEndpoint(text: string, leastPort: number): Endpoint {
  const [, bracketed, plain, port] = /^(?:\[([^\]]+)\]|([^:]+)):(\d+)$/.exec(text) ?? []
  const host = bracketed ?? plain
  if (!host || !port || (bracketed ? isIP(bracketed) !== 6 : !isHost(host))) {
    mistake(`${quoted(text)} is not host:port; write it like 127.0.0.1:2525 or [::1]:2525`)
  }
  return { host, port: parsePort(port, leastPort) }
}

function isHost(text: string): boolean {
  return isIPv4(text) || (/^[a-z0-9_]([a-z0-9_.-]*[a-z0-9_])?$/i.test(text) && !/^[0-9.]+$/.test(text))
}

function parseUrl(text: string, schemes: readonly string[], example: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (!url || !schemes.includes(url.protocol) || !url.hostname) mistake(`${safeUrl(text)} is not a URL that can be used here; write it like ${example}`)
  return url
}

// A mistaken URL may hold a password; it must not land in a log.
function safeUrl(text: string): string {
  return quoted(text.replace(/\/\/.*@/, '//…@'))
}

export function parseBaseUrl(text: string): URL {
  const url = parseUrl(text, ['http:', 'https:'], 'https://burn.example')
  if (url.username || url.pathname !== '/' || url.search || url.hash) mistake(`${safeUrl(text)} must be scheme and host alone, like https://burn.example`)
  return url
}

export function parseDatabaseUrl(text: string): string {
  parseUrl(text, ['postgres:', 'postgresql:'], 'postgres://user:password@host:5432/burnbox')
  return text
}

export function parseRspamd(text: string): RspamdConfig {
  const url = parseUrl(text, ['http:', 'https:'], 'http://127.0.0.1:11333')
  if (url.username || url.pathname !== '/' || url.search || url.hash) {
    mistake(`${safeUrl(text)} must be scheme, host and port alone; a password goes into http://:password@127.0.0.1:11334`)
  }
  return { url: url.origin, ...(url.password !== '' && { password: percentDecoded(url.password) }) }
}

function percentDecoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    mistake('user and password must be percent-encoded (a % as %25, an @ as %40)')
  }
}

export function parseSecret(text: string): string {
  if (text.length < leastSecretLength) mistake(`is too short; write at least ${leastSecretLength} characters (make one: openssl rand -base64 32)`)
  return text
}

export function parseRelay(text: string): RelayConfig {
  if (text === 'local' || text === 'direct') return { kind: text }
  const example = 'local, direct, smtp://user:pass@host:587 or smtps://user:pass@host:465'
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (!url || !['smtp:', 'smtps:'].includes(url.protocol) || !url.hostname || !['', '/'].includes(url.pathname) || url.search || url.hash) {
    mistake(`${safeUrl(text)} is not a relay; write ${example}`)
  }
  const secure = url.protocol === 'smtps:'
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1')
  // Without a port: the submission ports (RFC 6409 §3.1, RFC 8314 §3.3) with a login, the relay port without.
  const port = url.port ? parsePort(url.port, 1) : secure ? 465 : url.username ? 587 : 25
  if (!url.username) return { kind: 'smarthost', host, port, secure }
  return { kind: 'smarthost', host, port, secure, user: percentDecoded(url.username), pass: percentDecoded(url.password) }
}

export function parseDnsServer(text: string): string {
  if (isIP(text)) return text
  const { host } = parseEndpoint(text, 1)
  if (!isIP(host)) mistake(`${quoted(text)} is not a DNS server; write addresses like 127.0.0.1:5353 or [::1]:53`)
  return text
}

export function parseNetworks(text: string): readonly string[] {
  return items(text).map((item) => {
    const [address = '', prefix, rest] = item.split('/')
    const family = isIP(address)
    const bits = prefix === undefined ? 0 : /^\d{1,3}$/.test(prefix) ? Number(prefix) : NaN
    if (!family || rest !== undefined || !(bits <= (family === 4 ? 32 : 128))) {
      mistake(`${quoted(item)} is not an address or network; write them like 10.0.0.7 or 10.0.0.0/8, separated by commas`)
    }
    return item
  })
}

export function parseProxyProtocol(text: string): false | readonly string[] {
  if (text === 'false') return false
  if (text === 'true') mistake('name the addresses that may send it, like 10.0.0.7 or 10.0.0.0/8: anyone else could forge the client’s address')
  return parseNetworks(text)
}

export function parseBoolean(text: string): boolean {
  if (text === 'true' || text === '1') return true
  if (text === 'false' || text === '0') return false
  mistake(`${quoted(text)} is neither true nor false`)
}

export function parseMessageBytes(text: string): number {
  const bytes = /^\d+$/.test(text) ? Number(text) : NaN
  if (!(bytes >= leastMessageBytes && bytes <= mostMessageBytes)) {
    mistake(`${quoted(text)} is not a size; write a number of bytes from ${leastMessageBytes} to ${mostMessageBytes}`)
  }
  return bytes
}

export function parseCount(text: string): number {
  const count = /^\d{1,9}$/.test(text) ? Number(text) : NaN
  if (!(count >= 1)) mistake(`${quoted(text)} is not a number of messages; write one from 1 to 999999999`)
  return count
}

export function parseLogLevel(text: string): LogLevel {
  return logLevels.find((level) => level === text) ?? mistake(`${quoted(text)} is not a level; write one of ${logLevels.join(', ')}`)
}
