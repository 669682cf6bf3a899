import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useMemo, useState } from 'react'
import type { Schemas } from '../../api/client'
import { retention, seriesOf, users, type Ask } from '../../api/questions'
import { exact, percent } from '../../format/number'
import { dayText } from '../../format/time'
import { useShortcuts } from '../../shell/shortcuts'
import { useProject } from '../../shell/useProject'
import { Chart } from '../../ui/Chart'
import type { Line } from '../../ui/chartData'
import { downloadCsv } from '../../ui/csv'
import { EmptyState } from '../../ui/EmptyState'
import { Fault } from '../../ui/Fault'
import { Hint } from '../../ui/Hint'
import { Figure, Number } from '../../ui/Number'
import { Tabs } from '../../ui/Tabs'
import { Trouble } from '../../ui/Trouble'
import { rangeOf, toSearch } from '../../view/view'
import { List } from '../overview/List'
import { actors } from '../overview/names'
import { averageRetention } from './retention'

/** How many installs are active, how many are new, and how many come back. */
export function People() {
  const { project, view, today } = useProject()
  const ask = { project, view, today }
  const answer = useQuery(users(ask))
  const [table, setTable] = useState<string>()
  const [chosen, setChosen] = useState<Interval | 'new'>('day')
  const isTable = table === chosen
  const toggle = () => setTable(isTable ? undefined : chosen)
  useShortcuts({ t: toggle })

  if (answer.error) return <Fault error={answer.error} retry={() => void answer.refetch()} />
  if (answer.data?.days.every((day) => day.active === 0) && !answer.isPlaceholderData) {
    return (
      <EmptyState
        title="No installs in this view"
        line={'using var command = telemetry.TrackCommand("build");'}
        action={
          <Link to="." search={() => toSearch({ ...view, filters: [] })} className="button">
            Without filters
          </Link>
        }
      >
        Daily, weekly and monthly active installs will be here, new ones against those that return, and how many are still there weeks later.
      </EmptyState>
    )
  }
  const chart = { ask, asTable: isTable, onToggle: toggle }
  return (
    <div className="space-y-4">
      <h1 className="text-xl font-semibold">People</h1>
      <Figures answer={answer.data} />
      <section aria-label="Over time" className="panel">
        <Tabs
          label="Active installs"
          selected={chosen}
          onSelect={(id) => setChosen(id as Interval)}
          tabs={[
            { id: 'day', title: 'Daily', content: <Actives {...chart} interval="day" /> },
            { id: 'week', title: 'Weekly', content: <Actives {...chart} interval="week" /> },
            { id: 'month', title: 'Monthly', content: <Actives {...chart} interval="month" /> },
            { id: 'new', title: 'New and returning', content: <NewAndReturning {...chart} answer={answer.data} /> },
          ]}
        />
      </section>
      <Retention ask={ask} />
      <div className="grid gap-4 lg:grid-cols-3">
        <List ask={ask} by="actor" title="Who" rows={4} label={(actor) => actors[actor] ?? actor} />
        <List ask={ask} by="agent" title="Agents" rows={4} label={(agent) => (agent === '(none)' ? 'No agent' : agent)} />
        <List ask={ask} by="ci_name" title="CI systems" rows={4} label={(system) => (system === '(none)' ? 'No CI' : system)} />
      </div>
    </div>
  )
}

const note = (text: string | undefined) => <span className="text-muted">{text}</span>

