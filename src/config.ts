// What the environment says (INTERFACE.md, "Environment"): read once at start, every mistake told together.
// A `.env` file in the working directory counts too; the real environment wins.
import { createPrivateKey, X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { parseEnv } from 'node:util'
import {
  items, Mistake, parseBaseUrl, parseBoolean, parseCount, parseDatabaseUrl, parseDnsServer, parseDomain, parseEndpoint, parseLogLevel, parseMessageBytes,
  parseNetworks, parsePort, parseProxyProtocol, parseRelay, parseRspamd, parseSecret, type Endpoint, type LogLevel, type RelayConfig, type RspamdConfig,
} from './config-values.ts'

export type Environment = Readonly<Record<string, string | undefined>>

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

const localDomain = 'burn.localhost'

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
