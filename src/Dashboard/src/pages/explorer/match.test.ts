import { expect, test } from 'vitest'
import type { Schemas } from '../../api/client'
import { parseView } from '../../view/view'
import { passes, splitFilters } from './match'

const event: Schemas['EventItem'] = {
  event_id: '1',
  timestamp: '2026-11-30T12:00:00Z',
  event_type: 'command_executed',
  subject: 'build',
  user: 'a',
  session: 's',
  version: '1.4.0',
  success: false,
  duration_ms: 10,
  context: { os: 'linux', ci: false },
  metadata: { exit_code: 2, flags: ['--watch', '--release'] },
}

test('the server gets the filters that it knows', () => {
  const { asked, rest } = splitFilters(parseView({ version: '1.4.0', 'not.actor': 'ci', exit_code: '2' }))
  expect(asked).toEqual({ version: '1.4.0' })
  expect(rest.map((filter) => filter.field)).toEqual(['actor', 'exit_code'])
})

test.each([
  [{ exit_code: '2' }, true],
  [{ exit_code: '1' }, false],
  [{ 'meta.flags': '--release' }, true],
  [{ 'not.meta.flags': '--release' }, false],
  [{ success: 'false', os: 'linux' }, true],
  [{ agent: '(none)' }, true],
  [{ 'not.os': 'linux' }, false],
  [{ subject: 'build', type: 'command_executed', version: '1.4.0' }, true],
])('%o: %s', (search, expected) => expect(passes(event, parseView(search).filters)).toBe(expected))

test.each(['meta.constructor', 'meta.__proto__', 'meta.toString'])('%s is no key of an event without it', (field) => {
  expect(passes(event, [{ field, value: '(none)', negated: false }])).toBe(true)
})
