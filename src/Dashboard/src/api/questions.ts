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
  return ask<Body['TopAnswer']>('/v1/stats/top', project, {
    ...questionOf(view, today),
    ...comparedTo(view, today),
    by,
    limit: String(limit),
    ...more,
  })
}
