import { expect, test } from 'vitest'
import type { Schemas } from '../../api/client'
import { releaseMarks } from './marks'

type Item = Schemas['TopItem']
const days = ['2026-11-01', '2026-11-02', '2026-11-03']

function answer(...items: Partial<Item>[]): Schemas['TopAnswer'] {
  return { by: 'version', total: 1_000, other: 0, items: items as Item[], accuracy: { kind: 'exact' } } as Schemas['TopAnswer']
}

test('a new version is marked on its first day', () => {
  const versions = answer({ value: '1.1.0', events: 500, first_seen: '2026-11-02T10:00:00Z' })
  expect(releaseMarks(versions, days)).toEqual([{ at: 1, text: '1.1.0' }])
})

test.each([
  ['in use before', { value: '1.0.0', events: 500, compared_events: 3, first_seen: '2026-11-02T10:00:00Z' }],
  ['from the first day, so perhaps in use before', { value: '1.0.0', events: 500, first_seen: '2026-11-01T10:00:00Z' }],
  ['of very few installs', { value: '9.9.9', events: 4, first_seen: '2026-11-02T10:00:00Z' }],
  ['without a version', { value: '(none)', events: 500, first_seen: '2026-11-02T10:00:00Z' }],
])('a version %s is not marked', (_, item) => expect(releaseMarks(answer(item), days)).toEqual([]))

test('nothing is marked before the answer is there', () => expect(releaseMarks(undefined, days)).toEqual([]))
