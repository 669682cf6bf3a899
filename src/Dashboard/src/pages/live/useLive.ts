import { useEffect, useRef, useState } from 'react'
import { api, ApiError, read, type Schemas } from '../../api/client'
import type { Search } from '../../view/view'
import { createReader } from './sse'

type Event = Schemas['EventItem']

export type LiveState = 'connecting' | 'connected' | 'reconnecting' | 'refused'

interface Live {
  state: LiveState
  error: unknown
  /** The newest events, newest first. */
  events: Event[]
  /** When events arrived, without those that were there before the page was opened. */
  arrivals: number[]
}

const kept = 200
const retryAfter = 2_000
const longestRetry = 30_000
/** The server begins with the latest events, at once. */
const startTime = 1_500

const initial: Live = { state: 'connecting', error: undefined, events: [], arrivals: [] }

/** Follows the events of a project. A broken connection is opened again, and continues after the last event. */
export function useLive(question: Search): Live {
  const [live, setLive] = useState(initial)
  const key = JSON.stringify(question)
  const lastId = useRef<string>(undefined)

  useEffect(() => {
    const ending = new AbortController()
    let timer = 0
    let failures = 0
    lastId.current = undefined
    setLive(initial)

    async function follow() {
      try {
        const stream = (await read(
          api.GET('/v1/stats/live', {
            params: { query: JSON.parse(key) },
            headers: lastId.current ? { 'Last-Event-ID': lastId.current } : {},
            parseAs: 'stream',
            signal: ending.signal,
          }) as Promise<{ data?: unknown; response: Response }>,
        )) as ReadableStream<Uint8Array>
        failures = 0
        setLive((live) => ({ ...live, state: 'connected', error: undefined }))
        await drain(stream, lastId.current === undefined)
        // The server ends a view from time to time; that is no failure.
        timer = window.setTimeout(follow, retryAfter)
      } catch (error) {
        if (ending.signal.aborted) return
        const isFinal = error instanceof ApiError && error.status < 500 && error.status !== 429
        setLive((live) => ({ ...live, state: isFinal ? 'refused' : 'reconnecting', error }))
        if (!isFinal) timer = window.setTimeout(follow, Math.min(longestRetry, retryAfter * 2 ** failures++))
      }
    }

    async function drain(stream: ReadableStream<Uint8Array>, isFirst: boolean) {
      const [readMessages, opened] = [createReader(), Date.now()]
      const reader = stream.pipeThrough(new TextDecoderStream() as ReadableWritablePair<string, Uint8Array>).getReader()
      for (;;) {
        const { value, done } = await reader.read()
        if (done) break
        const messages = readMessages(value).filter((message) => message.event === 'event')
        if (messages.length === 0) continue
        lastId.current = messages.at(-1)?.id ?? lastId.current
        const events = messages.map((message) => JSON.parse(message.data) as Event).reverse()
        const isNew = !isFirst || Date.now() - opened > startTime
        setLive((live) => ({
          ...live,
          events: merge(events, live.events),
          arrivals: isNew ? [...live.arrivals, ...events.map(() => Date.now())].slice(-10_000) : live.arrivals,
        }))
      }
      if (!ending.signal.aborted) setLive((live) => ({ ...live, state: 'reconnecting' }))
    }

    void follow()
    return () => {
      clearTimeout(timer)
      ending.abort()
    }
  }, [key])
  return live
}

function merge(added: Event[], before: Event[]): Event[] {
  const ids = new Set(added.map((event) => event.event_id))
  return [...added, ...before.filter((event) => !ids.has(event.event_id))].slice(0, kept)
}
