import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import type { Schemas } from '../../api/client'
import { failures, overview, top, type Ask } from '../../api/questions'
import { exact, percent } from '../../format/number'
import { useProject } from '../../shell/useProject'
import { fewRuns } from '../../ui/BarList'
import { downloadCsv } from '../../ui/csv'
import { Delta } from '../../ui/Delta'
import { EmptyState } from '../../ui/EmptyState'
import { Fault } from '../../ui/Fault'
import { Hint } from '../../ui/Hint'
import { Figure, Number } from '../../ui/Number'
import { Tabs } from '../../ui/Tabs'
import { Trouble } from '../../ui/Trouble'
import { toSearch, withFilter, type View } from '../../view/view'
import { List } from '../overview/List'
import { platforms } from '../overview/names'
import { heatMap } from './heat'

const everywhere = 'all'
const mostVersions = 8

/** What fails, on which version and platform. */
export function Failures() {
  const { project, view, today } = useProject()
  const ask = { project, view, today }
  const figures = useQuery(overview(ask))
  const systems = useQuery(top(ask, 'os', 6))
  const [chosen, setChosen] = useState(everywhere)

  if (figures.error) return <Fault error={figures.error} retry={() => void figures.refetch()} />
  if (figures.data?.failures === 0 && !figures.isPlaceholderData) {
    return (
      <EmptyState title="Nothing failed" line="command.Exited(exitCode);">
        No run in this view failed. Failures will be here by exit code, version and platform, so that you see what a release broke.
      </EmptyState>
    )
  }
  const names = (systems.data?.items ?? []).map((item) => item.value).filter((os) => os !== '(none)')
  const tabs = [everywhere, ...names].map((os) => ({
    id: os,
    title: os === everywhere ? 'All platforms' : (platforms[os] ?? os),
    content: <Heat ask={os === everywhere ? ask : { ...ask, view: withFilter(view, 'os', os) }} />,
  }))
  return (
    <div className="space-y-4">
      <h1 className="text-xl font-semibold">Failures</h1>
      <Figures figures={figures.data} />
      <section aria-label="By exit code and version" className="panel">
        <h2 className="flex items-center gap-1 px-4 pt-2 text-sm font-medium">
          By exit code and version
          <Hint label="What is a rate?">
            Of all runs of the version, the share that failed with the exit code. A click shows the events themselves.
          </Hint>
        </h2>
        <Tabs label="Platform" selected={tabs.some((tab) => tab.id === chosen) ? chosen : everywhere} onSelect={setChosen} tabs={tabs} />
      </section>
      <div className="grid gap-4 lg:grid-cols-2">
        <List ask={{ ...ask, view: withFilter(view, 'success', 'false') }} link={view} by="subject" title="What fails" rows={6} />
        <List ask={{ ...ask, view: withFilter(view, 'type', 'error') }} link={view} by="error_type" title="Errors" rows={6} />
      </div>
    </div>
  )
}

function Figures({ figures }: { figures: Schemas['OverviewBody'] | undefined }) {
  const before = figures?.previous
  const rate = (success: number | null | undefined) => (success == null ? null : 1 - success)
  const loaded = (content: React.ReactNode) => (figures ? content : <span className="skeleton inline-block h-6 w-24 align-middle" />)
  return (
    <section aria-label="Figures" className="panel grid grid-cols-2 sm:grid-cols-3">
      <Figure
        name="Failure rate"
        how="Of the runs with an outcome, the share that failed. The change is in percentage points."
        below={<Delta now={rate(figures?.success_rate)} before={rate(before?.success_rate)} up="worse" points />}
      >
        {loaded(<Number value={rate(figures?.success_rate)} kind="percent" />)}
      </Figure>
      <Figure name="Failed runs" how="Events with success false." below={<Delta now={figures?.failures} before={before?.failures} up="worse" />}>
        {loaded(<Number value={figures?.failures} />)}
      </Figure>
      <Figure
        name="Errors"
        how="Events of type error, which aren’t runs: what your tool reports when something goes wrong."
        below={<Delta now={figures?.errors} before={before?.errors} up="worse" />}
      >
        {loaded(<Number value={figures?.errors} />)}
      </Figure>
    </section>
  )
}

