// Times as text: addy.io's phone app reads `YYYY-MM-DD HH:MM:SS` in UTC and nothing else, SimpleLogin's clients want the offset behind it.

export const dateText = (date: Date | string): string => new Date(date).toISOString().slice(0, 19).replace('T', ' ')
export const dateTextOrNull = (date: Date | string | null): string | null => date === null ? null : dateText(date)
export const dateTextWithOffset = (date: Date): string => `${dateText(date)}+00:00`
export const timestamp = (date: Date): number => Math.floor(date.getTime() / 1_000)
