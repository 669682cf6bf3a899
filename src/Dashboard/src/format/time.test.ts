import { expect, test } from 'vitest'
import { ageText } from './time'

test.each([
  [0, null],
  [4_999, null],
  [5_000, '5 s'],
  [14_000, '10 s'],
  [59_999, '55 s'],
  [60_000, '1 min'],
  [3_599_000, '59 min'],
  [7_200_000, '2 h'],
])('what is %d ms old', (age, text) => expect(ageText(age)).toBe(text))
