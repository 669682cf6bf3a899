import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import type { Schemas } from '../../api/client'
import { overview, top, topCompared, type Ask } from '../../api/questions'
import { percent } from '../../format/number'
import { NotFound } from '../../shell/NotFound'
import { useProject } from '../../shell/useProject'
import { Day, ItemTable } from '../../ui/ItemTable'
import { Delta } from '../../ui/Delta'
import { EmptyState } from '../../ui/EmptyState'
import { Fault } from '../../ui/Fault'
import { Figure, Installs, Number } from '../../ui/Number'
import { Tabs } from '../../ui/Tabs'
import { Trouble } from '../../ui/Trouble'
import { toSearch, withFilter } from '../../view/view'
import { kinds, type Kind } from '../overview/kinds'
import { List } from '../overview/List'
import { actors, platforms } from '../overview/names'
import { Series } from '../overview/Series'

const route = getRouteApi('/projects/$project/subjects/$kind/$name')
const one: Record<string, string> = { command: 'Command', feature: 'Feature', method: 'Method', component: 'Component' }

/** All about one command, feature, method or component. */
export function Subject() {
  const params = route.useParams()
  const kind = kinds.find((kind) => kind.by === params.kind)
  return kind ? <Known kind={kind} name={params.name} /> : <NotFound />
}

function Known({ kind, name }: { kind: Kind; name: string }) {
  const { project, view, today } = useProject()
  const all = { project, view, today }
  const ask = { ...all, view: withFilter(withFilter(view, 'type', kind.type), 'subject', name) }
  const answer = useQuery(topCompared(ask, kind.by, 1))
  const item = answer.data?.items[0]

  return (
    <div className="space-y-4">
      <header className="flex flex-wrap items-center gap-x-4 gap-y-2">
        <div className="mr-auto min-w-0">
          <p className="text-sm text-muted">
            <Link to="/projects/$project/commands" params={{ project }} search={toSearch(view)} className="link">
              All names
            </Link>{' '}
            / {one[kind.by]}
          </p>
          <h1 className="font-mono text-xl font-semibold break-words">{name}</h1>
        </div>
        <Link
          to="/projects/$project/remove"
          params={{ project }}
          search={toSearch(withFilter(withFilter({ ...view, filters: [] }, 'type', kind.type), 'subject', name))}
          className="button"
        >
          Can I remove it?
        </Link>
        <Link to={'/projects/$project/events' as '/projects/$project'} params={{ project }} search={toSearch(ask.view)} className="button">
          Its events
        </Link>
      </header>
      {answer.error ? (
        <Fault error={answer.error} retry={() => void answer.refetch()} />
      ) : answer.data && !item && !answer.isPlaceholderData ? (
        <NotUsed ask={ask} kind={kind} />
      ) : (
        <>
          <Figures all={all} item={item} kind={kind} />
          <Series ask={ask} />
          <Breakdown ask={ask} by="version" title="By version" kind={kind} rows={6} />
          <Breakdown ask={ask} by="os" title="By platform" kind={kind} rows={3} label={(os) => platforms[os] ?? os} />
          <Flags ask={ask} kind={kind} name={name} />
          <div className={`grid gap-4 ${kind.runs ? 'lg:grid-cols-3' : 'lg:grid-cols-2'}`}>
            <List ask={ask} link={view} by="actor" title="Who uses it" rows={4} label={(actor) => actors[actor] ?? actor} />
            <List ask={ask} link={view} by="agent" title="Which agents" rows={4} label={noneAs('No agent')} />
            {kind.runs && <List ask={ask} link={view} by="exit_code" title="Exit codes" rows={4} label={noneAs('No code')} />}
          </div>
        </>
      )}
    </div>
  )
}

const noneAs = (text: string) => (value: string) => (value === '(none)' ? text : value)

function Figures({ all, item, kind }: { all: Ask; item: Schemas['TopItem'] | undefined; kind: Kind }) {
  const figures = useQuery(overview(all))
  const loaded = (content: ReactNode) => (item ? content : <span className="skeleton inline-block h-6 w-24 align-middle" />)
  const share = item?.installs != null && figures.data?.installs ? item.installs / figures.data.installs : undefined
  return (
    <section aria-label="Figures" className="panel">
      <div className={`grid grid-cols-2 sm:grid-cols-3 ${kind.runs ? 'lg:grid-cols-5' : ''}`}>
        <Figure
          name="Installs"
          how="Distinct installs that used it in the period. Below it, the change, and their share of all installs that were active."
          below={
            <>
              <Delta now={item?.installs} before={item?.compared_installs} up="better" />
              {share !== undefined && <span className="text-muted"> · {percent(Math.min(1, share))} of all</span>}
            </>
          }
        >
          {loaded(<Number value={item?.installs} />)}
        </Figure>
        <Figure
          name={kind.runs ? 'Runs' : 'Uses'}
          how="Events with this name, each counted once."
          below={<Delta now={item?.events} before={item?.compared_events} />}
        >
          {loaded(<Number value={item?.events} />)}
        </Figure>
        {kind.runs && (
          <>
            <Figure
              name="Success"
              how="Of the runs with an outcome, the share that succeeded. The change is in percentage points."
              below={<Delta now={item?.success_rate} before={item?.compared_success_rate} up="better" points />}
            >
              {loaded(<Number value={item?.success_rate} kind="percent" />)}
            </Figure>
            <Figure
              name="p50"
              how="Half of the runs took less time than this, half took more; within 1%."
              below={<Delta now={item?.p50_ms} before={item?.compared_p50_ms} up="worse" />}
            >
              {loaded(<Number value={item?.p50_ms} kind="duration" />)}
            </Figure>
            <Figure
              name="p95"
              how="95 of 100 runs took less time than this; within 1%."
              below={<Delta now={item?.p95_ms} before={item?.compared_p95_ms} up="worse" />}
            >
              {loaded(<Number value={item?.p95_ms} kind="duration" />)}
            </Figure>
          </>
        )}
      </div>
      <p className="min-h-8 px-4 pb-3 text-sm text-muted">
        {item && (
          <>
            In this period first seen <Day time={item.first_seen} />, last seen <Day time={item.last_seen} />. Days are UTC days.
          </>
        )}
      </p>
    </section>
  )
}

