// Bodies as these clients send them: JSON under any content type or none, and nothing at all where nothing need be said.
import type { Context } from 'hono'
import { z } from '@hono/zod-openapi'
import { Problem } from '../../flow/problem.ts'
import { problemOfIssues } from '../shapes.ts'

export const readBody = async <S extends z.ZodType>(c: Context, schema: S): Promise<z.output<S>> => {
  const parsed = schema.safeParse(await jsonOf(c))
  if (!parsed.success) throw problemOfIssues('invalid', parsed.error.issues)
  return parsed.data
}

const jsonOf = async (c: Context): Promise<unknown> => {
  const text = await c.req.text()
  if (text.trim() === '') return {}
  try {
    return JSON.parse(text) ?? {}
  } catch {
    throw new Problem('malformed', 'The body is not valid JSON.')
  }
}

const mostNote = 10_000
const mostLine = 100

/** What other programs write for people, cut and cleaned instead of refused: Bitwarden's note holds a whole URL and has no limit. */
export const Note = z.string().nullish().transform((text) => orNull(text, (some) => clean(some, /(?![\t\n\r])[\p{Cc}\p{Cs}]/gu, mostNote)))
export const Name = z.string().nullish().transform((text) => orNull(text, (some) => clean(some, /[\p{Cc}\p{Cs}\u2028\u2029]+/gu, mostLine).trim()))

const orNull = (text: string | null | undefined, how: (text: string) => string): string | null | undefined =>
  typeof text === 'string' ? how(text) || null : text

const clean = (text: string, unwanted: RegExp, most: number): string => text.slice(0, most).replace(unwanted, ' ')