function Figures({ answer }: { answer: Schemas['UsersAnswer'] | undefined }) {
  const loaded = (content: React.ReactNode) => (answer ? content : <span className="skeleton inline-block h-6 w-24 align-middle" />)
  const days = answer?.days ?? []
  const average = days.length > 0 ? days.reduce((sum, day) => sum + (day.active ?? 0), 0) / days.length : null
  const stickiness = average !== null && answer?.monthly && days.length >= 28 ? Math.min(1, average / answer.monthly) : null
  const accuracy = answer?.accuracy
  return (
    <section aria-label="Figures" className="panel grid grid-cols-2 lg:grid-cols-4">
      <Figure
        name="Daily"
        how="Distinct installs on the last day of the period. Today isn’t over."
        below={note(days.at(-1) && `on ${dayText(days.at(-1)!.day)}`)}
      >
        {loaded(<Number value={answer?.daily} accuracy={accuracy} />)}
      </Figure>
      <Figure name="Weekly" how="Distinct installs in the seven days that end with the period." below={note('in 7 days')}>
        {loaded(<Number value={answer?.weekly} accuracy={accuracy} />)}
      </Figure>
      <Figure name="Monthly" how="Distinct installs in the 30 days that end with the period." below={note('in 30 days')}>
        {loaded(<Number value={answer?.monthly} accuracy={accuracy} />)}
      </Figure>
      <Figure
        name="Daily of monthly"
        how="The average of the active installs a day, divided by the monthly ones: how often an install is used. It needs a period of four weeks."
        below={note('on an average day')}
      >
        {loaded(<Number value={stickiness} kind="percent" />)}
      </Figure>
    </section>
  )
}

type Interval = 'day' | 'week' | 'month'
interface ChartProps {
  ask: Ask
  asTable: boolean
  onToggle: () => void
}

const names = { day: 'Active installs a day', week: 'Active installs a week', month: 'Active installs a month' }

function Actives({ ask, interval, asTable, onToggle }: ChartProps & { interval: Interval }) {
  const answer = useQuery(seriesOf(ask, { interval }))
  const days = useMemo(() => (answer.data?.points ?? []).map((point) => point.time.slice(0, 10)), [answer.data])
  const lines = useMemo(
    (): Line[] => [{ name: 'Installs', values: (answer.data?.points ?? []).map((point) => point.installs) }],
    [answer.data],
  )
  return (
    <div className="pt-3" style={{ minHeight: 280 }}>
      {answer.error ? (
        <Trouble error={answer.error} retry={() => void answer.refetch()} what={names[interval]} />
      ) : answer.data ? (
        <Chart
          name={names[interval]}
          days={days}
          lines={lines}
          isLastUnfinished={rangeOf(ask.view.period, ask.today).to === ask.today}
          asTable={asTable}
          onToggle={onToggle}
        />
      ) : (
        <div className="skeleton mx-4 h-56" />
      )}
    </div>
  )
}

function NewAndReturning({ answer, asTable, onToggle }: ChartProps & { answer: Schemas['UsersAnswer'] | undefined }) {
  const days = useMemo(() => (answer?.days ?? []).map((day) => day.day), [answer])
  const lines = useMemo(
    (): Line[] => [
      { name: 'Returning', values: (answer?.days ?? []).map((day) => day.returning) },
      { name: 'New', values: (answer?.days ?? []).map((day) => day.new) },
    ],
    [answer],
  )
  const isKnown = answer?.days.some((day) => day.new !== null)
  return (
    <div className="pt-3" style={{ minHeight: 280 }}>
      {answer && !isKnown ? (
        <p className="p-4 text-sm text-muted">Under a filter it can’t be known which installs are new. Remove the filters to see them.</p>
      ) : answer ? (
        <Chart name="New and returning installs a day" days={days} lines={lines} stacked asTable={asTable} onToggle={onToggle} />
      ) : (
        <div className="skeleton mx-4 h-56" />
      )}
    </div>
  )
}

