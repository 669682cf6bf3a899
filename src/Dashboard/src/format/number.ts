/** Formats figures for people: in their locale, with three to four significant digits. The exact value is for the hover text. */

export const unknown = '—'

const cache = new Map<string, Intl.NumberFormat>()

function format(value: number, options: Intl.NumberFormatOptions, locale?: string): string {
  const key = (locale ?? '') + JSON.stringify(options)
  let formatter = cache.get(key)
  if (!formatter) cache.set(key, (formatter = new Intl.NumberFormat(locale, options)))
  return formatter.format(value)
}

/** A count: exact below 100,000, then rounded to four digits, such as 418.2K. */
export function count(value: number | null | undefined, locale?: string): string {
  if (value == null) return unknown
  if (Math.abs(value) < 100_000) return format(value, { maximumFractionDigits: 0 }, locale)
  return format(value, { notation: 'compact', maximumSignificantDigits: 4 }, locale)
}

/** A count with all its digits. */
export function exact(value: number, locale?: string): string {
  return format(value, { maximumFractionDigits: 4 }, locale)
}

/** A share between 0 and 1, in percent with one decimal. A share that isn't all or nothing is never shown as 100 % or 0 %. */
export function percent(value: number | null | undefined, locale?: string): string {
  if (value == null) return unknown
  const decimals = value === 0 || value === 1 ? 0 : 1
  const digits = { style: 'percent', minimumFractionDigits: decimals, maximumFractionDigits: decimals } as const
  if (value > 0 && value < 0.001) return '< ' + format(0.001, digits, locale)
  if (value < 1 && value > 0.999) return '> ' + format(0.999, digits, locale)
  return format(value, digits, locale)
}

/** A share in percent with all its digits. */
export function exactPercent(value: number, locale?: string): string {
  return format(value, { style: 'percent', maximumFractionDigits: 4 }, locale)
}

/** A duration in milliseconds, in the unit that leaves three digits. */
export function duration(milliseconds: number | null | undefined, locale?: string): string {
  if (milliseconds == null) return unknown
  const [value, unit] =
    milliseconds < 999.5 ? [milliseconds, 'ms'] : milliseconds < 59_950 ? [milliseconds / 1_000, 's'] : [milliseconds / 60_000, 'min']
  return `${format(value, { maximumSignificantDigits: 3 }, locale)} ${unit}`
}

/** The change from one value to another, as a share of the former; null if it can't be known. */
export function change(now: number | null | undefined, before: number | null | undefined): number | null {
  if (now == null || before == null || before === 0) return null
  return now / before - 1
}

/** A change such as 4 % or 120 %, without its sign. */
export function changeText(value: number, locale?: string): string {
  const share = Math.abs(value)
  if (share >= 10) return format(share, { style: 'percent', notation: 'compact', maximumSignificantDigits: 2 }, locale)
  return format(share, { style: 'percent', maximumFractionDigits: share < 0.01 ? 1 : 0 }, locale)
}
