import { expect, test } from 'vitest'
import { transition, type AliasAction, type AliasState } from '../../../src/policy/alias.ts'

const states: readonly AliasState[] = ['active', 'burned', 'closed']
const results = (kind: 'burn' | 'restore' | 'close') => states.map((state) => transition({ state, system: false }, { kind }))

const unchanged = { kind: 'unchanged' }

test('every transition of an alias', () => {
  expect(results('burn')).toEqual([{ kind: 'changed', state: 'burned' }, unchanged, { kind: 'problem', problem: 'closed' }])
  expect(results('restore')).toEqual([unchanged, { kind: 'changed', state: 'active' }, { kind: 'changed', state: 'active' }])
  expect(results('close')).toEqual([{ kind: 'changed', state: 'closed' }, { kind: 'changed', state: 'closed' }, unchanged])
})

test('forgetting waits for mail, unless it may be discarded', () => {
  for (const state of states) {
    const forget = (hasMail: boolean, discard: boolean) => transition({ state, system: false }, { kind: 'forget', hasMail, discard })
    expect([forget(false, false), forget(true, true), forget(false, true)]).toEqual(Array.from({ length: 3 }, () => ({ kind: 'forgotten' })))
    expect(forget(true, false)).toEqual({ kind: 'problem', problem: 'has-mail' })
  }
})

test('A17 postmaster and abuse stay as they are', () => {
  const actions: readonly AliasAction[] = [{ kind: 'burn' }, { kind: 'close' }, { kind: 'forget', hasMail: false, discard: true }]
  for (const action of actions) expect(transition({ state: 'active', system: true }, action)).toEqual({ kind: 'problem', problem: 'protected' })
  expect(transition({ state: 'active', system: true }, { kind: 'restore' })).toEqual(unchanged)
})
