// The real program with two people on it, for the suites of other products' dialects: one start a file. Requests go out as clients send
// them: raw paths, any header, any body.
import { request } from 'node:http'
import { afterAll } from 'vitest'
import { startProgram } from './program.ts'
import { sendMessage } from './send-message.ts'

export type Answer = {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly text: string
  readonly body: any
}
export type Call = { readonly headers?: Readonly<Record<string, string>>; readonly json?: unknown; readonly body?: string }
export type Tenant = {
  readonly email: string
  readonly password: string
  readonly cookie: string
  /** Keys by what they may do. */
  readonly manage: string
  readonly read: string
  readonly create: string
}
export type CompatProgram = {
  readonly url: string
  readonly call: (method: string, path: string, options?: Call) => Promise<Answer>
  /** Our own API, as a person who is signed in. */
  readonly own: (tenant: Tenant, method: string, path: string, json?: unknown) => Promise<Answer>
  readonly ada: Tenant
  readonly bob: Tenant
  /** Mail from outside comes in. */
  readonly receive: (to: string, from: string, subject?: string) => Promise<void>
  /** What everybody sees who calls: another address each time, so that no limit by address is met by chance. */
  readonly elsewhere: () => Record<string, string>
}

export const domain = 'burn.localhost'
const password = 'correct horse battery'

export const startCompat = async (): Promise<CompatProgram> => {
  const program = await startProgram({ BURNBOX_TRUSTED_PROXIES: '127.0.0.1' })
  afterAll(() => program[Symbol.asyncDispose]())
  const { port } = new URL(program.url)
  let clients = 0
  const elsewhere = () => ({ 'x-forwarded-for': `192.0.2.${++clients}` })

  const call: CompatProgram['call'] = (method, path, { headers = {}, json, body } = {}) => new Promise((resolve, reject) => {
    const sent = body ?? (json === undefined ? undefined : JSON.stringify(json))
    const outgoing = request({
      host: '127.0.0.1', port, method, path,
      headers: { host: `localhost:${port}`, ...(json !== undefined && { 'content-type': 'application/json' }), ...headers,
        ...(sent !== undefined && { 'content-length': Buffer.byteLength(sent) }) },
    }, (answer) => {
      const chunks: Buffer[] = []
      answer.on('data', (chunk: Buffer) => chunks.push(chunk)).once('error', reject).once('end', () => {
        const text = Buffer.concat(chunks).toString()
        const isJson = /json/.test(answer.headers['content-type'] ?? '') && text !== ''
        resolve({ status: answer.statusCode!, headers: answer.headers, text, body: isJson ? JSON.parse(text) : undefined })
      })
    })
    outgoing.once('error', reject).end(sent)
  })
  const own: CompatProgram['own'] = (tenant, method, path, json) =>
    call(method, path, { headers: { cookie: tenant.cookie, origin: program.url }, ...(json !== undefined && { json }) })

  const tenant = async (link: string, name: string): Promise<Tenant> => {
    const email = `${name}@home.example`
    const { status, headers, text } = await call('POST', '/v1/setup', {
      json: { token: new URL(link).hash.slice(1), email, password, name }, headers: { origin: program.url, ...elsewhere() },
    })
    if (status !== 201) throw new Error(`setup answered ${status} ${text}`)
    const cookie = (headers['set-cookie'] as string[]).map((line) => line.split(';')[0]).join('; ')
    const keyWith = async (...scopes: string[]): Promise<string> =>
      (await call('POST', '/v1/tokens', { headers: { cookie, origin: program.url }, json: { name: scopes.join(' '), scopes } })).body.token
    return { email, password, cookie, manage: await keyWith('manage'), read: await keyWith('read'), create: await keyWith('create') }
  }
  const ada = await tenant(program.setup!, 'ada')
  const { body: invitation } = await own(ada, 'POST', '/v1/host/invitations', { email: 'bob@home.example' })
  const bob = await tenant(invitation.url, 'bob')

  return {
    url: program.url, call, own, ada, bob, elsewhere,
    receive: async (to, from, subject = 'Hello') => {
      await sendMessage({ port: program.smtpPort, to, from, message: `From: Shop <${from}>\r\nTo: ${to}\r\nSubject: ${subject}\r\n\r\nHello\r\n` })
    },
  }
}
