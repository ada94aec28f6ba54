// Who passed an address on, in one sentence that anybody understands, a data protection office too. Days are UTC.

export type LeakFacts = {
  /** Whom it was given to; null: nobody has shown it. */
  readonly givenTo: string | null
  /** When it was made; null: by the first mail to it, so that nobody knows since when somebody had it. */
  readonly givenAt: Date | null
  readonly stranger: {
    readonly organisation: string
    readonly proven: boolean
    readonly at: Date
    /** Domains whose signatures were good; undefined: not kept. */
    readonly signers: readonly string[] | undefined
  } | undefined
}

export const leakSentence = ({ givenTo, givenAt, stranger }: LeakFacts): string => {
  const given = givenTo === null ? madeAt(givenAt) : `The address you gave only to ${givenTo}${givenAt ? ` on ${dayOf(givenAt)}` : ''}`
  if (!stranger) return `${given} was used by nobody else.`
  const used = `${given} was used on ${dayOf(stranger.at)} by`
  if (!stranger.proven) return `${used} somebody who wrote as ${stranger.organisation} and did not prove it.`
  if (!stranger.signers) return `${used} ${stranger.organisation}.`
  return stranger.signers.length === 0 ? `${used} ${stranger.organisation}, sent by its own servers.`
    : `${used} ${stranger.organisation}, signed by ${stranger.signers.join(' and ')}.`
}

const madeAt = (at: Date | null): string => at ? `The address you made on ${dayOf(at)}` : 'An address that you made by naming it'

const format = new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeZone: 'UTC' })
const dayOf = (time: Date): string => format.format(time)