/** Which share of the installs of a week comes back in later weeks. */
function Retention({ ask }: { ask: Ask }) {
  const answer = useQuery(retention(ask))
  const cohorts = answer.data?.cohorts
  const average = averageRetention(cohorts ?? [])
  const most = Math.min(12, Math.max(0, ...(cohorts ?? []).map((cohort) => cohort.weeks.length)))
  const shown = (cohorts ?? []).slice(-most)
  const download = () =>
    downloadCsv('Retention', {
      columns: ['week', 'installs', 'weeks_later', 'active', 'share'],
      rows: (cohorts ?? []).flatMap((cohort) => cohort.weeks.map((week, i) => [cohort.week, cohort.installs, i, week.active, week.share])),
    })
  return (
    <section aria-label="Retention" className="panel">
      <h2 className="flex items-center gap-1 px-4 pt-2 text-sm font-medium">
        Retention
        <Hint label="How is retention counted?">
          Of the installs whose first event is in a week (Monday to Sunday, UTC), the share that had an event in each later week. The last
          week of a row isn’t over. Longer periods show more weeks.
        </Hint>
      </h2>
      {answer.error ? (
        <Trouble error={answer.error} retry={() => void answer.refetch()} what="Retention and cohorts" />
      ) : (
        <div className="min-h-56">
          {!answer.data ? (
            <div className="skeleton m-4 h-44" />
          ) : shown.length === 0 ? (
            <p className="p-4 text-sm text-muted">
              {cohorts === null ? 'There are too many installs to compare them between weeks.' : 'No install began in a week of this period.'}
            </p>
          ) : (
            <div className="overflow-x-auto p-4" tabIndex={0} role="region" aria-label="Retention by week">
              <table className="w-full border-separate border-spacing-0.5 text-sm">
                <caption className="sr-only">Share of installs that came back, by week of their first event</caption>
                <thead className="text-xs text-muted">
                  <tr>
                    <th scope="col" className="pr-2 text-left font-normal whitespace-nowrap">
                      week of
                    </th>
                    <th scope="col" className="pr-2 text-right font-normal">
                      installs
                    </th>
                    {Array.from({ length: most }, (_, i) => (
                      <th key={i} scope="col" className="min-w-12 text-center font-normal">
                        {i === 0 ? 'first' : `+${i}`}
                      </th>
                    ))}
                  </tr>
                </thead>
                <tbody>
                  {shown.map((cohort) => (
                    <tr key={cohort.week}>
                      <th scope="row" className="pr-2 text-left font-normal whitespace-nowrap">
                        {dayText(cohort.week)}
                      </th>
                      <td className="pr-2 text-right">
                        <Number value={cohort.installs} accuracy={answer.data.accuracy} />
                      </td>
                      {cohort.weeks.slice(0, most).map((week, i) => (
                        <ShareCell
                          key={i}
                          share={week.share}
                          isUnfinished={i === cohort.weeks.length - 1}
                          title={`${exact(week.active)} of ${exact(cohort.installs)} installs`}
                        />
                      ))}
                    </tr>
                  ))}
                  <tr>
                    <th scope="row" className="pt-2 pr-2 text-left font-medium">
                      All
                    </th>
                    <td />
                    {average.slice(0, most).map((share, i) => (
                      <td key={i} className="pt-2 text-center font-medium">
                        {share === null ? '—' : whole(share)}
                      </td>
                    ))}
                  </tr>
                </tbody>
              </table>
            </div>
          )}
        </div>
      )}
      {shown.length > 0 && (
        <div className="flex min-h-9 items-center justify-between border-t border-line px-4 text-xs text-muted">
          <span>Italic: the week isn’t over.</span>
          <button type="button" className="rounded px-2 py-1 hover:bg-sunken hover:text-ink" onClick={download}>
            CSV<span className="sr-only"> of the retention</span>
          </button>
        </div>
      )}
    </section>
  )
}

const whole = (share: number) => share.toLocaleString(undefined, { style: 'percent', maximumFractionDigits: 0 })

function ShareCell({ share, isUnfinished, title }: { share: number | null; isUnfinished: boolean; title: string }) {
  return (
    <td
      className={`rounded px-1 py-1 text-center whitespace-nowrap ${isUnfinished ? 'italic' : ''}`}
      title={share === null ? undefined : `${title}, ${percent(share)}${isUnfinished ? '; the week isn’t over' : ''}`}
      style={{ background: `color-mix(in srgb, var(--accent) ${Math.round(36 * (share ?? 0))}%, var(--surface))` }}
    >
      {share === null ? '—' : whole(share)}
    </td>
  )
}
