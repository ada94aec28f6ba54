// Times for people: relative where one glances, exact where one asks.
const day = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'long' })
const dayAndYear = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'long', year: 'numeric' })
const clock = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' })
const toTheSecond = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' })
const weekday = new Intl.DateTimeFormat('en-GB', { weekday: 'short' })

const minuteMs = 60_000
const midnight = (at: Date) => new Date(at.getFullYear(), at.getMonth(), at.getDate()).getTime()
const daysBetween = (at: Date, now: Date) => Math.round((midnight(now) - midnight(at)) / 86_400_000)

export const dayOf = (at: Date, now = new Date()) => (at.getFullYear() === now.getFullYear() ? day : dayAndYear).format(at)
export const exact = (at: Date) => `${dayAndYear.format(at)}, ${clock.format(at)}`
export const clockOf = (at: Date) => clock.format(at)
export const secondOf = (at: Date) => toTheSecond.format(at)

/** "now", "12 min", "3 h", "yesterday", "11 July", "3 May 2025". */
export function since(at: Date, now = new Date()): string {
  const minutes = Math.floor((now.getTime() - at.getTime()) / minuteMs)
  if (minutes < 1) return 'now'
  if (minutes < 60) return `${minutes} min`
  const days = daysBetween(at, now)
  if (days === 0 || minutes < 360) return `${Math.floor(minutes / 60)} h`
  return days === 1 ? 'yesterday' : dayOf(at, now)
}

/** For lists of mail: the clock today, the weekday within a week, else the day. */
export function mailTime(at: Date, now = new Date()): string {
  const days = daysBetween(at, now)
  if (days <= 0) return clock.format(at)
  return days < 7 ? weekday.format(at) : dayOf(at, now)
}

/** "Today, 14 July". */
export function dayHead(at: Date, now = new Date()): string {
  const days = daysBetween(at, now)
  return days <= 0 ? `Today, ${dayOf(at, now)}` : days === 1 ? `Yesterday, ${dayOf(at, now)}` : dayOf(at, now)
}

/** How long: "40 s", "12 min", "3 h", "4 d". */
export function span(ms: number): string {
  const minutes = Math.floor(ms / minuteMs)
  if (minutes < 1) return `${Math.max(0, Math.floor(ms / 1000))} s`
  if (minutes < 60) return `${minutes} min`
  return minutes < 2880 ? `${Math.floor(minutes / 60)} h` : `${Math.floor(minutes / 1440)} d`
}
