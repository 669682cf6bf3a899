import { expect, test } from 'vitest'
import type { Schemas } from '../../api/client'
import { heatMap } from './heat'

const item = (exit_code: string, version: string, os: string, failures: number) =>
  ({ exit_code, version, os, failures }) as Schemas['FailureItem']

const items = [
  item('1', '1.9.0', 'linux', 4),
  item('1', '1.9.0', 'macos', 6),
  item('137', '1.10.0', 'linux', 2),
  item('1', '1.8.0', 'linux', 1),
]

test('failures are added over platforms, by code and version', () => {
  const map = heatMap(items, new Map([['1.9.0', 100], ['1.10.0', 20]]), 2)
  expect(map).toEqual({
    versions: ['1.10.0', '1.9.0'],
    codes: [
      { code: '1', failures: 11, cells: [null, { failures: 10, runs: 100, rate: 0.1 }] },
      { code: '137', failures: 2, cells: [{ failures: 2, runs: 20, rate: 0.1 }, null] },
    ],
    most: 0.1,
  })
})

test('without the runs, no rate is known', () => {
  expect(heatMap(items, new Map(), 9).codes[1]?.cells).toContainEqual({ failures: 2, runs: null, rate: null })
})

test('without failures, it is empty', () => expect(heatMap([], new Map(), 9)).toEqual({ versions: [], codes: [], most: 0 }))