interface BreakdownProps {
  ask: Ask
  by: string
  title: string
  kind: Kind
  rows: number
  label?: (value: string) => string
}

/** The figures of each value; a click on one filters by it. */
function Breakdown({ ask, by, title, kind, rows, label = (value) => value }: BreakdownProps) {
  const { view } = useProject()
  const answer = useQuery(top(ask, by, rows))
  return (
    <section aria-label={title} className="panel">
      <h2 className="px-4 pt-2.5 text-sm font-medium">{title}</h2>
      {answer.error ? (
        <Trouble error={answer.error} retry={() => void answer.refetch()} what="These figures" />
      ) : (
        <ItemTable
          title={title}
          answer={answer.data}
          rows={rows}
          runs={kind.runs}
          name={(item) => (
            <Link
              to="."
              search={() => toSearch(withFilter(view, by, item.value))}
              title={`Show only ${item.value}`}
              className="rounded hover:text-accent hover:underline"
            >
              {label(item.value)}
            </Link>
          )}
        />
      )}
    </section>
  )
}

function Flags({ ask, kind, name }: { ask: Ask; kind: Kind; name: string }) {
  const tabs: Pick<FlagProps & { title: string }, 'id' | 'title' | 'more' | 'empty' | 'what'>[] = [
    { id: 'each', title: 'Flags', more: {}, empty: 'No flags in this period.', what: 'Flags' },
    { id: 'together', title: 'Together', more: { combinations: 'true' }, empty: 'No flags in this period.', what: 'Combinations of flags' },
    {
      id: 'unused',
      title: 'Not used',
      more: { unused: 'true' },
      empty: 'All flags that were ever used are still used.',
      what: 'Flags that are no longer used',
    },
  ]
  return (
    <section aria-label="Flags" className="panel">
      <Tabs label="Flags" tabs={tabs.map((tab) => ({ ...tab, content: <FlagList ask={ask} kind={kind} name={name} {...tab} /> }))} />
    </section>
  )
}

interface FlagProps {
  ask: Ask
  kind: Kind
  name: string
  id: string
  more: Record<string, string>
  empty: string
  what: string
}

const flags = 'meta.flags'

function FlagList({ ask, kind, name, id, more, empty, what }: FlagProps) {
  const isUnused = id === 'unused'
  const view = isUnused ? { ...ask.view, compare: false } : ask.view
  const answer = useQuery(top({ ...ask, view }, flags, 8, more))
  if (answer.error) return <Trouble error={answer.error} retry={() => void answer.refetch()} what={what} />
  const bare = withFilter(withFilter({ ...view, filters: [] }, 'type', kind.type), 'subject', name)
  const used = answer.data?.items.some((item) => item.value !== '(none)')
  return (
    <ItemTable
      title={what}
      answer={answer.data && (used ? answer.data : { ...answer.data, items: [], other: 0 })}
      rows={5}
      runs={kind.runs && !isUnused}
      empty={empty}
      name={(item) => (item.value === '(none)' ? <span className="italic">without a flag</span> : <code>{item.value}</code>)}
      action={
        id === 'together'
          ? undefined
          : (item) =>
              item.value !== '(none)' && (
                <Link
                  to="/projects/$project/remove"
                  params={{ project: ask.project }}
                  search={toSearch(withFilter(bare, flags, item.value))}
                  className="link"
                  aria-label={`Can I remove ${item.value}?`}
                >
                  Remove?
                </Link>
              )
      }
    />
  )
}

function NotUsed({ ask, kind }: { ask: Ask; kind: Kind }) {
  const before = useQuery(top({ ...ask, view: { ...ask.view, compare: false } }, kind.by, 1, { unused: 'true' }))
  const item = before.data?.items[0]
  return (
    <EmptyState
      title="Not used in this period"
      action={
        <Link to="." search={() => toSearch({ ...ask.view, period: { days: 365 }, filters: [] })} className="button">
          Show the last 12 months
        </Link>
      }
    >
      {item ? (
        <>
          It was last used on <Day time={item.last_seen} />, and by <Installs value={item.installs} /> in all the time before.
        </>
      ) : (
        'No event in the period has this name and passes the filters.'
      )}
    </EmptyState>
  )
}