function Heat({ ask }: { ask: Ask }) {
  const answer = useQuery(failures(ask, 1000))
  // The runs of a version, also where nothing failed: events that have an outcome.
  const outcomes = withFilter({ ...ask.view, compare: false }, 'success', '(none)', true)
  const versions = useQuery(top({ ...ask, view: outcomes }, 'version', 1000))
  const error = answer.error ?? versions.error
  if (error) {
    const retry = () => void Promise.all([answer.refetch(), versions.refetch()])
    return <Trouble error={error} retry={retry} what="Failures by version" />
  }
  if (!answer.data || !versions.data) {
    return (
      <div className="min-h-72 p-4">
        <div className="skeleton h-56" />
      </div>
    )
  }
  const runs = new Map(versions.data.items.map((item) => [item.value, item.events ?? 0]))
  const map = heatMap(answer.data.items, runs, mostVersions)
  const { other } = answer.data
  const download = () =>
    downloadCsv('Failures', {
      columns: ['exit_code', 'version', 'os', 'failures', 'installs', 'runs', 'failure_rate', 'last_seen'],
      rows: answer.data.items.map((item) => [
        item.exit_code,
        item.version,
        item.os,
        item.failures,
        item.installs,
        item.runs,
        item.failure_rate,
        item.last_seen,
      ]),
    })
  return (
    <div className="flex min-h-72 flex-col">
      {map.codes.length === 0 ? (
        <p className="p-4 text-sm text-muted">Nothing failed here in this period.</p>
      ) : (
        <div className="overflow-x-auto p-4" tabIndex={0} role="region" aria-label="Rates by exit code and version">
          <table className="w-full border-separate border-spacing-1 text-sm">
            <caption className="sr-only">Failure rates by exit code and version</caption>
            <thead className="text-xs text-muted">
              <tr>
                <th scope="col" className="w-24 text-left font-normal">
                  exit code
                </th>
                {map.versions.map((version) => (
                  <th key={version} scope="col" className="min-w-16 text-center font-normal">
                    {version}
                  </th>
                ))}
                <th scope="col" className="w-20 text-right font-normal">
                  failures
                </th>
              </tr>
            </thead>
            <tbody>
              {map.codes.slice(0, 12).map(({ code, cells, failures }) => (
                <tr key={code}>
                  <th scope="row" className="text-left font-normal">
                    {code === '(none)' ? 'no code' : code}
                  </th>
                  {cells.map((cell, i) => (
                    <td key={map.versions[i]} className="p-0 text-center">
                      <HeatCell cell={cell} most={map.most} ask={ask} code={code} version={map.versions[i] ?? ''} isCut={!!other} />
                    </td>
                  ))}
                  <td className="text-right text-muted">
                    <Number value={failures} />
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      <div className="mt-auto flex min-h-9 items-center justify-between gap-4 border-t border-line px-4 text-xs text-muted">
        <span>
          {map.versions.length === mostVersions ? `The ${mostVersions} versions with the most runs. ` : ''}
          {other ? `Others: ${exact(other)} failures.` : ''}
        </span>
        <button type="button" className="rounded px-2 py-1 hover:bg-sunken hover:text-ink" onClick={download}>
          CSV<span className="sr-only"> of the failures</span>
        </button>
      </div>
    </div>
  )
}

interface CellProps {
  cell: ReturnType<typeof heatMap>['codes'][number]['cells'][number]
  most: number
  ask: Ask
  code: string
  version: string
  /** Whether some failures aren’t listed, so that there may be some. */
  isCut: boolean
}

function HeatCell({ cell, most, ask, code, version, isCut }: CellProps) {
  if (!cell) return <span className="block rounded bg-sunken px-2 py-1.5 text-muted">{isCut ? '—' : '0'}</span>
  const runs = cell.runs === null ? 'unknown' : exact(cell.runs)
  const strength = cell.rate !== null && most > 0 ? Math.round(8 + 34 * (cell.rate / most)) : 0
  return (
    <Link
      to={'/projects/$project/events' as '/projects/$project'}
      params={{ project: ask.project }}
      search={toSearch(failuresOf(ask.view, code, version))}
      title={`${exact(cell.failures)} of ${runs} runs of ${version} failed with ${code}: show the events`}
      className={`block rounded px-2 py-1.5 whitespace-nowrap hover:outline-2 hover:outline-accent ${
        (cell.runs ?? 0) < fewRuns ? 'text-muted' : 'text-ink'
      }`}
      style={{ background: `color-mix(in srgb, var(--worse) ${strength}%, var(--surface))` }}
    >
      {cell.rate === null ? exact(cell.failures) : percent(cell.rate)}
    </Link>
  )
}

function failuresOf(view: View, code: string, version: string): View {
  return withFilter(withFilter(withFilter(view, 'success', 'false'), 'exit_code', code), 'version', version)
}
