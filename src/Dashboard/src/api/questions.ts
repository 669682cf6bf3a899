import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import type { Day } from '../format/time'
import { comparedTo, previousOf, questionOf, rangeOf, type View } from '../view/view'
import { api, read } from './client'

/** The questions that pages ask about a project. Each is a query: the same question is asked once, and again after half a minute. */

type StatsPath = Extract<keyof import('./schema').paths, `/v1/stats/${string}`>
export type Ask = { project: string; view: View; today: Day }

const common = { staleTime: 30_000, placeholderData: keepPreviousData } as const

function ask<T>(path: StatsPath, project: string, parameters: Record<string, string>) {
  return queryOptions({
    ...common,
    queryKey: ['stats', path, project, parameters],
    queryFn: ({ signal }) =>
      // Filters by metadata have any name, so the types of parameters can't list them.
      read(api.GET(path as '/v1/stats/overview', { params: { query: { project, ...parameters } as never }, signal })) as Promise<T>,
  })
}

type Body = import('./client').Schemas

export function overview({ project, view, today }: Ask) {
  return ask<Body['OverviewBody']>('/v1/stats/overview', project, { ...questionOf(view, today), ...comparedTo(view, today) })
}

export function series({ project, view, today }: Ask) {
  return ask<Body['SeriesAnswer']>('/v1/stats/series', project, questionOf(view, today))
}

/** The series of the period before, to compare with. */
export function previousSeries({ project, view, today }: Ask) {
  const period = previousOf(rangeOf(view.period, today))
  return { ...ask<Body['SeriesAnswer']>('/v1/stats/series', project, questionOf({ ...view, period }, today)), enabled: view.compare }
}

export function top({ project, view, today }: Ask, by: string, limit: number, more: Record<string, string> = {}) {
  return ask<Body['TopAnswer']>('/v1/stats/top', project, { ...questionOf(view, today), by, limit: String(limit), ...more })
}

/** The same, with the figures of each value in the period before if the view compares. */
export function topCompared(question: Ask, by: string, limit: number) {
  return top(question, by, limit, comparedTo(question.view, question.today))
}

/** Whether what the view's filters name is still used, in the 90 days up to the end of the period. */
export function deprecation({ project, view, today }: Ask, thresholds: Record<string, string>) {
  const { from: _, ...question } = questionOf(view, today)
  return ask<Body['DeprecationAnswer']>('/v1/stats/deprecation', project, { ...question, ...thresholds })
}

export function releases({ project, view, today }: Ask, limit: number) {
  return ask<Body['ReleasesAnswer']>('/v1/stats/releases', project, { ...questionOf(view, today), limit: String(limit) })
}

export function failures({ project, view, today }: Ask, limit: number) {
  return ask<Body['FailuresAnswer']>('/v1/stats/failures', project, { ...questionOf(view, today), limit: String(limit) })
}

export function users({ project, view, today }: Ask) {
  return ask<Body['UsersAnswer']>('/v1/stats/users', project, questionOf(view, today))
}

export function retention({ project, view, today }: Ask) {
  return ask<Body['RetentionAnswer']>('/v1/stats/retention', project, questionOf(view, today))
}

/** A series with other parameters, such as `interval` and `by`. */
export function seriesOf({ project, view, today }: Ask, more: Record<string, string>) {
  return ask<Body['SeriesAnswer']>('/v1/stats/series', project, { ...questionOf(view, today), ...more })
}
