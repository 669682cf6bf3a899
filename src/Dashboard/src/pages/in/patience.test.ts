import { expect, test } from 'vitest'
import { pauseAfter } from './patience'

test('questions become rarer, and never stop', () => {
  const pauses = [0, 1, 2, 5, 10, 1_000].map(pauseAfter)
  expect(pauses[0]).toBe(1_000)
  expect([...pauses].sort((one, other) => one - other)).toEqual(pauses)
  expect(pauses.at(-1)).toBe(15_000)
})
