import { expect, test } from 'vitest'
import { alone, sheetOf, stack } from './chartData'

const lines = [
  { name: 'a', values: [1, 2, null] },
  { name: 'b', values: [3, null, 5] },
]

test('areas lie on each other', () => {
  expect(stack(lines)).toEqual([
    [1, 2, 0],
    [4, 2, 5],
  ])
  expect(stack([])).toEqual([])
})

test('a chart is a table as well', () => {
  expect(sheetOf(['2026-11-01', '2026-11-02', '2026-11-03'], lines, [{ at: 1, text: '1.0.0' }])).toEqual({
    columns: ['day (UTC)', 'a', 'b', 'released'],
    rows: [
      ['2026-11-01', 1, 3, null],
      ['2026-11-02', 2, null, '1.0.0'],
      ['2026-11-03', null, 5, null],
    ],
  })
})

test.each([
  [[null, 20, null, 10, 10, null, 30], [1, 6]],
  [[5], [0]],
  [[0, 1, 2], []],
  [[null, null], []],
])('the values of %o that no line reaches are %o', (values, indices) => expect(alone(values)).toEqual(indices))
