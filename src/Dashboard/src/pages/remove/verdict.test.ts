import { expect, test } from 'vitest'
import type { Schemas } from '../../api/client'
import { defaults, isThing, thingText, toMarkdown, verdictOf } from './verdict'

type Answer = Schemas['DeprecationAnswer']

const uses = (active_installs: number, installs: number) => ({
  from: '2026-09-02',
  to: '2026-11-30',
  active_installs,
  installs,
  share: active_installs === 0 ? null : installs / active_installs,
})

function answer(more: Partial<Answer> = {}): Answer {
  return {
    day: '2026-11-30',
    verdict: 'removable',
    observed_days: 90,
    last90: uses(12_431, 31),
    last30: uses(9_000, 12),
    before30: uses(9_000, 14),
    trend: 0,
    people: uses(9_000, 22),
    actors: [],
    versions: [],
    weeks: [],
    last_seen: '2026-11-20T10:00:00Z',
    last_seen_by_people: null,
    newest_first_use: '2026-10-12',
    accuracy: { kind: 'exact' },
    ...more,
  }
}

const texts = (given: Answer, latest?: string) =>
  verdictOf(given, defaults, latest).reasons.map(({ isFor, text }) => `${isFor ? '✓' : '✗'} ${text}`)

test('without any use, it can be removed', () => {
  const given = answer({ last90: uses(12_431, 0), last30: uses(9_000, 0), before30: uses(9_000, 0), newest_first_use: null })
  expect(verdictOf(given, defaults)).toMatchObject({
    word: 'Yes',
    sentence: 'None of 12,431 active installs used it in the last 90 days.',
  })
})

test('with little use that does not rise, it can probably be removed', () => {
  expect(verdictOf(answer(), defaults)).toMatchObject({
    word: 'Probably yes',
    sentence: '31 of 12,431 active installs (0.2%) used it in the last 90 days.',
  })
  expect(texts(answer())).toEqual([
    '✓ at most 1% of the active installs',
    '✓ not rising: 0.1% of the installs in the last 30 days, 0.2% in the 30 days before',
    '✓ nobody new since Oct 12',
  ])
})

test('little use that rises is not to be removed', () => {
  const given = answer({ last30: uses(9_000, 60), before30: uses(9_000, 10) })
  expect(verdictOf(given, defaults).word).toBe('Not yet')
  expect(texts(given)[1]).toMatch(/^✗ rising/)
})

test('a rise from one install to two is chance', () => {
  const given = answer({ last30: uses(9_000, 2), before30: uses(9_000, 1) })
  expect(verdictOf(given, defaults).word).toBe('Probably yes')
})

test('what is used a lot is not to be removed, even if it falls', () => {
  const given = answer({ verdict: 'in_use', last90: uses(1_000, 200), last30: uses(900, 90), before30: uses(900, 180) })
  expect(verdictOf(given, { ...defaults, maxPercent: 5 })).toMatchObject({
    word: 'Not yet',
    sentence: '200 of 1,000 active installs (20.0%) used it in the last 90 days.',
  })
  expect(verdictOf(given, { ...defaults, maxPercent: 5 }).reasons.slice(0, 2)).toEqual([
    { isFor: false, text: 'more than 5% of the active installs' },
    { isFor: true, text: 'falling: 10.0% of the installs in the last 30 days, 20.0% in the 30 days before' },
  ])
})

test.each([
  [uses(0, 0), 0, 'No install was active in the last 90 days.'],
  [uses(42, 0), 90, 'Only 42 installs were active in the last 90 days; 100 would do.'],
  [uses(420, 0), 12, 'Events go back 12 days; 30 would do.'],
])('too little is known of %j', (last90, observed_days, sentence) => {
  const verdict = verdictOf(answer({ verdict: 'unknown', last90, observed_days }), defaults)
  expect(verdict).toMatchObject({ word: 'Can’t say', sentence, reasons: [] })
})

test('who began lately, who has the latest version, and CI that runs it today speak against it', () => {
  const given = answer({
    newest_first_use: '2026-11-20',
    versions: [{ version: '1.4.0', installs: 1, events: 3, last_seen: '2026-11-20T10:00:00Z' }],
    people: uses(9_000, 0),
    actors: [
      { actor: 'human', active_installs: 9_000, installs: 0, events: 0, last_seen: null },
      { actor: 'ci', active_installs: 900, installs: 9, events: 70, last_seen: '2026-11-20T10:00:00Z' },
      { actor: 'agent', active_installs: 100, installs: 3, events: 5, last_seen: '2026-10-20T10:00:00Z' },
    ],
  })
  expect(texts(given, '1.4.0').slice(2)).toEqual([
    '✗ an install began to use it on Nov 20',
    '✗ 1 install with 1.4.0, the latest version',
    '✓ no people among them',
    '✗ 9 of the 31 are CI: warn them first',
  ])
  expect(texts(given, '1.5.0')).toContain('✓ nobody with 1.5.0, the latest version')
})

const filter = (field: string, value: string, negated = false) => ({ field, value, negated })

test('what is to be removed is written as its author does', () => {
  const type = filter('type', 'command_executed')
  expect(thingText([type, filter('subject', 'deploy'), filter('meta.flags', '--legacy')])).toBe('deploy --legacy')
  expect(thingText([type])).toBe('all of command_executed')
  expect(thingText([filter('version', '1.0.0'), filter('os', 'linux')])).toBe('version 1.0.0')
  expect(thingText([filter('subject', 'deploy'), filter('meta.format', 'xml')])).toBe('deploy format=xml')
  expect(isThing(filter('subject', 'deploy', true))).toBe(false)
})

test('as Markdown it has the reasons and the versions', () => {
  const given = answer({ versions: [{ version: '1|2', installs: 1, events: 3, last_seen: '2026-11-20T10:00:00Z' }] })
  const text = toMarkdown('deploy --legacy', verdictOf(given, defaults), given, 'https://example.com/x')
  expect(text).toContain('### Can we remove `deploy --legacy`? Probably yes.')
  expect(text).toContain('- ✓ nobody new since Oct 12')
  expect(text).toContain('| `1\\|2` | 1 | 3 | 2026-11-20 |')
  expect(text).toContain('[Source](https://example.com/x)')
})

test('names that tools send are no Markdown', () => {
  const name = '1.0+![x](https://evil.example/x.png)\n# `@everyone`'
  const given = answer({ versions: [{ version: name, installs: 1, events: 3, last_seen: '2026-11-20T10:00:00Z' }] })
  const lines = toMarkdown(name, verdictOf(given, defaults, name), given, 'https://example.com/x').split('\n')
  const shown = '`1.0+![x](https://evil.example/x.png) # ˋ@everyoneˋ`'
  expect(lines[0]).toBe(`### Can we remove ${shown}? Probably yes.`)
  expect(lines).toContain(`- ✗ 1 install with ${shown}, the latest version`)
  expect(lines).toContain(`| ${shown} | 1 | 3 | 2026-11-20 |`)
  expect(lines.filter((line) => line.includes('evil')).length).toBe(3)
})

test.each(['__proto__', 'constructor'])('an actor called %s is no one to warn', (actor) => {
  const row = { actor, active_installs: 9, installs: 9, events: 70, last_seen: '2026-11-20T10:00:00Z' } as never
  expect(texts(answer({ actors: [row] })).join()).not.toContain('warn')
})
