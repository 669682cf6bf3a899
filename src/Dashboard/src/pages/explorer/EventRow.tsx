import { memo, useState, type ReactNode } from 'react'
import type { Schemas } from '../../api/client'
import { duration } from '../../format/number'
import { words } from '../../format/words'
import { Json } from '../../ui/Json'
import { utcText } from '../../format/time'

const shortTypes = words({
  command_executed: 'command',
  feature_used: 'feature',
  method_called: 'method',
  component_rendered: 'component',
})

const actors = words({ human: 'person', ci: 'CI', agent: 'agent' })

/** An event in one line, which opens to what is stored. */
export const EventRow = memo(function EventRow({ event, children }: { event: Schemas['EventItem']; children?: ReactNode }) {
  const [open, setOpen] = useState(false)
  const actor = event.context.actor as string | undefined
  return (
    <li className="border-t border-line">
      <button
        type="button"
        aria-expanded={open}
        className="grid w-full grid-cols-[9.5rem_1fr_auto] items-baseline gap-x-3 px-4 py-1.5 text-left text-sm hover:bg-sunken
          sm:grid-cols-[10.5rem_6rem_1fr_5rem_5rem_9rem]"
        onClick={() => setOpen(!open)}
      >
        <time dateTime={event.timestamp} title={utcText(event.timestamp)} className="whitespace-nowrap text-muted">
          {shortTime(event.timestamp)}
        </time>
        <span className="hidden truncate text-muted sm:block">{shortTypes[event.event_type] ?? event.event_type}</span>
        <span className="truncate font-medium">{event.subject ?? '—'}</span>
        <span className="hidden truncate sm:block">{event.version ?? '—'}</span>
        <span className={`text-right ${event.success === false ? 'text-worse' : 'text-muted'}`}>
          {event.success === false ? 'failed' : event.duration_ms !== null ? duration(event.duration_ms) : ''}
        </span>
        <span className="hidden truncate text-muted sm:block">
          {actor ? (actors[actor] ?? actor) : ''} {event.context.os as string | undefined}
        </span>
      </button>
      {open && (
        <div className="space-y-2 px-4 pb-3">
          <Json value={event} label={`The event ${event.event_id} as stored`} />
          {children}
        </div>
      )}
    </li>
  )
})

const times = new Intl.DateTimeFormat(undefined, {
  month: 'short',
  day: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
})

function shortTime(time: string): string {
  return times.format(Date.parse(time))
}
