import { expect, test } from 'vitest'
import { barOf, isLarger, stateOf } from './quota'

test.each([
  [0, null, 'none'],
  [79, 100, 'fine'],
  [80, 100, 'tight'],
  [99, 100, 'tight'],
  [100, 100, 'spent'],
  [0, 0, 'spent'],
] as const)('%d of %s is %s', (accepted, limit, state) => expect(stateOf({ accepted, limit })).toBe(state))

test('the bar ends where the quota does', () => {
  expect(barOf(50, 100, 80)).toEqual({ used: 50, expected: 30 })
  expect(barOf(50, 100, 400)).toEqual({ used: 50, expected: 50 })
  expect(barOf(150, 100, 400)).toEqual({ used: 100, expected: 0 })
  expect(barOf(50, 100, null)).toEqual({ used: 50, expected: 0 })
})

test('plans have an order', () => {
  expect(isLarger('business', 'pro')).toBe(true)
  expect(isLarger('free', 'pro')).toBe(false)
})
