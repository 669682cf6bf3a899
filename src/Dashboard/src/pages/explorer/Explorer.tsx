import { useInfiniteQuery } from '@tanstack/react-query'
import { Link, useSearch } from '@tanstack/react-router'
import { useEffect, useMemo } from 'react'
import { api, read } from '../../api/client'
import { isDemo } from '../../api/session'
import { useAccess } from '../../shell/access'
import { useProject, useSession } from '../../shell/useProject'
import { EmptyState } from '../../ui/EmptyState'
import { Fault } from '../../ui/Fault'
import { questionOf, toSearch, type Search } from '../../view/view'
import { EventRow } from './EventRow'

const pageSize = 100
/** A page ends early if few events pass the filters. So many are looked through without a click. */
const enough = 25
const mostPages = 10

/** Events exactly as they are stored, newest first. */
export function Explorer() {
  const { project, view, today } = useProject()
  const search = useSearch({ strict: false }) as Search
  const user = /^[0-9a-f]{16}$/.test(search.user ?? '') ? search.user! : undefined
  const question = useMemo(() => ({ project, ...questionOf(view, today), ...(user && { user }) }), [project, view, today, user])
  const events = useInfiniteQuery({
    queryKey: ['stats', 'events', question],
    staleTime: 30_000,
    initialPageParam: '',
    queryFn: ({ pageParam, signal }) =>
      read(
        api.GET('/v1/stats/events', {
          params: { query: { ...question, limit: pageSize, ...(pageParam && { cursor: pageParam }) } as never },
          signal,
        }),
      ),
    getNextPageParam: (page) => page.next_cursor,
  })
  const shown = useMemo(() => events.data?.pages.flatMap((page) => page.items) ?? [], [events.data])

  const pages = events.data?.pages.length ?? 0
  const looksOn = shown.length < enough && pages > 0 && pages < mostPages && events.hasNextPage
  const { fetchNextPage, isFetchingNextPage } = events
  useEffect(() => {
    if (looksOn && !isFetchingNextPage) void fetchNextPage()
  }, [looksOn, isFetchingNextPage, fetchNextPage])

  return (
    <div>
      <title>Explorer – TelemetryKit</title>
      <div className="mb-3 flex flex-wrap items-baseline gap-x-4 gap-y-1">
        <h1 className="text-xl font-semibold">Explorer</h1>
        <p className="text-sm text-muted">Events exactly as they are stored, newest first. Ids are keyed hashes.</p>
        <Export question={question} />
      </div>
      {user && (
        <p className="mb-3 text-sm">
          <span className="rounded-md bg-accent-soft px-3 py-1">
            install <span className="font-mono">{user}</span>{' '}
            <Link to="." search={toSearch(view)} className="px-1 text-muted hover:text-ink" aria-label="Show all installs">
              ✕
            </Link>
          </span>
        </p>
      )}
      {shown.length < enough && events.hasNextPage && (
        <p className="mb-3 text-sm text-muted" role="status">
          {looksOn ? 'Looking through older events …' : 'Few of the newest events pass the filters. Older ones aren’t looked through yet.'}
        </p>
      )}
      {events.error ? (
        <Fault error={events.error} retry={() => void events.refetch()} />
      ) : events.isPending ? (
        <div className="panel space-y-2 p-4">
          {Array.from({ length: 14 }, (_, i) => (
            <div key={i} className="skeleton h-6" />
          ))}
        </div>
      ) : shown.length === 0 && !events.hasNextPage ? (
        <Nothing isFiltered={view.filters.length > 0 || !!user} />
      ) : (
        <ul className="panel overflow-hidden [&>li:first-child]:border-t-0" aria-label="Events">
          {shown.map((event) => (
            <EventRow key={event.event_id} event={event}>
              {event.user && event.user !== user && (
                <Link to="." search={{ ...toSearch(view), user: event.user }} className="link text-sm">
                  All events of this install
                </Link>
              )}
            </EventRow>
          ))}
        </ul>
      )}
      {events.hasNextPage && !events.isPending && (
        <button type="button" className="button mt-3" disabled={isFetchingNextPage} onClick={() => void fetchNextPage()}>
          {isFetchingNextPage ? 'Loading …' : 'Older events'}
        </button>
      )}
    </div>
  )
}

function Export({ question }: { question: Search }) {
  const session = useSession()
  const { tenant } = useAccess()
  if (isDemo(session, question.project ?? '') || !tenant) return null
  if (tenant.plan === 'free') {
    return (
      <p className="ml-auto text-sm text-muted">
        Exports come with Pro.{' '}
        <Link to="/plan" className="link">
          Plans
        </Link>
      </p>
    )
  }
  const address = (format: 'csv' | 'ndjson') => `/v1/export/events?${new URLSearchParams({ ...question, format })}`
  return (
    <p className="ml-auto flex gap-3 text-sm">
      <span className="text-muted">Export</span>
      <a className="link" href={address('csv')} download>
        CSV
      </a>
      <a className="link" href={address('ndjson')} download>
        JSON lines
      </a>
    </p>
  )
}

function Nothing({ isFiltered }: { isFiltered: boolean }) {
  const { project, view } = useProject()
  return (
    <EmptyState
      title={isFiltered ? 'No event passes the filters' : 'No events in this period'}
      action={
        isFiltered ? (
          <Link to="." search={toSearch({ ...view, filters: [] })} className="button">
            Remove the filters
          </Link>
        ) : (
          <Link to="/projects/$project/start" params={{ project }} className="button button-main">
            Send the first one
          </Link>
        )
      }
    >
      Each event will be a line that opens to exactly what is stored: the subject, the version, the system and the metadata.
    </EmptyState>
  )
}
