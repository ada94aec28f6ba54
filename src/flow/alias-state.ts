// The one way in which an alias changes its state: row lock, transition, activity line, one transaction.
import { transition, type AliasAction } from '../policy/alias.ts'
import { insertActivity, type ActivityKind } from '../store/activity.ts'
import { lockAlias, setAliasState, type Alias } from '../store/aliases.ts'
import type { Tx } from '../store/database.ts'
import type { Host } from './host.ts'
import { notFound, Problem } from './problem.ts'

export type OneAlias = { readonly accountId: string; readonly uuid: string }
type StateAction = Extract<AliasAction['kind'], 'burn' | 'restore' | 'close'>

const kinds: Readonly<Record<StateAction, ActivityKind>> = { burn: 'burned', restore: 'restored', close: 'closed' }

/** Idempotent: who comes second finds it done and changes nothing. `reason`: why, when it was not its owner on a page. */
export const moveAlias = async (host: Host, tx: Tx, which: OneAlias, action: StateAction, reason?: string): Promise<Alias> => {
  const alias = await lockedAlias(tx, which)
  const result = transition(alias, { kind: action })
  switch (result.kind) {
    case 'problem': throw refusal(alias, result.problem)
    case 'unchanged':
    case 'forgotten': return alias
    case 'changed': {
      const now = host.clock.now()
      await setAliasState(tx, alias.id, result.state, now)
      await insertActivity(tx, [
        { at: now, accountId: alias.accountId, aliasId: alias.id, aliasAddress: alias.address, kind: kinds[action], reason: reason ?? null },
      ])
      return { ...alias, state: result.state, ...(result.state === 'burned' && { burnedAt: now }), ...(result.state === 'closed' && { closedAt: now }) }
    }
  }
}

export const lockedAlias = async (tx: Tx, which: OneAlias): Promise<Alias> => {
  const alias = await lockAlias(tx, which.accountId, which.uuid)
  if (!alias) throw notFound('alias')
  return alias
}

export const refusal = (alias: Alias, problem: 'closed' | 'protected' | 'has-mail'): Problem => {
  switch (problem) {
    case 'closed':
      return new Problem(problem, `${alias.address} is closed. Restore it first, then burn it.`)
    case 'protected':
      return new Problem(problem, `${alias.address} must always reach the operator: it cannot be burned, closed or deleted.`)
    case 'has-mail':
      return new Problem(problem, `Mail is queued or held for ${alias.address}. Release or delete it first, or discard it with the address.`)
  }
}
