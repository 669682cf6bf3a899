import { useQuery } from '@tanstack/react-query'
import { Link, useParams } from '@tanstack/react-router'
import { useMemo, useState, type ReactNode } from 'react'
import { api, ApiError, read, type Schemas } from '../../api/client'
import { dayText } from '../../format/time'
import { words } from '../../format/words'
import { useShortcuts } from '../../shell/shortcuts'
import { useTheme } from '../../shell/theme'
import { Chart } from '../../ui/Chart'
import { Checklist } from '../../ui/Checklist'
import type { Line } from '../../ui/chartData'
import { EmptyState } from '../../ui/EmptyState'
import { Fault } from '../../ui/Fault'
import { Figure, Number } from '../../ui/Number'

type Report = Schemas['PublicReportBody']

/** What a project shows to anyone: first what it doesn't collect, then its numbers. It needs no account. */
export function PublicPage() {
  const { name } = useParams({ strict: false }) as { name: string }
  const report = useQuery({
    queryKey: ['shared', name],
    staleTime: 300_000,
    queryFn: () => read(api.GET('/v1/shared/{name}', { params: { path: { name } } })),
  })
  return (
    <div className="mx-auto flex min-h-dvh max-w-5xl flex-col px-4">
      <title>{`${report.data?.project ?? name} in numbers – TelemetryKit`}</title>
      <main className="flex-1 py-6">
        {report.error ? (
          <Missing error={report.error} retry={() => void report.refetch()} />
        ) : (
          <Content name={name} report={report.data} />
        )}
      </main>
      <Foot />
    </div>
  )
}

function Missing({ error, retry }: { error: Error; retry: () => void }) {
  if (!(error instanceof ApiError && error.status === 404)) return <Fault error={error} retry={retry} />
  return (
    <EmptyState
      title="There is no public page with this name"
      action={
        <Link to="/" className="button">
          To the start
        </Link>
      }
    >
      Its author may have chosen another name, or no longer shares the numbers.
    </EmptyState>
  )
}

function Content({ name, report }: { name: string; report: Report | undefined }) {
  return (
    <div className="space-y-4">
      <header>
        <h1 className="text-2xl font-semibold tracking-tight">{report?.project ?? name} in numbers</h1>
        <p className="mt-1 min-h-6 text-muted">
          {report && (
            <>
              {dayText(report.from)} – {dayText(report.to)}, UTC days. From installs whose users said yes to telemetry.
            </>
          )}
        </p>
      </header>
      <Promise />
      {report ? <Numbers report={report} /> : <div className="skeleton h-24" />}
      {report ? report.days && <Days days={report.days} /> : <div className="skeleton h-80" />}
      {report ? <Lists report={report} /> : <div className="skeleton h-48" />}
    </div>
  )
}

const never = [
  ['No names and no addresses', 'No user or host name, no e-mail, no IP address.'],
  ['No ids that lead back', 'An install is a random id, stored as a hash with a secret of this project.'],
  ['No files and no paths', 'Texts are scrubbed of paths and secrets on the machine, and once more on the server.'],
  ['No single installs', 'No number here is about fewer than ten installs, nor is the difference of two of them.'],
] as const

/** What isn't collected, before any number. */
function Promise() {
  return (
    <section aria-labelledby="never" className="panel p-5">
      <h2 id="never" className="font-semibold">
        What is not collected
      </h2>
      <Checklist items={never} />
    </section>
  )
}

const rounded = 'Rounded down to a multiple of ten. Fewer than ten are not shown.'

function Numbers({ report }: { report: Report }) {
  const hasOverview = report.days !== null
  if (!hasOverview) return null
  return (
    <section aria-label="Figures" className="panel grid grid-cols-2 gap-px sm:grid-cols-3">
      <Figure
        name="Installs"
        className="col-span-2 sm:col-span-1"
        how={`Distinct installs in the four weeks. ${rounded}`}
        below={<span className="text-muted">in tens, rounded down</span>}
      >
        <Number value={report.installs} />
      </Figure>
      <Figure
        name="Events"
        how="Accepted events in the four weeks, with two significant digits."
        below={<span className="text-muted">rounded</span>}
      >
        <Number value={report.events} />
      </Figure>
      <Figure name="Successful runs" how="Of the runs with an outcome, the share that succeeded.">
        <Number value={report.success_rate} kind="percent" />
      </Figure>
    </section>
  )
}

function Days({ days }: { days: NonNullable<Report['days']> }) {
  const [asTable, setAsTable] = useState(false)
  useShortcuts({ t: () => setAsTable((is) => !is) })
  const times = useMemo(() => days.map((day) => day.day), [days])
  const lines = useMemo((): Line[] => [{ name: 'Installs', values: days.map((day) => day.installs) }], [days])
  const isEmpty = days.every((day) => day.installs === null)
  return (
    <section aria-label="Installs a day" className="panel pb-2">
      <h2 className="px-4 pt-2.5 pb-3 text-sm font-medium">Installs a day</h2>
      {isEmpty ? (
        <p className="px-4 pb-4 text-muted">On no day were there ten installs or more.</p>
      ) : (
        <Chart name="Installs a day" days={times} lines={lines} asTable={asTable} onToggle={() => setAsTable(!asTable)} />
      )}
    </section>
  )
}

const names = words({ linux: 'Linux', macos: 'macOS', windows: 'Windows', human: 'People', ci: 'CI', agent: 'Agents' })

function Lists({ report }: { report: Report }) {
  const lists = [
    ['Commands', report.commands],
    ['Versions', report.versions],
    ['Platforms', report.platforms],
    ['Who runs it', report.actors],
  ] as const
  return (
    <div className="grid items-start gap-4 sm:grid-cols-2">
      {lists.map(([title, items]) => items && <List key={title} title={title} items={items} />)}
    </div>
  )
}

function List({ title, items }: { title: string; items: Schemas['PublicItemBody'][] }) {
  const most = Math.max(1, ...items.map((item) => item.installs))
  return (
    <section className="panel pb-2">
      <table className="w-full table-fixed text-sm">
        <caption className="px-4 pt-2.5 pb-1 text-left text-sm font-medium">{title}</caption>
        <thead className="text-xs text-muted">
          <tr>
            <th scope="col" className="px-4 text-left font-normal">
              <span className="sr-only">{title}</span>
            </th>
            <th scope="col" className="w-24 pr-4 text-right font-normal">
              installs
            </th>
          </tr>
        </thead>
        <tbody>
          {items.map((item) => (
            <tr key={item.value} className="h-8">
              <td className="px-2">
                <span className="relative block truncate px-2 py-1" title={item.value}>
                  <span
                    aria-hidden="true"
                    className="bar absolute inset-y-0.5 left-0 rounded"
                    style={{ width: `${(100 * item.installs) / most}%` }}
                  />
                  <span className="relative">{names[item.value] ?? item.value}</span>
                </span>
              </td>
              <td className="pr-4 text-right">
                <Number value={item.installs} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {items.length === 0 && <p className="px-4 py-2 text-sm text-muted">Nothing here has ten installs yet.</p>}
    </section>
  )
}

function Foot(): ReactNode {
  const { theme, toggle } = useTheme()
  return (
    <footer className="flex flex-wrap items-center gap-x-6 gap-y-2 border-t border-line py-4 text-sm text-muted">
      <span>
        Measured with{' '}
        <Link to="/" className="link">
          TelemetryKit
        </Link>
      </span>
      <button type="button" className="ml-auto rounded px-2 py-1 hover:bg-sunken" onClick={toggle}>
        {theme === 'dark' ? 'Light' : 'Dark'} colours
      </button>
    </footer>
  )
}
