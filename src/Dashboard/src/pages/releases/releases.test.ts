import { expect, test } from 'vitest'
import type { Schemas } from '../../api/client'
import { adoptionOf, compareVersions } from './adoption'
import { endOfLife, minorVersions } from './endOfLife'

type Point = Schemas['SeriesPoint']

const point = (installs: Record<string, number>) =>
  ({
    time: '2026-11-01T00:00:00Z',
    values: Object.entries(installs).map(([value, count]) => ({ value, installs: count, events: 0, failures: 0 })),
  }) as Point

test('adoption has the most used versions, the earliest first', () => {
  const points = [point({ '1.10': 1, '1.9': 3 }), point({ '1.10': 6, '1.9': 1, '1.2': 1 }), point({})]
  expect(adoptionOf(points, 2)).toEqual([
    { name: 'Others', isRest: true, values: [0, 0.125, null] },
    { name: '1.9', values: [0.75, 0.125, null] },
    { name: '1.10', values: [0.25, 0.75, null] },
  ])
  expect(adoptionOf(points, 3).map((line) => line.name)).toEqual(['1.2', '1.9', '1.10'])
})

test('the latest version is shown, however few have it', () => {
  const lines = adoptionOf([point({ '1.1': 5, '1.2': 9, '1.3': 7, '1.4': 1 })], 2)
  expect(lines.map((line) => line.name)).toEqual(['Others', '1.2', '1.4'])
})

test('versions are compared by their numbers', () => {
  expect(['1.10', '2.0-prerelease', '1.9', '2.0', '1'].sort(compareVersions)).toEqual(['1', '1.9', '1.10', '2.0-prerelease', '2.0'])
})

test.each([
  [0.01, 10, '2026-11-30', 'that is so now'],
  [0.16, 10, '2027-01-09', 'four half-lives later'],
  [0.16, null, null, 'it is not known how fast it falls'],
  [0.9, 365, null, 'that is too far away'],
])('of a share of %d with a half-life of %j, the end is %j: %s', (share, halfLife, end, _) => {
  expect(endOfLife(share, halfLife, '2026-11-30')).toBe(end)
})

test('the minor versions are latest first, and the latest one has no end', () => {
  const release = (version: string, half_life_days: number | null) => ({ version, half_life_days, prerelease: false }) as Schemas['Release']
  const groups = [
    { value: '1.9', installs: 16 },
    { value: '1.10', installs: 90 },
    { value: '1.8', installs: 1 },
    { value: '2.0-prerelease', installs: 3 },
    { value: '(none)', installs: 3 },
    { value: '1.7', installs: 0 },
  ]
  const minors = minorVersions(groups, [release('1.10.0', null), release('1.9.1', 10), release('1.9.0', 20)], 100, '2026-11-30')
  expect(minors).toEqual([
    { name: '1.10', installs: 90, share: 0.9, halfLife: 10, end: null, isLatest: true },
    { name: '1.9', installs: 16, share: 0.16, halfLife: 10, end: '2027-01-09', isLatest: false },
    { name: '1.8', installs: 1, share: 0.01, halfLife: 10, end: '2026-11-30', isLatest: false },
  ])
})
