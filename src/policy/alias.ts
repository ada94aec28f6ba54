// The life of an alias: active forwards, burned holds, closed refuses; forgotten ones are never given out again.

export type AliasState = 'active' | 'burned' | 'closed'

/** `system`: postmaster and abuse (RFC 5321 §4.5.1), which must always work. */
export type AliasFacts = { readonly state: AliasState; readonly system: boolean }

export type AliasAction =
  | { readonly kind: 'burn' }
  | { readonly kind: 'restore' }
  | { readonly kind: 'close' }
  | { readonly kind: 'forget'; readonly hasMail: boolean; readonly discard: boolean } // mail queued or held

export type AliasTransition =
  | { readonly kind: 'changed'; readonly state: AliasState }
  | { readonly kind: 'unchanged' } // each action may be repeated
  | { readonly kind: 'forgotten' }
  | { readonly kind: 'problem'; readonly problem: 'closed' | 'protected' | 'has-mail' }

export const transition = (alias: AliasFacts, action: AliasAction): AliasTransition => {
  if (alias.system && action.kind !== 'restore') return { kind: 'problem', problem: 'protected' }
  switch (action.kind) {
    case 'burn':
      return alias.state === 'closed' ? { kind: 'problem', problem: 'closed' } : to(alias, 'burned')
    case 'restore':
      return to(alias, 'active')
    case 'close':
      return to(alias, 'closed')
    case 'forget':
      return action.hasMail && !action.discard ? { kind: 'problem', problem: 'has-mail' } : { kind: 'forgotten' }
  }
}

const to = (alias: AliasFacts, state: AliasState): AliasTransition =>
  alias.state === state ? { kind: 'unchanged' } : { kind: 'changed', state }
