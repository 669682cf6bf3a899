import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useMemo } from 'react'
import { api, read } from '../../api/client'
import { top } from '../../api/questions'
import { isDemo } from '../../api/session'
import { percent } from '../../format/number'
import { useAccess } from '../../shell/access'
import { useProject, useSession } from '../../shell/useProject'
import { rangeOf, toSearch } from '../../view/view'
import { EmptyState } from '../../ui/EmptyState'
import { Fault } from '../../ui/Fault'
import { Number } from '../../ui/Number'
import { Panel, Why } from '../../ui/Panel'
import { Rows, Time } from '../../ui/Rows'
import { AllowList } from '../settings/AllowList'
import { Install } from './Install'
import { contextKeys, keysOf, type CollectedKey } from './inventory'

const lookedAt = 1_000

/** What a project collects, from what arrives: kinds of events, what is sent with them, and how it can be erased. */
export function Privacy() {
  const { project, view, today } = useProject()
  const session = useSession()
  const { project: settings, tenant } = useAccess()
  const range = rangeOf(view.period, today)
  const unfiltered = { ...view, filters: [], compare: false }
  const types = useQuery(top({ project, view: unfiltered, today }, 'type', 50))
  const events = useQuery({
    queryKey: ['stats', 'inventory', project, view.env, range],
    staleTime: 300_000,
    queryFn: ({ signal }) =>
      read(api.GET('/v1/stats/events', { params: { query: { project, env: view.env, ...range, limit: lookedAt } }, signal })),
  })
  const items = events.data?.items
  const metadata = useMemo(() => items && keysOf(items, 'metadata'), [items])
  const context = useMemo(() => items && keysOf(items, 'context'), [items])

  if (items?.length === 0) return <Nothing project={project} />
  const isOfDemo = isDemo(session, project)
  return (
    <div className="mx-auto max-w-4xl space-y-4">
      <title>Privacy – TelemetryKit</title>
      <div>
        <h1 className="text-xl font-semibold">What this project collects</h1>
        <p className="mt-1 min-h-6 text-sm text-muted">
          {items && <Basis count={items.length} oldest={items.at(-1)?.timestamp} isAll={events.data?.next_cursor === null} />}
        </p>
      </div>
      <Never />
      <Panel title="Kinds of events" about="All events of the period, whatever the filters.">
        {types.error && <Fault error={types.error} retry={() => void types.refetch()} />}
        <Rows
          caption="Kinds of events"
          columns={['kind', 'events', 'installs', 'first in the period', 'last']}
          empty="None."
          rows={types.data?.items.map((item) => ({
            key: item.value,
            cells: [
              <Link
                to="/projects/$project/events"
                params={{ project }}
                search={{ ...toSearch(unfiltered), type: item.value }}
                className="link"
              >
                {item.value}
              </Link>,
              <Number value={item.events} />,
              <Number value={item.installs} accuracy={types.data.accuracy} />,
              <Time at={item.first_seen} />,
              <Time at={item.last_seen} />,
            ],
          }))}
        />
      </Panel>
      {events.error ? (
        <Fault error={events.error} retry={() => void events.refetch()} />
      ) : (
        <>
          <Panel
            title="Metadata of this tool"
            about="What the tool itself adds. What looks like a secret or personal data is removed on the machine and again on the server."
          >
            <Keys caption="Metadata" keys={metadata} total={items?.length ?? 0} empty="The tool adds nothing of its own." hasFirst />
          </Panel>
          <Panel title="The system on which it ran" about="What the telemetry library adds to each event.">
            <Keys caption="System" keys={context} total={items?.length ?? 0} empty="Nothing." meanings={contextKeys} />
          </Panel>
        </>
      )}
      {isOfDemo && <Why>In a project of your own you choose here which metadata is stored, and erase the data of an install.</Why>}
      {settings && tenant && (
        <>
          <PublicLink project={project} />
          <AllowList
            key={metadata?.length}
            project={settings}
            tenant={tenant}
            seen={metadata?.map((key) => key.name)}
          />
          <Install project={settings} tenant={tenant} />
        </>
      )}
    </div>
  )
}

