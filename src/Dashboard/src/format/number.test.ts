import { expect, test } from 'vitest'
import { change, changeText, count, duration, percent, unknown } from './number'

test.each([
  [0, '0'],
  [12431, '12,431'],
  [99999, '99,999'],
  [418220, '418.2K'],
  [1234567, '1.235M'],
  [null, unknown],
])('count of %s', (value, text) => expect(count(value, 'en')).toBe(text))

test('counts are in the locale of the reader', () => expect(count(12431, 'de')).toBe('12.431'))

test.each([
  [0, '0%'],
  [0.00004, '< 0.1%'],
  [0.972, '97.2%'],
  [0.0694, '6.9%'],
  [0.5, '50.0%'],
  [0.9996, '> 99.9%'],
  [1, '100%'],
  [null, unknown],
])('percent of %s', (value, text) => expect(percent(value, 'en')).toBe(text))

test.each([
  [0.4, '0.4 ms'],
  [340, '340 ms'],
  [999.4, '999 ms'],
  [999.6, '1 s'],
  [4767.8, '4.77 s'],
  [59940, '59.9 s'],
  [90000, '1.5 min'],
  [undefined, unknown],
])('duration of %s', (value, text) => expect(duration(value, 'en')).toBe(text))

test('a change from nothing can not be known', () => {
  expect(change(3, 0)).toBeNull()
  expect(change(null, 3)).toBeNull()
  expect(change(3, 2)).toBeCloseTo(0.5)
})

test.each([
  [0.04, '4%'],
  [-0.006, '0.6%'],
  [1.2, '120%'],
  [25, '2.5K%'],
])('text of the change %s', (value, text) => expect(changeText(value, 'en')).toBe(text))
