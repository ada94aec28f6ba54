// What every part of the bench is told and gives back; and the goals, printed together at the end.
import { printTable } from './table.ts'

export type BenchOptions = {
  readonly quick: boolean
  /** A part by its name, or scenarios by a piece of theirs. */
  readonly only: string | undefined
  /** Burnbox alone: what profiles it makes comparisons worthless. */
  readonly profiled: boolean
  /** For Burnbox. */
  readonly environment: Readonly<Record<string, string>>
  readonly messages: number | undefined
}

export type Goal = {
  readonly what: string
  readonly goal: string
  readonly found: string
  readonly reached: boolean
  /** Where one more is aimed at. */
  readonly target?: { readonly goal: string; readonly reached: boolean }
}

export type Part = { readonly name: string; readonly goals: readonly Goal[]; readonly data: unknown }

export function printGoals(goals: readonly Goal[]): void {
  if (goals.length === 0) return
  printTable(['goals', 'found', 'goal', '', 'target', ''], goals.map((one) => [
    one.what, one.found, one.goal, one.reached ? 'reached' : 'NOT REACHED',
    one.target?.goal ?? '', one.target ? (one.target.reached ? 'reached' : 'not reached') : '',
  ]))
}
