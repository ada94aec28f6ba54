// Values out of JSON that anybody may have written: undefined where a value is of another kind.
import { NotThisFormat } from './row.ts'

export const jsonOf = (text: string): unknown => {
  try {
    return JSON.parse(text.replace(/^\ufeff/, ''))
  } catch {
    throw new NotThisFormat('This is not JSON.')
  }
}

export const objectOf = (value: unknown): Readonly<Record<string, unknown>> | undefined =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? value as Readonly<Record<string, unknown>> : undefined

export const listOf = (value: unknown): readonly unknown[] | undefined => Array.isArray(value) ? value : undefined

export const textOf = (value: unknown): string | undefined => typeof value === 'string' ? value : undefined
