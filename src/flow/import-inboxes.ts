// Which inboxes of the account an imported alias leads to. One that the account does not have is made and has to be verified like any, within the
// same limits of mails, unless all of those go to an inbox that was named.
import { lowerCased, type Mailbox } from '../mail/address.ts'
import { accountById } from '../store/accounts.ts'
import { noteNewInbox } from '../store/imports.ts'
import { insertInbox, inboxesOf, ownInboxIds } from '../store/inboxes.ts'
import { countMail, sendVerification } from './add-inbox.ts'
import { refuseOurDomain } from './create-account.ts'
import type { Host } from './host.ts'
import { Problem } from './problem.ts'

export type Leads = { readonly ids: readonly string[]; readonly remark: string | null }
export type ImportInboxes = (wanted: readonly Mailbox[]) => Promise<Leads>
type Options = {
  readonly accountId: string
  readonly importId: string
  readonly dryRun: boolean
  /** Where everything goes whose inbox is not known here. */
  readonly inboxUuid?: string | undefined
  /** Whoever runs the host says that they are right. */
  readonly verified: boolean
}

/** A list with more real mailboxes than this is no list of one person's addresses. */
const mostNew = 50

export const createImportInboxes = async (host: Host, options: Options): Promise<ImportInboxes> => {
  const { accountId, importId, dryRun } = options
  const known = new Map<Mailbox, string | undefined>((await inboxesOf(host.db, accountId)).map((inbox) => [lowerCased(inbox.address), inbox.id]))
  const chosen = options.inboxUuid === undefined ? undefined : (await ownInboxIds(host.db, accountId, [options.inboxUuid]))[0]
  if (options.inboxUuid !== undefined && chosen === undefined) throw new Problem('invalid', 'The inbox must be one of yours.', { field: 'inbox_id' })
  const usual = chosen ?? (await accountById(host.db, accountId))?.defaultInboxId ?? undefined
  const refused = new Map<Mailbox, string>()
  let made = 0

  /** Undefined: it cannot be one of the account's, and `refused` says why. */
  const add = async (address: Mailbox): Promise<string | undefined> => {
    if (made >= mostNew) {
      refused.set(address, `${address} is not an inbox of yours, and an import makes at most ${mostNew} new ones.`)
      return undefined
    }
    try {
      const id = await host.db.transaction().execute(async (tx) => {
        await refuseOurDomain(tx, address)
        await noteNewInbox(tx, importId, address)
        if (dryRun) return undefined
        const now = host.clock.now()
        const inbox = await insertInbox(tx, { accountId, address, verifiedAt: options.verified ? now : null, now })
        // Over the limit it waits for "Send it again".
        const mayWrite = !options.verified && await countMail(host, accountId, address).then(() => true, () => false)
        if (mayWrite) await sendVerification(host, tx, { accountId, inboxId: inbox.id, address })
        return inbox.id
      })
      made++
      host.wakeWorker()
      return id
    } catch (error) {
      if (!(error instanceof Problem)) throw error
      refused.set(address, error.detail)
      return undefined
    }
  }

  return async (wanted) => {
    const ids: string[] = []
    for (const address of wanted) {
      if (!known.has(address)) known.set(address, chosen ?? await add(address))
      const id = known.get(address)
      if (id !== undefined) ids.push(id)
    }
    const why = wanted.flatMap((address) => refused.get(address) ?? [])
    if (ids.length > 0) return { ids: [...new Set(ids)], remark: why.length > 0 ? why.join(' ') : null }
    return { ids: usual === undefined ? [] : [usual], remark: why.length > 0 ? `${why.join(' ')} It leads to your default inbox.` : null }
  }
}
