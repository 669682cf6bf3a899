import type { Schemas } from '../../api/client'

type Cohort = Schemas['Cohort']

/**
 * The share of all installs that came back, week by week after their first one. The last week of a cohort isn't over, so it doesn't
 * count; null if no cohort has the week.
 */
export function averageRetention(cohorts: Cohort[]): (number | null)[] {
  const weeks = Math.max(0, ...cohorts.map((cohort) => cohort.weeks.length - 1))
  return Array.from({ length: weeks }, (_, week) => {
    const counted = cohorts.filter((cohort) => cohort.installs > 0 && week < cohort.weeks.length - 1)
    const installs = counted.reduce((sum, cohort) => sum + cohort.installs, 0)
    const active = counted.reduce((sum, cohort) => sum + (cohort.weeks[week]?.active ?? 0), 0)
    return installs === 0 ? null : active / installs
  })
}
