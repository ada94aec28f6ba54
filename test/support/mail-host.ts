// The real program between real sockets: a database of its own, a recording next hop, an operator, another account, and aliases in every state.
import { afterAll } from 'vitest'
import { burnAlias } from '../../src/flow/burn-alias.ts'
import { closeAlias } from '../../src/flow/close-alias.ts'
import { createAccount } from '../../src/flow/create-account.ts'
import { createAlias } from '../../src/flow/create-alias.ts'
import type { Host } from '../../src/flow/host.ts'
import { parseMailbox, type Mailbox } from '../../src/mail/address.ts'
import type { Alias } from '../../src/store/aliases.ts'
import { deriveKeys } from '../../src/store/secret.ts'
import { createDatabase, type TestDatabase } from './database.ts'
import { openNextHop, type NextHop } from './next-hop.ts'
import { startProgram, type Program } from './program.ts'
import { createTestHost } from './web-host.ts'

const SECRET = 'a secret for the tests of the mail path'

export type MailHost = {
  readonly program: Program
  readonly port: number
  readonly nextHop: NextHop
  readonly db: TestDatabase['db']
  /** The flows, on the program's database and with its keys: what another process would do. */
  readonly host: Host
  readonly operator: string
  readonly owner: string
  readonly addAlias: (localPart: string, options?: { readonly state?: Alias['state']; readonly inboxes?: readonly string[] }) => Promise<Alias>
  /** For conversations: {alias}, {burned}, … */
  readonly names: Readonly<Record<string, string>>
}

export const mailbox = (text: string): Mailbox => {
  const parsed = parseMailbox(text)
  if (!parsed) throw new Error(`not a mailbox: ${text}`)
  return parsed
}

/** Call it at the top of a file. */
export const startMailHost = async (env: Readonly<Record<string, string>> = {}): Promise<MailHost> => {
  const { db, url } = await createDatabase()
  const nextHop = await openNextHop()
  const settings = { BURNBOX_DOMAIN: 'burn.example', BURNBOX_SECRET: SECRET, DATABASE_URL: url, BURNBOX_RELAY: nextHop.url, ...env }
  const program = await startProgram(settings)
  afterAll(async () => {
    await program[Symbol.asyncDispose]()
    await nextHop[Symbol.asyncDispose]()
  })
  const host = { ...createTestHost(db, settings), keys: deriveKeys(SECRET) }
  const { id: operator } = await createAccount(host, { email: mailbox('operator@home.example'), role: 'operator', inboxes: [] })
  const inboxes = ['owner@home.example', 'second@home.example'].map(mailbox)
  const { id: owner } = await createAccount(host, { email: mailbox('owner@home.example'), role: 'member', inboxes })
  // Notices (the first stranger of an address, say) come with the minute, between whatever a test counts.
  await db.updateTable('account_settings').set({ notices: false }).execute()

  const addAlias: MailHost['addAlias'] = async (localPart, { state = 'active', inboxes } = {}) => {
    const rows = inboxes && await db.selectFrom('inboxes').select('uuid').where('account_id', '=', owner).where('address', 'in', inboxes).execute()
    const alias = await createAlias(host, {
      accountId: owner, site: null, label: null, note: null, displayName: null, pinned: false, localPart, inboxIds: rows?.map((row) => row.uuid),
    })
    switch (state) {
      case 'active': return alias
      case 'burned': return burnAlias(host, { accountId: owner, uuid: alias.uuid })
      case 'closed': return closeAlias(host, { accountId: owner, uuid: alias.uuid })
    }
  }
  const names = {
    domain: host.domain,
    alias: (await addAlias('shop-1')).address,
    other: (await addAlias('shop-2')).address,
    both: (await addAlias('shop-3', { inboxes: ['owner@home.example', 'second@home.example'] })).address,
    burned: (await addAlias('burned-1', { state: 'burned' })).address,
    closed: (await addAlias('closed-1', { state: 'closed' })).address,
    unknown: `nobody@${host.domain}`,
  }
  return { program, port: program.smtpPort, nextHop, db, host, operator, owner, addAlias, names }
}
