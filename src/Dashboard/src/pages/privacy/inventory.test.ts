import { expect, test } from 'vitest'
import type { Schemas } from '../../api/client'
import { keysOf } from './inventory'

function event(timestamp: string, metadata: Record<string, unknown>): Schemas['EventItem'] {
  return {
    event_id: timestamp,
    timestamp,
    event_type: 'command_executed',
    subject: 'build',
    user: null,
    session: null,
    version: null,
    success: null,
    duration_ms: null,
    context: { os: 'linux' },
    metadata,
  }
}

test('keys are counted by events, and lists by their values', () => {
  const events = [
    event('2026-11-03', { flags: ['--a', '--b'], exit_code: 0 }),
    event('2026-11-02', { flags: ['--b'] }),
    event('2026-11-01', { exit_code: 0 }),
    event('2026-11-04', { exit_code: 1 }),
  ]
  expect(keysOf(events, 'metadata')).toEqual([
    { name: 'exit_code', events: 3, examples: ['0', '1'], hasMore: false },
    { name: 'flags', events: 2, examples: ['--b', '--a'], hasMore: false },
  ])
  expect(keysOf(events, 'context')[0]).toMatchObject({ name: 'os', events: 4, examples: ['linux'] })
})

test('examples are few and short', () => {
  const [key] = keysOf(Array.from({ length: 9 }, (_, i) => event(`2026-11-0${i + 1}`, { text: `${i}${'x'.repeat(90)}` })), 'metadata')
  expect(key).toMatchObject({ hasMore: true })
  expect(key?.examples).toHaveLength(4)
  expect(key?.examples[0]).toHaveLength(41)
})
