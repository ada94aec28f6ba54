// The burn button of a message: burns without a sign-in, once, which only holds mail; undone by the same link, on its page or from the mail
// that tells of it. Whoever has the message may press it, so it can do nothing else.

import { transition, type AliasState } from '../policy/alias.ts'
import { waitToBurn } from '../store/alias-ends.ts'
import { noteLinkBurned, noteLinkUndone, usedBurnLink, useBurnLink } from '../store/burn-links.ts'
import type { AliasFact } from '../policy/decide.ts'
import { lockedAlias, moveAlias } from './alias-state.ts'
import { readBurnLink, readTheirWay, type TheirWay } from './burn-link.ts'
import type { Host } from './host.ts'
import { notFound, Problem } from './problem.ts'
import { restoreAlias } from './restore-alias.ts'
import { tellAccount } from './tell-account.ts'

export type BurnPage = {
  readonly alias: string
  readonly state: AliasState
  /** This very link burned it, and that can be undone. */
  readonly canUndo: boolean
  readonly isUsed: boolean
  readonly theirs: TheirWay | undefined
}

/** "If they write again": the days that an unsubscription may take (16 CFR 316.5), and an hour for the mail that confirms it. */
export const WRITE_AGAIN_DAYS = 10
const CONFIRM_MS = 3_600_000

export const readBurnPage = async (host: Host, token: string, their: string | undefined): Promise<BurnPage> => {
  const alias = await aliasOfLink(host, token)
  const used = await usedBurnLink(host.db, token)
  const canUndo = alias.state === 'burned' && used?.burnedAt != null && used.undoneAt === null && used.burnedAt.getTime() === alias.burnedAt?.getTime()
  return { alias: alias.address, state: alias.state, canUndo, isUsed: used !== undefined, theirs: readTheirWay(host, token, their) }
}

/** Throws when it was used before: what its owner undid stays undone. */
export const burnByLink = async (host: Host, token: string): Promise<void> => {
  const alias = await aliasOfLink(host, token)
  const which = { accountId: alias.accountId, uuid: alias.uuid }
  const burned = await host.db.transaction().execute(async (tx) => {
    if (!await useBurnLink(tx, token, alias.id, host.clock.now())) {
      throw new Problem('link-used', 'This button was pressed before. Burn the address on its page, or with the button of another message.')
    }
    if (transition(await lockedAlias(tx, which), { kind: 'burn' }).kind !== 'changed') return false
    const { burnedAt } = await moveAlias(host, tx, which, 'burn', 'button')
    if (burnedAt) await noteLinkBurned(tx, token, burnedAt)
    return true
  })
  if (burned) await tellBurned(host, alias, token)
}

/** Active again, with what was held since. */
export const undoBurnByLink = async (host: Host, token: string): Promise<void> => {
  const alias = await aliasOfLink(host, token)
  const { canUndo } = await readBurnPage(host, token, undefined)
  const isDone = canUndo && alias.burnedAt !== null
    && await host.db.transaction().execute((tx) => noteLinkUndone(tx, token, alias.burnedAt!, host.clock.now()))
  if (!isDone) throw new Problem('link-used', 'There is nothing to undo: this link did not burn the address, or it was changed since.')
  await restoreAlias(host, { accountId: alias.accountId, uuid: alias.uuid, releaseHeld: 'latest-burn' })
}

/** After its owner unsubscribed there: the next message from them burns. */
export const burnIfTheyWrite = async (host: Host, token: string, their: string | undefined): Promise<Date> => {
  const alias = await aliasOfLink(host, token)
  const theirs = readTheirWay(host, token, their)
  if (!theirs) throw new Problem('invalid', 'This message named nobody to unsubscribe from.', { field: 'their' })
  const now = host.clock.now().getTime()
  const until = new Date(now + WRITE_AGAIN_DAYS * 86_400_000)
  await waitToBurn(host.db, alias.id, { organisation: theirs.organisation, since: new Date(now + CONFIRM_MS), until })
  return until
}

const aliasOfLink = async (host: Host, token: string): Promise<AliasFact> => {
  const { aliasId } = readBurnLink(host, token)
  const alias = await host.routes.byId(aliasId)
  if (!alias || alias.rules?.strangers === undefined) throw notFound('burn link')
  return alias
}

const tellBurned = (host: Host, alias: AliasFact, token: string): Promise<void> => tellAccount(host, alias.accountId, {
  subject: `${alias.address} is burned`,
  paragraphs: [
    `The button of a message to ${alias.address} was pressed. From now on its mail is held; its senders learn nothing.`,
    'Nothing is lost: what was held can be read and released.',
  ],
  links: [
    { name: 'Undo', url: new URL(`/burn/${token}`, host.config.url).href },
    { name: 'Undo by mail', url: `mailto:u.${token}@${host.domain}?subject=undo` },
    { name: 'The address', url: new URL(`/addresses/${alias.uuid}`, host.config.url).href },
  ],
  end: ['Which button messages get is said in Settings.'],
})
