import { useEffect, useState } from 'react'
import type { Schemas } from '../../api/client'
import { useShortcuts } from '../../shell/shortcuts'
import { useProject } from '../../shell/useProject'
import { EmptyState } from '../../ui/EmptyState'
import { Fault } from '../../ui/Fault'
import { Figure, Number } from '../../ui/Number'
import { filtersOf } from '../../view/view'
import { EventRow } from '../explorer/EventRow'
import { perMinute } from './sse'
import { useLive, type LiveState } from './useLive'

/** Events as they arrive. */
export function LiveView() {
  const { project, view } = useProject()
  const live = useLive({ project, env: view.env, ...filtersOf(view) })
  const [paused, setPaused] = useState<Schemas['EventItem'][]>()
  const toggle = () => setPaused((paused) => (paused ? undefined : live.events))
  useShortcuts({ ' ': toggle })
  const now = useNow()
  const shown = paused ?? live.events
  const waiting = paused ? live.events.findIndex((event) => event.event_id === paused[0]?.event_id) : 0

  if (live.state === 'refused') return <Fault error={live.error} />
  return (
    <div>
      <title>Live – TelemetryKit</title>
      <div className="mb-3 flex flex-wrap items-center gap-x-4 gap-y-2">
        <h1 className="text-xl font-semibold">Live</h1>
        <State state={live.state} isPaused={!!paused} />
        <button type="button" className="button ml-auto py-1" aria-pressed={!!paused} onClick={toggle} title="Pause or continue (space)">
          {paused ? `Continue${waiting > 0 ? `, ${waiting} new` : ''}` : 'Pause'}
        </button>
      </div>
      <section aria-label="Rate" className="panel mb-4 grid grid-cols-2">
        <Figure
          name="Events a minute"
          how="Events that arrived in the last minute, while this page was open."
          below={<span className="text-muted">in the last minute</span>}
        >
          <Number value={perMinute(live.arrivals, now)} />
        </Figure>
        <Figure
          name="Arrived"
          how="Events that arrived since this page was opened."
          below={<span className="text-muted">since you look</span>}
        >
          <Number value={live.arrivals.length} />
        </Figure>
      </section>
      {shown.length > 0 ? (
        <ul className="panel overflow-hidden [&>li:first-child]:border-t-0" aria-label="Events, newest first">
          {shown.map((event) => (
            <EventRow key={event.event_id} event={event} />
          ))}
        </ul>
      ) : live.state === 'connecting' ? (
        <div className="skeleton h-96" />
      ) : (
        <EmptyState title="Waiting for events">
          Run your tool, and the event will be here within seconds. SDKs send in the background or with the next run.
        </EmptyState>
      )}
    </div>
  )
}

const texts: Record<LiveState, string> = {
  connecting: 'Connecting …',
  connected: 'Connected',
  reconnecting: 'Connection lost, trying again …',
  refused: 'Refused',
}

function State({ state, isPaused }: { state: LiveState; isPaused: boolean }) {
  const isRunning = state === 'connected' && !isPaused
  return (
    <span role="status" className="flex items-center gap-2 text-sm text-muted">
      <span
        aria-hidden="true"
        className={`size-2.5 rounded-full ${isRunning ? 'pulse bg-better' : state === 'reconnecting' ? 'bg-worse' : 'bg-line'}`}
      />
      {isPaused && state === 'connected' ? 'Paused' : texts[state]}
    </span>
  )
}

/** The time, each second. */
function useNow(): number {
  const [now, setNow] = useState(Date.now)
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1_000)
    return () => clearInterval(timer)
  }, [])
  return now
}
