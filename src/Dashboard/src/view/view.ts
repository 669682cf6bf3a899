import { words } from '../format/words'
import { addDays, daysBetween, isDay, type Day } from '../format/time'

/**
 * What every page of a project shows: the environment, the period, whether it is compared with the one before, and the filters. It is in
 * the URL, so that a link shows the same. A filter has the name of the API's parameter, and `not.` before it if it excludes the value.
 */
export interface View {
  env: 'live' | 'test'
  period: Period
  compare: boolean
  filters: Filter[]
}

export type Period = { days: number } | DayRange
export interface DayRange {
  from: Day
  to: Day
}

export interface Filter {
  field: string
  value: string
  negated: boolean
}

export type Search = Record<string, string>

/** The fields that can be filtered, with the words of the reader. */
export const fields = words({
  subject: 'name',
  type: 'kind',
  version: 'version',
  os: 'platform',
  os_version: 'platform version',
  arch: 'processor',
  runtime: 'runtime',
  actor: 'run by',
  agent: 'agent',
  ci_name: 'CI system',
  shell: 'shell',
  terminal: 'terminal',
  exit_code: 'exit code',
  error_type: 'error',
  success: 'success',
  sdk: 'SDK',
})

export const periods = [7, 30, 90, 365] as const
export const defaultDays = 30
const longestDays = 731
const not = 'not.'

export function parseView(search: Search): View {
  return {
    env: search.env === 'test' ? 'test' : 'live',
    period: parsePeriod(search),
    compare: search.compare !== 'no',
    filters: Object.entries(search).flatMap(([name, value]) => {
      const negated = name.startsWith(not)
      const field = negated ? name.slice(not.length) : name
      return isField(field) && value !== '' ? [{ field, value, negated }] : []
    }),
  }
}

/** The search of a view. What is as by default isn't in it. */
export function toSearch(view: View): Search {
  const search: Search = {}
  if (view.env === 'test') search.env = 'test'
  if ('from' in view.period) Object.assign(search, { from: view.period.from, to: view.period.to })
  else if (view.period.days !== defaultDays) search.days = String(view.period.days)
  if (!view.compare) search.compare = 'no'
  return { ...search, ...filtersOf(view) }
}

/** The filters as parameters. */
export function filtersOf(view: View): Search {
  return Object.fromEntries(view.filters.map(({ field, value, negated }) => [(negated ? not : '') + field, value]))
}

/** The parameters of a page that aren't part of its view, such as a threshold. They stay while the view changes. */
export function ofPage(search: Search): Search {
  const ofView = (name: string) => ['env', 'from', 'to', 'days', 'compare'].includes(name) || isField(name.replace(/^not\./, ''))
  return Object.fromEntries(Object.entries(search).filter(([name]) => !ofView(name)))
}

export function isField(name: string): boolean {
  return name in fields || /^meta\..+/.test(name)
}

export function fieldText(field: string): string {
  return fields[field] ?? field.slice('meta.'.length)
}

/** Adds a filter. It replaces one by the same field, which no event could pass as well. */
export function withFilter(view: View, field: string, value: string, negated = false): View {
  return { ...view, filters: [...withoutFilter(view, field).filters, { field, value, negated }] }
}

export function withoutFilter(view: View, field: string): View {
  return { ...view, filters: view.filters.filter((filter) => filter.field !== field) }
}

/** The filter that selects a group of versions, such as `1.4.x` for the group 1.4. Texts that aren’t versions are groups of one. */
export function versionsOf(group: string): string {
  return group.replace(/^\d+\.\d+(?=-prerelease$|$)/, '$&.x')
}

export function rangeOf(period: Period, today: Day): DayRange {
  return 'from' in period ? period : { from: addDays(today, 1 - period.days), to: today }
}

/** The range of the same length just before. */
export function previousOf(range: DayRange): DayRange {
  const days = daysBetween(range.from, range.to) + 1
  return { from: addDays(range.from, -days), to: addDays(range.from, -1) }
}

/** The parameters of a question to the API. */
export function questionOf(view: View, today: Day): Search {
  return { env: view.env, ...rangeOf(view.period, today), ...filtersOf(view) }
}

export function comparedTo(view: View, today: Day): Search {
  if (!view.compare) return {}
  const { from, to } = previousOf(rangeOf(view.period, today))
  return { compare_from: from, compare_to: to }
}

function parsePeriod(search: Search): Period {
  if (isDay(search.from) && isDay(search.to) && search.from <= search.to && daysBetween(search.from, search.to) < longestDays)
    return { from: search.from, to: search.to }
  const days = Number(search.days)
  return { days: Number.isInteger(days) && days >= 1 && days <= longestDays ? days : defaultDays }
}
