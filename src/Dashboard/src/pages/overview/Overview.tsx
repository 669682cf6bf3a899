import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { Schemas } from '../../api/client'
import { overview, top, topCompared, type Ask } from '../../api/questions'
import { percent } from '../../format/number'
import { useProject } from '../../shell/useProject'
import { BarList, barCell } from '../../ui/BarList'
import { Delta } from '../../ui/Delta'
import { EmptyState } from '../../ui/EmptyState'
import { Fault } from '../../ui/Fault'
import { Figure, Installs, Number } from '../../ui/Number'
import { Tabs } from '../../ui/Tabs'
import { toSearch, versionsOf, withFilter, type View } from '../../view/view'
import { kinds, sentKinds, type Kind } from './kinds'
import { List } from './List'
import { actors, platforms } from './names'
import { Series } from './Series'

/** How a project does, at one glance. */
export function Overview() {
  const { project, view, today } = useProject()
  const ask = { project, view, today }
  const figures = useQuery(overview(ask))
  const types = useQuery(topCompared(ask, 'type', 20))
  const kind = sentKinds(types.data)[0]

  if (figures.error) return <Fault error={figures.error} retry={() => void figures.refetch()} />
  if (figures.data?.events === 0 && !figures.isPlaceholderData) return <Nothing ask={ask} />
  return (
    <div className="space-y-4">
      <h1 className="sr-only">Overview</h1>
      <Figures figures={figures.data} types={types.data} kind={kind} />
      <Series ask={ask} />
      <div className="grid gap-4 lg:grid-cols-[3fr_2fr]">
        <div className="panel">
          <Names ask={ask} types={types.data} />
        </div>
        <Versions ask={ask} />
      </div>
      <div className="grid gap-4 lg:grid-cols-[3fr_2fr]">
        <Who ask={ask} />
        <List ask={ask} by="os" title="Platforms" rows={4} label={(os) => platforms[os] ?? os} />
      </div>
    </div>
  )
}

function Figures({ figures, types, kind }: { figures?: Schemas['OverviewBody']; types?: Schemas['TopAnswer']; kind?: Kind }) {
  const before = figures?.previous
  const runs = types?.items.find((item) => item.value === kind?.type)
  const wait = <span className="skeleton inline-block h-6 w-24 align-middle" />
  const loaded = <T,>(value: T, shown: (value: NonNullable<T>) => React.ReactNode) => (value ? shown(value) : wait)
  return (
    <section aria-label="Figures" className="panel grid grid-cols-2 gap-px overflow-hidden sm:grid-cols-3 lg:grid-cols-5">
      <Figure
        name="Installs"
        className="col-span-2 sm:col-span-1"
        how="Distinct installs that sent at least one event in the period. An install is a random id on one machine, stored as a keyed hash."
        below={<Delta now={figures?.installs} before={before?.installs} up="better" />}
      >
        {loaded(figures, ({ installs, accuracy }) => (
          <Number value={installs} accuracy={accuracy} />
        ))}
      </Figure>
      <Figure
        name="Events"
        how="All events that were accepted, each once, however often it was sent."
        below={<Delta now={figures?.events} before={before?.events} />}
      >
        {loaded(figures, ({ events }) => (
          <Number value={events} />
        ))}
      </Figure>
      <Figure
        name="Success"
        how="Of the runs with an outcome, the share that succeeded. The change is in percentage points."
        below={<Delta now={figures?.success_rate} before={before?.success_rate} up="better" points />}
      >
        {loaded(figures, ({ success_rate }) => (
          <Number value={success_rate} kind="percent" />
        ))}
      </Figure>
      <Figure
        name="New installs"
        how="Installs whose very first event is in the period. Under a filter they can’t be known."
        below={<Delta now={figures?.new_installs} before={before?.new_installs} up="better" />}
      >
        {loaded(figures, ({ new_installs }) => (
          <Number value={new_installs} />
        ))}
      </Figure>
      <Figure
        name="Median run"
        how="Half of the runs took less time than this, half took more; within 1%."
        below={<Delta now={runs?.p50_ms} before={runs?.compared_p50_ms} up="worse" />}
      >
        {loaded(types, () => (
          <Number value={runs?.p50_ms} kind="duration" within={0.01} />
        ))}
      </Figure>
    </section>
  )
}

/** What the project sends most; tabs for the rest. */
function Names({ ask, types }: { ask: Ask; types: Schemas['TopAnswer'] | undefined }) {
  const sent = sentKinds(types)
  const shown = sent.length > 0 ? sent : kinds.slice(0, 1)
  return (
    <Tabs
      key={shown[0]?.by}
      label="Names"
      tabs={shown.map((kind) => ({ id: kind.by, title: kind.title, content: <KindList ask={ask} kind={kind} /> }))}
    />
  )
}

function KindList({ ask, kind }: { ask: Ask; kind: Kind }) {
  const answer = useQuery(top(ask, kind.by, 8))
  if (answer.error) return <Fault error={answer.error} retry={() => void answer.refetch()} />
  return (
    <BarList
      title={kind.title}
      field="subject"
      answer={answer.data}
      view={ask.view}
      rows={8}
      failures={kind.runs}
      page={(name, bar) => (
        <Link
          to="/projects/$project/subjects/$kind/$name"
          params={{ project: ask.project, kind: kind.by, name }}
          search={toSearch(ask.view)}
          title={`More about ${name}`}
          className={barCell}
        >
          {bar}
          <span className="relative">{name}</span>
        </Link>
      )}
    />
  )
}

