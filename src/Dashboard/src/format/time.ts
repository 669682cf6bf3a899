/** Days are UTC days, written as 2026-11-30. */

export type Day = string

const msOfDay = 86_400_000

export function today(now = Date.now()): Day {
  return new Date(now).toISOString().slice(0, 10)
}

export function addDays(day: Day, days: number): Day {
  return new Date(Date.parse(day) + days * msOfDay).toISOString().slice(0, 10)
}

export function daysBetween(from: Day, to: Day): number {
  return Math.round((Date.parse(to) - Date.parse(from)) / msOfDay)
}

export function isDay(text: string | undefined): text is Day {
  return !!text && /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(text)) && addDays(text, 0) === text
}

/** A day for people, such as 30 Nov. The year is shown if it isn't that of today. */
export function dayText(day: Day, locale?: string): string {
  const year = day.slice(0, 4) === today().slice(0, 4) ? undefined : 'numeric'
  return new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'short', year, timeZone: 'UTC' }).format(Date.parse(day))
}

/** A time in the zone of the reader. */
export function timeText(time: string, locale?: string): string {
  return new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'medium' }).format(Date.parse(time))
}

/** The same time in UTC, for the hover text. */
export function utcText(time: string): string {
  return new Date(time).toISOString().replace('T', ' ').replace(/\.\d+Z$/, ' UTC')
}

/** How old what is shown is, such as 25 s or 3 min; nothing if it is fresh. It changes seldom, so that nothing flickers. */
export function ageText(milliseconds: number): string | null {
  const seconds = Math.floor(milliseconds / 1_000)
  if (seconds < 5) return null
  if (seconds < 60) return `${seconds - (seconds % 5)} s`
  if (seconds < 3_600) return `${Math.floor(seconds / 60)} min`
  return `${Math.floor(seconds / 3_600)} h`
}
