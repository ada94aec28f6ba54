// A host with its web side on a real socket and a real database; its mail side is a relay that nothing reaches.
import { randomBytes } from 'node:crypto'
import { afterAll } from 'vitest'
import { systemClock } from '../../src/clock.ts'
import { readConfig, type Environment } from '../../src/config.ts'
import { insertWholeAccount } from '../../src/flow/create-account.ts'
import { createToken } from '../../src/flow/create-token.ts'
import type { Host } from '../../src/flow/host.ts'
import { createAuth, type Auth } from '../../src/http/auth.ts'
import { createWeb } from '../../src/http/create-web.ts'
import { listen } from '../../src/http/listen.ts'
import { createLog } from '../../src/log.ts'
import type { Mailbox } from '../../src/mail/address.ts'
import { setPassword } from '../../src/store/accounts.ts'
import { createCorrespondents } from '../../src/store/correspondents.ts'
import type { Database } from '../../src/store/database.ts'
import { createLeases } from '../../src/store/leases.ts'
import { createRecorder } from '../../src/store/recorder.ts'
import { createRoutes } from '../../src/store/routes.ts'
import { deriveKeys } from '../../src/store/secret.ts'
import { createSenders } from '../../src/store/senders.ts'
import type { Scope } from '../../src/store/tokens.ts'
import { createVerifier } from '../../src/verify/authenticate.ts'
import { createResolver } from '../../src/verify/resolver.ts'

export const createTestHost = (db: Database, env: Environment = {}): Host => {
  const config = readConfig({ BURNBOX_LOG: process.env['TEST_LOG'] ?? 'silent', ...env }, '/nonexistent')
  const log = createLog(config.logLevel)
  const keys = deriveKeys(config.secret ?? 'a secret for tests only')
  const resolve = createResolver(config.dns, systemClock)
  return {
    config, domain: config.domain, db, keys, clock: systemClock, log, routes: createRoutes(db), correspondents: createCorrespondents(db, keys, systemClock),
    senders: createSenders(db, keys, log),
    recorder: createRecorder(db, systemClock, log), random: randomBytes, wakeWorker: () => {},
    leases: createLeases(db, systemClock, log), pingStore: async () => {},
    resolve, verifier: createVerifier(resolve),
    signer: undefined,
    inside: () => { throw new Error('no mail leaves this host') },
    relay: { begin: () => { throw new Error('no mail leaves this host') }, room: () => 0, probeNow: () => {}, close: () => {} },
    stopping: new AbortController().signal, stopWaiting: new AbortController().signal,
  }
}

export type Person = { readonly id: string; readonly email: string; readonly password: string; readonly token: string }
export type Answer = { readonly status: number; readonly headers: Headers; readonly body: any; readonly text: string }
export type Call = { readonly token?: string | undefined; readonly headers?: Readonly<Record<string,
  string>>; readonly json?: unknown; readonly body?: string }
export type TestWeb = {
  readonly host: Host
  readonly auth: Auth
  readonly origin: string
  readonly call: (method: string, path: string, options?: Call) => Promise<Answer>
  readonly person: (name: string, options?: { readonly role?: 'operator' | 'member'; readonly scopes?: readonly Scope[] }) => Promise<Person>
  readonly token: (person: Pick<Person, 'id'>, scopes: readonly Scope[]) => Promise<string>
  /** The Cookie header of a signed-in browser. */
  readonly signIn: (person: Person) => Promise<string>
}

/** One password hash for all: making it is slow on purpose. */
const password = 'correct horse battery'
let passwordHash: string | undefined

export const startWeb = async (db: Database, options: { readonly env?: Environment; readonly webFolder?: string } = {}): Promise<TestWeb> => {
  const listener = await listen({ host: '127.0.0.1', port: 0 })
  const host = createTestHost(db, { BURNBOX_HTTP: `127.0.0.1:${listener.port}`, ...options.env })
  const auth = createAuth(host)
  const web = createWeb({ host, auth, ...(options.webFolder !== undefined && { webFolder: options.webFolder }) })
  listener.serve(web.app)
  afterAll(async () => {
    await web[Symbol.asyncDispose]()
    await listener.close()
  })
  const origin = `http://127.0.0.1:${listener.port}`

  const call: TestWeb['call'] = async (method, path, { token, headers = {}, json, body } = {}) => {
    const response = await fetch(origin + path, {
      method, redirect: 'manual',
      headers: { ...(token !== undefined && { authorization: `Bearer ${token}` }), ...(json !== undefined && { 'content-type': 'application/json' }),
        ...headers },
      ...(json !== undefined ? { body: JSON.stringify(json) } : body !== undefined && { body }),
    })
    const text = await response.text()
    const isJson = /json/.test(response.headers.get('content-type') ?? '')
    return { status: response.status, headers: response.headers, text, body: isJson && text !== '' ? JSON.parse(text) : undefined }
  }
  const token: TestWeb['token'] = async (person, scopes) => (await createToken(auth, { accountId: person.id, name: 'test', scopes })).token

  return {
    host, auth, origin, call, token,
    person: async (name, { role = 'member', scopes = [] } = {}) => {
      const email = `${name}@home.example`
      passwordHash ??= await auth.hashPassword(password)
      const hash = passwordHash
      const id = await db.transaction().execute(async (tx) => {
        const made = await insertWholeAccount(host, tx, { email: email as Mailbox, role, inboxes: [] })
        await setPassword(tx, made, hash, host.clock.now())
        return made
      })
      return { id, email, password, token: await token({ id }, scopes) }
    },
    signIn: async (person) => {
      const { status, headers } = await call('POST', '/auth/sign-in/email', { json: { email: person.email, password: person.password }, headers: { origin } })
      if (status !== 200) throw new Error(`sign-in answered ${status}`)
      return headers.getSetCookie().map((cookie) => cookie.split(';')[0]).join('; ')
    },
  }
}