/** Versions, or groups of them with the same minor version. A click on a group filters by all of its versions. */
function Versions({ ask }: { ask: Ask }) {
  return (
    <section aria-label="Versions" className="panel">
      <Tabs
        label="Versions"
        tabs={[
          { id: 'each', title: 'Versions', content: <VersionList ask={ask} /> },
          { id: 'minor', title: 'Minor versions', content: <VersionList ask={ask} group="minor" /> },
        ]}
      />
    </section>
  )
}

function VersionList({ ask, group }: { ask: Ask; group?: 'minor' }) {
  const answer = useQuery(top(ask, 'version', 8, group && { group }))
  if (answer.error) return <Fault error={answer.error} retry={() => void answer.refetch()} />
  return <BarList title="Versions" field="version" answer={answer.data} view={ask.view} rows={8} filterOf={group && versionsOf} />
}

const colours = ['#0072b2', '#e69f00', '#009e73', '#999999']

/** People, CI and agents by their runs, and which agents and CI systems. */
function Who({ ask }: { ask: Ask }) {
  const answer = useQuery(top(ask, 'actor', 8))
  // Their names are counted from events, which takes long if there are many.
  const has = (actor: string) => answer.data?.items.some((item) => item.value === actor) ?? false
  const agents = useQuery({ ...top(ask, 'agent', 8), enabled: has('agent') })
  const systems = useQuery({ ...top(ask, 'ci_name', 8), enabled: has('ci') })
  const total = Math.max(1, answer.data?.total ?? 0)
  return (
    <section aria-label="Who runs it" className="panel p-4">
      <h2 className="text-sm font-medium">Who runs it</h2>
      <div className="mt-3 flex h-3 gap-0.5 overflow-hidden rounded bg-sunken" aria-hidden="true">
        {answer.data?.items.map((item, i) => (
          <span key={item.value} style={{ width: `${(100 * item.events) / total}%`, background: colours[Math.min(i, 3)] }} />
        ))}
      </div>
      <ul className="mt-3 flex min-h-12 flex-wrap gap-x-6 gap-y-2">
        {answer.data?.items.map((item, i) => (
          <li key={item.value} className="flex items-start gap-2">
            <span aria-hidden="true" className="mt-1.5 size-3 rounded-sm" style={{ background: colours[Math.min(i, 3)] }} />
            <span>
              <FilterLink view={ask.view} field="actor" value={item.value}>
                {actors[item.value] ?? item.value} <span className="font-semibold">{percent(item.events / total)}</span>
              </FilterLink>
              <span className="block text-sm text-muted">
                <Installs value={item.installs} />
              </span>
            </span>
          </li>
        ))}
      </ul>
      <Named title="Agents" field="agent" answer={agents.data} view={ask.view} />
      <Named title="CI" field="ci_name" answer={systems.data} view={ask.view} />
    </section>
  )
}

function Named({ title, field, answer, view }: { title: string; field: string; answer: Schemas['TopAnswer'] | undefined; view: View }) {
  const items = answer?.items.filter((item) => item.value !== '(none)') ?? []
  return (
    <p className="mt-2 min-h-6 text-sm">
      {items.length > 0 && (
        <>
          <span className="text-muted">{title}: </span>
          {items.map((item, i) => (
            <span key={item.value}>
              {i > 0 && <span className="text-muted"> · </span>}
              <FilterLink view={view} field={field} value={item.value}>
                {item.value}
              </FilterLink>{' '}
              <span className="text-muted">
                <Number value={item.events} />
              </span>
            </span>
          ))}
        </>
      )}
    </p>
  )
}

function FilterLink({ view, field, value, children }: { view: View; field: string; value: string; children: React.ReactNode }) {
  return (
    <Link
      to="."
      search={() => toSearch(withFilter(view, field, value))}
      title={`Show only ${value}`}
      className="underline decoration-line decoration-dotted underline-offset-4 hover:text-accent"
    >
      {children}
    </Link>
  )
}

/** A period without events: of a new project, or because of the filters. */
function Nothing({ ask }: { ask: Ask }) {
  const { project, view } = ask
  if (view.filters.length > 0 || view.env === 'test') {
    return (
      <EmptyState
        title="No events in this view"
        action={
          <Link to="." search={() => toSearch({ ...view, filters: [], env: 'live' })} className="button">
            Show all live events
          </Link>
        }
      >
        No event in the period passes the filters.
      </EmptyState>
    )
  }
  return (
    <EmptyState
      title="No events yet in this period"
      line={'using var command = telemetry.TrackCommand("build");'}
      action={
        <Link to="/projects/$project/start" params={{ project }} className="button button-main">
          Send the first one
        </Link>
      }
    >
      Installs, events, success and run times will be here, with the releases of your tool marked in the chart, and below them what is used
      most, on which versions and platforms, and by whom.
    </EmptyState>
  )
}