function Basis({ count, oldest, isAll }: { count: number; oldest: string | undefined; isAll: boolean }) {
  return (
    <>
      From what arrived, not from what was promised: {isAll ? 'all' : 'the newest'} {count.toLocaleString()} events of the period, back to{' '}
      <Time at={oldest} />
      {isAll ? '.' : '. A key that is rarer than that isn’t listed.'}
    </>
  )
}

const never = [
  'IP addresses, user names, host names, paths and machine ids',
  'ids as they were sent: only a hash, keyed with a secret of this project, so it can’t be joined with other projects',
  'anything from users who didn’t say yes: the SDK records nothing before, and DO_NOT_TRACK wins over every yes',
]

function Never() {
  return (
    <Panel title="What is never stored">
      <ul className="mt-2 space-y-1.5">
        {never.map((text) => (
          <li key={text} className="flex gap-3">
            <span aria-hidden="true" className="text-better">
              ✓
            </span>
            {text}
          </li>
        ))}
      </ul>
    </Panel>
  )
}

interface KeysProps {
  caption: string
  keys: CollectedKey[] | undefined
  total: number
  empty: string
  meanings?: Record<string, string>
  /** Whether the first event with each key is asked for. */
  hasFirst?: boolean
}

function Keys({ caption, keys, total, empty, meanings, hasFirst = false }: KeysProps) {
  return (
    <Rows
      caption={caption}
      columns={['key', 'in', 'values, such as', ...(hasFirst ? ['first in the period'] : [])]}
      empty={empty}
      expected={6}
      rows={keys?.map((key) => ({
        key: key.name,
        cells: [
          <>
            <code>{key.name}</code>
            {meanings?.[key.name] && <span className="block text-xs text-muted">{meanings[key.name]}</span>}
          </>,
          <span title={`${key.events.toLocaleString()} of ${total.toLocaleString()} events`} className="whitespace-nowrap">
            {percent(key.events / Math.max(1, total))}
          </span>,
          <span className="break-words">
            {key.examples.map((example, i) => (
              <span key={example}>
                {i > 0 && <span className="text-muted"> · </span>}
                <code>{example}</code>
              </span>
            ))}
            {key.hasMore && <span className="text-muted"> …</span>}
          </span>,
          ...(hasFirst ? [<First name={key.name} />] : []),
        ],
      }))}
    />
  )
}

/** The first event of the period with a metadata key. Where it can't be known, such as on plans without it, there is a dash. */
function First({ name }: { name: string }) {
  const { project, view, today } = useProject()
  const values = useQuery({
    ...top({ project, view: { ...view, filters: [], compare: false }, today }, `meta.${name}`, 100),
    retry: false,
  })
  if (values.isPending) return <span className="skeleton inline-block h-4 w-32" />
  const times = values.data?.items.filter((item) => item.value !== '(none)').map((item) => item.first_seen) ?? []
  return <Time at={times.sort()[0]} />
}

function PublicLink({ project }: { project: string }) {
  const share = useQuery({
    queryKey: ['share', project],
    queryFn: () => read(api.GET('/v1/projects/{project}/share', { params: { path: { project } } })),
  })
  if (!share.data) return <div className="skeleton h-24" />
  return (
    <Panel
      title="The public page"
      about="Link to it from your tool’s README or its telemetry command: it says first what isn’t collected, then the numbers."
    >
      <p className="mt-3">
        {share.data.name ? (
          <a href={`/p/${share.data.name}`} className="link break-all">
            {location.origin}/p/{share.data.name}
          </a>
        ) : (
          <Link to="/projects/$project/settings/$tab" params={{ project, tab: 'sharing' }} className="button">
            Create it
          </Link>
        )}
      </p>
    </Panel>
  )
}

function Nothing({ project }: { project: string }) {
  return (
    <EmptyState
      title="Nothing was collected in this period"
      action={
        <Link to="/projects/$project/start" params={{ project }} className="button button-main">
          Send the first event
        </Link>
      }
    >
      Every key that arrives will be here, with example values, how often it is sent and since when, so that you and your users see what is
      collected.
    </EmptyState>
  )
}
