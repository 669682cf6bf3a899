import { useMutation, useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useEffect, useState, type ReactNode } from 'react'
import { api, read, type Schemas } from '../../api/client'
import { isDemo } from '../../api/session'
import { useProject, useSession } from '../../shell/useProject'
import { CopyText } from '../../ui/CopyText'
import { EmptyState } from '../../ui/EmptyState'
import { Fault } from '../../ui/Fault'
import { Lines } from './Lines'

/** From a new project to its first event: a key, the lines to add, and the event as it was stored. */
export function FirstEvent() {
  const { project } = useProject()
  const session = useSession()
  const [key, setKey] = useState<string>()
  if (isDemo(session, project)) {
    return (
      <EmptyState
        title="The demo needs no setup"
        action={
          <Link to="/sign-up" className="button button-main">
            Measure your own tool
          </Link>
        }
      >
        Its events are generated. A project of your own gets a key here, and the lines to add to your tool.
      </EmptyState>
    )
  }
  return (
    <div className="mx-auto max-w-3xl space-y-4">
      <h1 className="text-xl font-semibold">Your first event</h1>
      <KeyStep project={project} value={key} onCreate={setKey} />
      <section className="panel p-5">
        <h2 className="font-semibold">2 · Add three lines</h2>
        <p className="mt-1 mb-3 text-sm text-muted">Nothing is recorded before the user of your tool says yes.</p>
        <Lines apiKey={key ?? 'tk_live_…'} />
      </section>
      <Waiting project={project} />
    </div>
  )
}

function KeyStep({ project, value, onCreate }: { project: string; value: string | undefined; onCreate: (key: string) => void }) {
  const create = useMutation({
    mutationFn: () =>
      read(api.POST('/v1/projects/{project}/keys', { params: { path: { project } }, body: { kind: 'live' } })),
    onSuccess: (created) => onCreate(created.key),
  })
  return (
    <section className="panel p-5">
      <h2 className="font-semibold">1 · Get a key</h2>
      {value ? (
        <>
          <p className="mt-1 mb-3 text-sm text-muted">
            Copy it now: it isn’t shown again. It only writes, so your tool may contain it.
          </p>
          <CopyText text={value} label="The key" />
        </>
      ) : (
        <>
          <p className="mt-1 mb-3 text-sm text-muted">It belongs to this project and only writes, so your tool may contain it.</p>
          {!!create.error && <Fault error={create.error} />}
          <button type="button" className="button button-main mt-1" disabled={create.isPending} onClick={() => create.mutate()}>
            Create a live key
          </button>
        </>
      )}
    </section>
  )
}

const everySeconds = 2
const patience = 60_000

function Waiting({ project }: { project: string }) {
  const events = useQuery({
    queryKey: ['first event', project],
    queryFn: async () => {
      const [live, test] = await Promise.all([read(newest(project, 'live')), read(newest(project, 'test'))])
      return live.items[0] ?? test.items[0] ?? null
    },
    refetchInterval: (query) => (query.state.data ? false : everySeconds * 1_000),
  })
  const [isLate, setLate] = useState(false)
  useEffect(() => {
    const timer = setTimeout(() => setLate(true), patience)
    return () => clearTimeout(timer)
  }, [])
  return (
    <section className={`panel p-5 ${events.data ? 'border-better' : ''}`} aria-live="polite">
      {events.data ? (
        <Arrived project={project} event={events.data} />
      ) : (
        <>
          <h2 className="flex items-center gap-3 font-semibold">
            <span aria-hidden="true" className="pulse size-3 rounded-full bg-accent" />3 · Waiting for your first event
          </h2>
          {!!events.error && <Fault error={events.error} />}
          {isLate && (
            <ul className="mt-3 list-disc space-y-1 pl-5 text-sm text-muted">
              <li>Is the key complete? It has 40 characters and begins with tk_live_.</li>
              <li>Does the tool send to {location.origin}?</li>
              <li>Did you say yes to telemetry? Until then, nothing is recorded.</li>
              <li>Is DO_NOT_TRACK or CI set? DO_NOT_TRACK wins over every yes.</li>
              <li>The SDK sends in the background or with the next run: run your tool once more.</li>
            </ul>
          )}
        </>
      )}
    </section>
  )
}

function newest(project: string, env: 'live' | 'test') {
  return api.GET('/v1/stats/events', { params: { query: { project, env, limit: 1 } } })
}

function Arrived({ project, event }: { project: string; event: Schemas['EventItem'] }) {
  return (
    <>
      <h2 className="font-semibold text-better">✓ Your first event is here</h2>
      <p className="mt-1 mb-3 text-sm text-muted">Exactly as it is stored: no address, and ids as keyed hashes.</p>
      <pre className="max-h-96 overflow-auto rounded-md bg-sunken p-3 font-mono text-sm" tabIndex={0} aria-label="The event as stored">
        {JSON.stringify(event, null, 2)}
      </pre>
      <Link to="/projects/$project" params={{ project }} className="button button-main mt-4">
        Open the overview
      </Link>
      <h3 className="mt-6 font-semibold">Next</h3>
      <ul className="mt-2 space-y-2">
        <Next>
          <Link to="/projects/$project/settings/$tab" params={{ project, tab: 'members' }} className="link">
            Invite someone
          </Link>{' '}
          who works on the tool with you.
        </Next>
        <Next>
          <Link to="/projects/$project/privacy" params={{ project }} className="link">
            See what is collected
          </Link>
          , and choose what may be stored.
        </Next>
        <Next>
          <Link to="/projects/$project/settings/$tab" params={{ project, tab: 'sharing' }} className="link">
            Publish a page and badges
          </Link>{' '}
          for the README, so that users see what you see.
        </Next>
        <Next>
          <a href="/docs/sdk" className="link">
            Read what else the SDK can do
          </a>
          : flags, features, errors, consent.
        </Next>
      </ul>
    </>
  )
}

function Next({ children }: { children: ReactNode }) {
  return (
    <li className="flex gap-3">
      <span aria-hidden="true" className="text-muted">
        →
      </span>
      <span>{children}</span>
    </li>
  )
}
