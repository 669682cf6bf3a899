import { expect, test } from 'vitest'
import { comparedTo, ofPage, parseView, previousOf, questionOf, rangeOf, toSearch, versionsOf, withFilter, withoutFilter } from './view'

test('the default view has an empty search', () => {
  const view = parseView({})
  expect(view).toEqual({ env: 'live', period: { days: 30 }, compare: true, filters: [] })
  expect(toSearch(view)).toEqual({})
})

test.each([
  [{ env: 'test', days: '7', compare: 'no' }],
  [{ from: '2026-11-01', to: '2026-11-15', version: '1.4.0' }],
  [{ 'not.actor': 'ci', 'meta.flags': '--release', subject: '(none)' }],
])('a search survives its way through a view: %o', (search) => {
  expect(toSearch(parseView(search))).toEqual(search)
})

test.each([
  [{ days: '0' }],
  [{ days: '-3' }],
  [{ days: '7.5' }],
  [{ days: '9999' }],
  [{ days: 'x' }],
  [{ from: '2026-02-30', to: '2026-03-01' }],
  [{ from: '2026-03-02', to: '2026-03-01' }],
  [{ from: '2020-01-01', to: '2026-01-01' }],
  [{ env: 'LIVE', other: 'x', version: '', 'not.': 'a' }],
])('what is no view is left out: %o', (search) => {
  expect(toSearch(parseView(search))).toEqual({})
})

test('a period ends today and includes it', () => {
  expect(rangeOf({ days: 1 }, '2026-03-01')).toEqual({ from: '2026-03-01', to: '2026-03-01' })
  expect(rangeOf({ days: 30 }, '2026-03-01')).toEqual({ from: '2026-01-31', to: '2026-03-01' })
})

test('the previous range has the same length and ends the day before', () => {
  expect(previousOf({ from: '2026-03-01', to: '2026-03-07' })).toEqual({ from: '2026-02-22', to: '2026-02-28' })
})

test('a filter replaces the one by the same field', () => {
  const one = withFilter(parseView({ os: 'linux' }), 'version', '1.0.0')
  const two = withFilter(one, 'version', '2.0.0', true)
  expect(toSearch(two)).toEqual({ os: 'linux', 'not.version': '2.0.0' })
  expect(toSearch(withoutFilter(two, 'version'))).toEqual({ os: 'linux' })
})

test('a question has the range and the filters, and the comparison only if it is wanted', () => {
  const view = parseView({ days: '7', 'not.os': 'linux' })
  expect(questionOf(view, '2026-11-30')).toEqual({ env: 'live', from: '2026-11-24', to: '2026-11-30', 'not.os': 'linux' })
  expect(comparedTo(view, '2026-11-30')).toEqual({ compare_from: '2026-11-17', compare_to: '2026-11-23' })
  expect(comparedTo({ ...view, compare: false }, '2026-11-30')).toEqual({})
})

test('what isn’t of the view is of the page', () => {
  expect(ofPage({ env: 'test', days: '7', compare: 'no', 'not.os': 'linux', 'meta.flags': '--x', max_percent: '5' })).toEqual({ max_percent: '5' })
})

test.each([
  ['1.4', '1.4.x'],
  ['1.4-prerelease', '1.4.x-prerelease'],
  ['next', 'next'],
  ['(none)', '(none)'],
])('the group %s is selected by %s', (group, filter) => expect(versionsOf(group)).toBe(filter))
