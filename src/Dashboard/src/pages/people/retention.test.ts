import { expect, test } from 'vitest'
import { averageRetention } from './retention'

const cohort = (week: string, installs: number, ...active: number[]) => ({
  week,
  installs,
  weeks: active.map((count) => ({ active: count, share: installs === 0 ? null : count / installs })),
})

test('cohorts count by their size, and without their unfinished week', () => {
  const cohorts = [cohort('2026-11-02', 10, 10, 8, 4, 1), cohort('2026-11-09', 30, 30, 12, 2), cohort('2026-11-16', 5, 5)]
  expect(averageRetention(cohorts)).toEqual([1, (8 + 12) / 40, 4 / 10])
})

test('a longer cohort and a shorter one are added where both are known', () => {
  expect(averageRetention([cohort('2026-11-02', 10, 10, 8, 4, 1), cohort('2026-11-09', 30, 30, 12, 6, 0)])).toEqual([1, 0.5, 0.25])
})

test('without cohorts, nothing is known', () => {
  expect(averageRetention([])).toEqual([])
  expect(averageRetention([cohort('2026-11-02', 0, 0, 0)])).toEqual([null])
})
