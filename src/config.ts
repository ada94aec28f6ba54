// What the environment says (INTERFACE.md, "Environment"): read once at start, every mistake told together.
// A `.env` file in the working directory counts too; the real environment wins.
import { createPrivateKey, X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { isIP, isIPv4 } from 'node:net'
import { join, resolve } from 'node:path'
import { domainToASCII } from 'node:url'
import { parseEnv } from 'node:util'

export type Environment = Readonly<Record<string, string | undefined>>
export type Endpoint = { readonly host: string; readonly port: number }

export type RelayConfig =
  | { readonly kind: 'local' }
  | { readonly kind: 'direct' }
  | { readonly kind: 'smarthost'; readonly host: string; readonly port: number; readonly secure: boolean; readonly user?: string; readonly pass?: string }

export type RspamdConfig = { readonly url: string; readonly password?: string }

export type LogLevel = (typeof logLevels)[number]

export type Config = {
  readonly domain: string                       // lower-case A-labels
  readonly local: boolean                       // no BURNBOX_DOMAIN: try everything, send nothing
  readonly url: URL                             // port 0 here means: the port that the system chose for `http`
  readonly http: Endpoint
  readonly smtp: Endpoint
  readonly data: string                         // absolute
  readonly databaseUrl?: string
  readonly relay: RelayConfig
  readonly dns: readonly string[]               // as dns.setServers takes them; empty: the system's
  readonly mxPort: number
  readonly mxAllowPrivate: boolean
  readonly webhookPrivate: boolean              // webhooks may lead into private networks, and be http
  readonly secret?: string
  readonly tls?: { readonly cert: string; readonly key: string }     // absolute paths
  readonly proxyProtocol: false | readonly string[]                  // addresses and networks
  readonly trustedClients: readonly string[]                         // addresses and networks
  readonly trustedProxies: readonly string[]                         // addresses and networks
  readonly unsafeDatabase: boolean
  readonly arcTrusted: readonly string[]        // domains, lower-case A-labels
  readonly rspamd?: RspamdConfig
  readonly submission?: readonly Endpoint[]
  readonly benchBare: boolean
  readonly dkimEd25519: boolean                 // a second signature
  readonly maxMessageBytes: number
  readonly queueMessages: number                // deliveries in the queue, over which new ones are not taken
  readonly logLevel: LogLevel
}

/** RFC 8314 §3.3: 465 begins with TLS, 587 asks for STARTTLS. A port behind a container or for tests says by its end which of them it is: 2465, 10465. */
export const isImplicitTls = (port: number): boolean => port % 1_000 === 465

export class ConfigMistakes extends Error {
  readonly mistakes: readonly string[]

  constructor(mistakes: readonly string[]) {
    super(mistakes.join('\n'))
    this.name = 'ConfigMistakes'
    this.mistakes = mistakes
  }
}

const logLevels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const
const localDomain = 'burn.localhost'
// VERP and reverse addresses carry a MAC made from it: a secret that can be guessed offline is none.
const leastSecretLength = 16
// RFC 5321 §4.5.3.1.7 wants 64 KiB; smaller limits are for tests, and below this no header fits.
const leastMessageBytes = 1024
const mostMessageBytes = 1024 ** 3

export function readEnvironment(folder: string = process.cwd(), own: Environment = process.env): Environment {
  let text: string
  try {
    text = readFileSync(join(folder, '.env'), 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return own
    throw new ConfigMistakes([`.env in ${folder} cannot be read: ${(error as Error).message}`])
  }
  return { ...parseEnv(text), ...own }
}

export function readConfig(env: Environment, folder: string = process.cwd()): Config {
  const mistakes: string[] = []

  // An empty variable counts as unset, as `NAME=` in a .env file is how people switch one off.
  function read<T>(name: string, fallback: T, parse: (text: string) => T): T {
    const text = env[name]?.trim()
    if (!text) return fallback
    try {
      return parse(text)
    } catch (error) {
      if (!(error instanceof Mistake)) throw error
      mistakes.push(`${name}: ${error.message}`)
      return fallback
    }
  }

  const domain = read<string | undefined>('BURNBOX_DOMAIN', undefined, parseDomain)
  const local = !env['BURNBOX_DOMAIN']?.trim()
  const listen = read('BURNBOX_HTTP', { host: '127.0.0.1', port: 3000 }, (text) => parseEndpoint(text, 0))
  const http = { host: listen.host, port: read('PORT', listen.port, (text) => parsePort(text, 0)) }
  const data = read('BURNBOX_DATA', resolve(folder, 'data'), (text) => resolve(folder, text))
  const databaseUrl = read<string | undefined>('DATABASE_URL', undefined, parseDatabaseUrl)
  const secret = read<string | undefined>('BURNBOX_SECRET', undefined, parseSecret)
  if (env['DATABASE_URL']?.trim() && !env['BURNBOX_SECRET']?.trim()) {
    mistakes.push('BURNBOX_SECRET: must be set with DATABASE_URL, the same on every process that uses that database (make one: openssl rand -base64 32)')
  }
  const tls = readTls(env, folder, mistakes)
  const rspamd = read<RspamdConfig | undefined>('BURNBOX_RSPAMD', undefined, parseRspamd)
  const submission = read<readonly Endpoint[] | undefined>('BURNBOX_SUBMISSION', undefined, (text) => items(text).map((item) => parseEndpoint(item, 1)))

  const config: Config = {
    domain: domain ?? localDomain,
    local,
    url: read('BURNBOX_URL', new URL(`http://localhost:${http.port}`), parseBaseUrl),
    http,
    smtp: read('BURNBOX_SMTP', { host: '127.0.0.1', port: 2525 }, (text) => parseEndpoint(text, 0)),
    data,
    ...(databaseUrl !== undefined && { databaseUrl }),
    relay: read<RelayConfig>('BURNBOX_RELAY', { kind: local ? 'local' : 'direct' }, parseRelay),
    dns: read<readonly string[]>('BURNBOX_DNS', [], (text) => items(text).map(parseDnsServer)),
    mxPort: read('BURNBOX_MX_PORT', 25, (text) => parsePort(text, 1)),
    mxAllowPrivate: read('BURNBOX_MX_ALLOW_PRIVATE', false, parseBoolean),
    webhookPrivate: read('BURNBOX_WEBHOOK_PRIVATE', false, parseBoolean),
    ...(secret !== undefined && { secret }),
    ...(tls && { tls }),
    proxyProtocol: read<false | readonly string[]>('BURNBOX_PROXY_PROTOCOL', false, parseProxyProtocol),
    // The one variable where empty means something else than unset: nobody is trusted.
    trustedClients: env['BURNBOX_TRUSTED_CLIENTS']?.trim() === ''
      ? []
      : read<readonly string[]>('BURNBOX_TRUSTED_CLIENTS', ['127.0.0.0/8', '::1'], parseNetworks),
    trustedProxies: read<readonly string[]>('BURNBOX_TRUSTED_PROXIES', [], parseNetworks),
    unsafeDatabase: read('BURNBOX_UNSAFE_DATABASE', false, parseBoolean),
    arcTrusted: read<readonly string[]>('BURNBOX_ARC_TRUSTED', [], (text) => items(text).map(parseDomain)),
    ...(rspamd !== undefined && { rspamd }),
    ...(submission && { submission }),
    benchBare: read('BURNBOX_BENCH_BARE', false, parseBoolean),
    dkimEd25519: read('BURNBOX_DKIM_ED25519', false, parseBoolean),
    maxMessageBytes: read('BURNBOX_MAX_MESSAGE_BYTES', 36_700_160, parseMessageBytes),
    queueMessages: read('BURNBOX_QUEUE_MESSAGES', 100_000, parseCount),
    logLevel: read<LogLevel>('BURNBOX_LOG', 'info', parseLogLevel),
  }
  if (mistakes.length > 0) throw new ConfigMistakes(mistakes)
  return config
}

class Mistake extends Error {}

function mistake(text: string): never {
  throw new Mistake(text)
}

function items(text: string): string[] {
  return text.split(',').map((item) => item.trim()).filter((item) => item !== '')
}

function quoted(text: string): string {
  return JSON.stringify(text.length > 80 ? `${text.slice(0, 80)}…` : text)
}

function parseDomain(text: string): string {
  const domain = domainToASCII(text.replace(/\.$/, '')).toLowerCase()
  const label = '[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?'
  if (isIP(text) || domain.length > 253 || !new RegExp(`^(${label}\\.)+${label}$`).test(domain) || /^[0-9.]+$/.test(domain)) {
    mistake(`${quoted(text)} is not a domain name; write one like burn.example`)
  }
  return domain
}

function parsePort(text: string, least: number): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : NaN
  if (!(port >= least && port <= 65_535)) mistake(`${quoted(text)} is not a port; write a number from ${least} to 65535`)
  return port
}

function parseEndpoint(text: string, leastPort: number): Endpoint {
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

function parseBaseUrl(text: string): URL {
  const url = parseUrl(text, ['http:', 'https:'], 'https://burn.example')
  if (url.username || url.pathname !== '/' || url.search || url.hash) mistake(`${safeUrl(text)} must be scheme and host alone, like https://burn.example`)
  return url
}

function parseDatabaseUrl(text: string): string {
  parseUrl(text, ['postgres:', 'postgresql:'], 'postgres://user:password@host:5432/burnbox')
  return text
}

function parseRspamd(text: string): RspamdConfig {
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

function parseSecret(text: string): string {
  if (text.length < leastSecretLength) mistake(`is too short; write at least ${leastSecretLength} characters (make one: openssl rand -base64 32)`)
  return text
}

function parseRelay(text: string): RelayConfig {
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

function parseDnsServer(text: string): string {
  if (isIP(text)) return text
  const { host } = parseEndpoint(text, 1)
  if (!isIP(host)) mistake(`${quoted(text)} is not a DNS server; write addresses like 127.0.0.1:5353 or [::1]:53`)
  return text
}

function parseNetworks(text: string): readonly string[] {
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

function parseProxyProtocol(text: string): false | readonly string[] {
  if (text === 'false') return false
  if (text === 'true') mistake('name the addresses that may send it, like 10.0.0.7 or 10.0.0.0/8: anyone else could forge the client’s address')
  return parseNetworks(text)
}

function parseBoolean(text: string): boolean {
  if (text === 'true' || text === '1') return true
  if (text === 'false' || text === '0') return false
  mistake(`${quoted(text)} is neither true nor false`)
}

function parseMessageBytes(text: string): number {
  const bytes = /^\d+$/.test(text) ? Number(text) : NaN
  if (!(bytes >= leastMessageBytes && bytes <= mostMessageBytes)) {
    mistake(`${quoted(text)} is not a size; write a number of bytes from ${leastMessageBytes} to ${mostMessageBytes}`)
  }
  return bytes
}

function parseCount(text: string): number {
  const count = /^\d{1,9}$/.test(text) ? Number(text) : NaN
  if (!(count >= 1)) mistake(`${quoted(text)} is not a number of messages; write one from 1 to 999999999`)
  return count
}

function parseLogLevel(text: string): LogLevel {
  return logLevels.find((level) => level === text) ?? mistake(`${quoted(text)} is not a level; write one of ${logLevels.join(', ')}`)
}

function readTls(env: Environment, folder: string, mistakes: string[]): Config['tls'] {
  const [cert, key] = [env['BURNBOX_TLS_CERT']?.trim(), env['BURNBOX_TLS_KEY']?.trim()]
  if (!cert && !key) return undefined
  if (!cert || !key) {
    mistakes.push(`${cert ? 'BURNBOX_TLS_KEY' : 'BURNBOX_TLS_CERT'}: must be set too; certificate and key go together`)
    return undefined
  }
  const tls = { cert: resolve(folder, cert), key: resolve(folder, key) }
  const certificate = readPem('BURNBOX_TLS_CERT', tls.cert, 'certificate', (pem) => new X509Certificate(pem), mistakes)
  const privateKey = readPem('BURNBOX_TLS_KEY', tls.key, 'private key', (pem) => createPrivateKey(pem), mistakes)
  if (certificate && privateKey && !certificate.checkPrivateKey(privateKey)) {
    mistakes.push(`BURNBOX_TLS_KEY: ${tls.key} is not the key of the certificate ${tls.cert}`)
  }
  return tls
}

function readPem<T>(name: string, path: string, kind: string, parse: (pem: Buffer) => T, mistakes: string[]): T | undefined {
  let pem: Buffer
  try {
    pem = readFileSync(path)
  } catch (error) {
    mistakes.push(`${name}: ${path} cannot be read (${(error as NodeJS.ErrnoException).code ?? 'error'})`)
    return undefined
  }
  try {
    return parse(pem)
  } catch {
    mistakes.push(`${name}: ${path} holds no PEM ${kind}`)
    return undefined
  }
}
