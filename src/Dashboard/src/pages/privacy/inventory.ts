import type { Schemas } from '../../api/client'
import { words } from '../../format/words'

type Event = Schemas['EventItem']

/** A key that a project sends, as far as the looked-at events show. */
export interface CollectedKey {
  name: string
  /** In how many of the events. */
  events: number
  /** The most frequent values, without duplicates. */
  examples: string[]
  /** Whether it has more different values than examples. */
  hasMore: boolean
}

const mostExamples = 4
const longestExample = 40

/** The keys of metadata or of the context in events, most frequent first. */
export function keysOf(events: Event[], part: 'metadata' | 'context'): CollectedKey[] {
  const keys = new Map<string, { events: number; values: Map<string, number> }>()
  for (const event of events) {
    for (const [name, value] of Object.entries(event[part])) {
      const key = keys.get(name) ?? { events: 0, values: new Map() }
      key.events++
      for (const one of Array.isArray(value) ? value : [value]) {
        const text = exampleOf(one)
        key.values.set(text, (key.values.get(text) ?? 0) + 1)
      }
      keys.set(name, key)
    }
  }
  return [...keys]
    .map(([name, { events, values }]) => ({
      name,
      events,
      examples: [...values].sort(([, one], [, other]) => other - one).slice(0, mostExamples).map(([value]) => value),
      hasMore: values.size > mostExamples,
    }))
    .sort((one, other) => other.events - one.events || one.name.localeCompare(other.name))
}

function exampleOf(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  return text.length > longestExample ? `${text.slice(0, longestExample)}…` : text
}

/** What a key of the context means, for readers who aren't programmers. */
export const contextKeys = words({
  service: 'the name of the tool',
  sdk: 'the telemetry library and its version',
  os: 'the operating system',
  os_version: 'its version',
  arch: 'the kind of processor',
  runtime: 'the runtime that the tool runs on',
  actor: 'a person, CI or an agent',
  ci: 'whether it runs in CI',
  ci_name: 'which CI system',
  agent: 'which coding agent',
  shell: 'the shell',
  terminal: 'the terminal program',
})
