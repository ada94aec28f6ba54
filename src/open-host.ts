// From the configuration to a Host: database, secret, routes, recorder, relay. Used by the program and, with other parts, by its tests.

import { randomBytes } from 'node:crypto'
import { accessSync, constants, mkdirSync } from 'node:fs'
import { sql } from 'kysely'
import { systemClock, type Clock } from './clock.ts'
import { ConfigMistakes, type Config } from './config.ts'
import type { RspamdConfig } from './config-values.ts'
import type { Host } from './flow/host.ts'
import { mailServerName } from './flow/dns-records.ts'
import { dkimAlgorithms } from './flow/rotate-dkim.ts'
import { createLocalRelay } from './flow/local-relay.ts'
import type { Log } from './log.ts'
import type { Relay } from './relay/attempt.ts'
import { createDirect } from './relay/direct.ts'
import { addressesOfMachine } from './relay/exchanges.ts'
import { createSigner } from './relay/sign.ts'
import { createSmarthost } from './relay/smarthost.ts'
import { createInside } from './smtp/inside.ts'
import { batched } from './store/batched.ts'
import { createCorrespondents } from './store/correspondents.ts'
import { followDatabase } from './store/database-clock.ts'
import { checkDatabase, openDatabase, type Database } from './store/database.ts'
import { activeDkimKeys, readActiveDkimKeys } from './store/dkim-keys.ts'
import { ensureHostDomain } from './store/domains.ts'
import { startEmbeddedPostgres } from './store/embedded-postgres.ts'
import { createLeases } from './store/leases.ts'
import { migrate } from './store/migrate.ts'
import { createRecorder } from './store/recorder.ts'
import { createRoutes } from './store/routes.ts'
import { checkSecret, deriveKeys, secretInFolder } from './store/secret.ts'
import { createSenders } from './store/senders.ts'
import { createTlsHistory } from './store/tls-history.ts'
import { createVerifier } from './verify/authenticate.ts'
import { lookUpBy } from './verify/look-up.ts'
import { createResolver, type Resolve } from './verify/resolver.ts'
import { createRspamd, type SpamFilter } from './verify/rspamd.ts'

export type OpenHost = {
  readonly host: Host
  readonly stop: { readonly stopping: AbortController; readonly stopWaiting: AbortController }
  /** The worker, once there is one. */
  readonly onWake: (wake: () => void) => void
  /** Writes what is gathered and lets go of everything; the embedded database stops when nobody else uses it. */
  readonly close: () => Promise<void>
}

const CONNECTIONS = 20
const RANDOM_POOL_BYTES = 4_096

export const openHost = async (
  config: Config, log: Log,
  options: { readonly clock?: Clock; readonly relay?: (db: Database, clock: Clock) => Relay } = {},
): Promise<OpenHost> => {
  makeDataFolder(config.data)
  const embedded = config.databaseUrl === undefined ? await startEmbeddedPostgres(config.data, { log }) : undefined
  const db = openDatabase(config.databaseUrl ?? embedded!.url, { max: CONNECTIONS })
  let stopClock = (): void => {}
  const letGo = async (): Promise<void> => {
    stopClock()
    await db.destroy()
    await embedded?.[Symbol.asyncDispose]()
  }
  try {
    await checkDatabase(db, { unsafe: config.unsafeDatabase })
    await migrate(db)
    const keys = deriveKeys(config.secret ?? secretInFolder(config.data))
    await checkSecret(db, keys)
    await db.transaction().execute((tx) => ensureHostDomain(tx, config.domain))
    const followed = options.clock ? { clock: options.clock, stop: () => {} } : await followDatabase(systemClock, db, log)
    stopClock = followed.stop
    return assemble(config, log, followed.clock, db, keys, options.relay, letGo)
  } catch (error) {
    await letGo()
    throw error
  }
}

/** Known only when it is wanted: a path through a file, a disk that is read-only, somebody else's folder. */
const makeDataFolder = (folder: string): void => {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    accessSync(folder, constants.R_OK | constants.W_OK | constants.X_OK)
  } catch (error) {
    throw new ConfigMistakes([`BURNBOX_DATA: ${folder} cannot be a folder to write in (${(error as NodeJS.ErrnoException).code ?? 'error'})`])
  }
}

const assemble = (
  config: Config, log: Log, clock: Clock, db: Database, keys: Host['keys'], relayOf: ((db: Database, clock: Clock) => Relay) | undefined,
  letGo: () => Promise<void>,
): OpenHost => {
  const stop = { stopping: new AbortController(), stopWaiting: new AbortController() }
  const recorder = createRecorder(db, clock, log)
  const ping = batched(async (questions: readonly true[]) => {
    await sql`select 1`.execute(db)
    return questions
  }, { rounds: 1, size: 1_000 })
  let wake = (): void => {}
  const resolve = createResolver(config.dns, clock)
  const host: Host = {
    config, domain: config.domain, db, keys, clock, log, recorder,
    inside: createInside(() => host),
    relay: relayOf ? relayOf(db, clock) : createRelay(config, log, clock, db, resolve),
    signer: config.benchBare ? undefined : createSigner(
      () => activeDkimKeys(db, keys, config.domain, dkimAlgorithms(config), clock.now()), clock,
      (domain) => readActiveDkimKeys(db, keys, domain, dkimAlgorithms(config)),
    ),
    routes: createRoutes(db),
    correspondents: createCorrespondents(db, keys, clock),
    senders: createSenders(db, keys, log),
    leases: createLeases(db, clock, log),
    resolve,
    verifier: createVerifier(resolve),
    spamFilter: config.rspamd && !config.benchBare ? rspamdFor(config, config.rspamd, resolve, clock, log) : undefined,
    random: pooledRandom(),
    pingStore: () => ping(true),
    wakeWorker: () => wake(),
    stopping: stop.stopping.signal,
    stopWaiting: stop.stopWaiting.signal,
  }
  return {
    host, stop,
    onWake: (next) => { wake = next },
    close: async () => {
      host.relay.close()
      host.verifier.close()
      host.spamFilter?.close()
      await host.senders.flush()
      await recorder.flush()
      await letGo()
    },
  }
}

const rspamdFor = (config: Config, rspamd: RspamdConfig, resolve: Resolve, clock: Clock, log: Log): SpamFilter =>
  createRspamd(rspamd, config.domain, resolve, clock, log, config.dns.length > 0 ? lookUpBy(resolve) : undefined)

const createRelay = (config: Config, log: Log, clock: Clock, db: Database, resolve: Resolve): Relay => {
  switch (config.relay.kind) {
    case 'local': return createLocalRelay(db, clock, config.domain)
    case 'smarthost': return createSmarthost(config.relay, config.domain, clock, config.dns.length > 0 ? resolve : undefined)
    case 'direct': {
      const lookup = {
        resolve, allowPrivate: config.mxAllowPrivate, ourName: config.domain, ourMailServer: mailServerName(config), ourAddresses: addressesOfMachine,
        random: Math.random,
      }
      return createDirect({ lookup, port: config.mxPort, tls: createTlsHistory(db), clock, log })
    }
  }
}

/** Each octet is given out once; a call to the system for 8 of them costs as much as one for 4,096. */
const pooledRandom = (): Host['random'] => {
  let pool = Buffer.alloc(0)
  return (octets) => {
    if (octets > RANDOM_POOL_BYTES) return randomBytes(octets)
    if (pool.length < octets) pool = randomBytes(RANDOM_POOL_BYTES)
    const taken = pool.subarray(0, octets)
    pool = pool.subarray(octets)
    return taken
  }
}
