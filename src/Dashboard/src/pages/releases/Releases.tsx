import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useMemo, useState } from 'react'
import type { Schemas } from '../../api/client'
import { releases, seriesOf, top, type Ask } from '../../api/questions'
import { exact, percent } from '../../format/number'
import { addDays, dayText, daysBetween } from '../../format/time'
import { useShortcuts } from '../../shell/shortcuts'
import { useProject } from '../../shell/useProject'
import { fewRuns } from '../../ui/BarList'
import { Chart } from '../../ui/Chart'
import { downloadCsv } from '../../ui/csv'
import { EmptyState } from '../../ui/EmptyState'
import { Fault } from '../../ui/Fault'
import { Hint } from '../../ui/Hint'
import { Day } from '../../ui/ItemTable'
import { Installs, Number } from '../../ui/Number'
import { Trouble } from '../../ui/Trouble'
import { rangeOf, toSearch, versionsOf, withFilter, type View } from '../../view/view'
import { platforms } from '../overview/names'
import { adoptionOf } from './adoption'
import { floor, minorVersions } from './endOfLife'

type Release = Schemas['Release']
const shownAtFirst = 12
const longDays = 92

/** How fast versions are adopted and left, and whether one fails more often than the one before. */
export function Releases() {
  const { project, view, today } = useProject()
  const ask = { project, view, today }
  const answer = useQuery(releases(ask, 200))
  if (answer.data?.releases.length === 0 && !answer.isPlaceholderData) {
    return (
      <EmptyState
        title="No versions in this view"
        line={'options.ServiceVersion = "1.4.0"; // if it isn’t that of the program'}
        action={
          <Link to="/projects/$project/start" params={{ project }} className="button">
            How to send the version
          </Link>
        }
      >
        Once events have a semantic version, such as 1.4.0, their adoption will be here: how fast installs move to each release, who is
        stuck, and whether a release fails more often than the one before.
      </EmptyState>
    )
  }
  return (
    <div className="space-y-4">
      <h1 className="text-xl font-semibold">Releases</h1>
      <Adoption ask={ask} />
      {answer.error ? (
        <section aria-label="Versions" className="panel">
          <Trouble
            error={answer.error}
            retry={() => void answer.refetch()}
            what="Half-lives, comparisons of failure rates and end-of-life dates"
          />
        </section>
      ) : (
        <>
          <Versions answer={answer.data} ask={ask} />
          <div className="grid gap-4 lg:grid-cols-2">
            <EndOfLife answer={answer.data} ask={ask} />
            <Platforms answer={answer.data} view={view} />
          </div>
        </>
      )}
    </div>
  )
}

function Adoption({ ask }: { ask: Ask }) {
  const [asTable, setAsTable] = useState(false)
  useShortcuts({ t: () => setAsTable((is) => !is) })
  const range = rangeOf(ask.view.period, ask.today)
  const interval = daysBetween(range.from, range.to) >= longDays ? 'week' : 'day'
  const answer = useQuery(seriesOf(ask, { by: 'version', group: 'minor', limit: '50', interval }))
  const lines = useMemo(() => adoptionOf(answer.data?.points ?? [], 5), [answer.data])
  const days = useMemo(() => (answer.data?.points ?? []).map((point) => point.time.slice(0, 10)), [answer.data])
  return (
    <section aria-label="Adoption" className="panel">
      <h2 className="flex h-11 items-center gap-1 px-4 text-sm font-medium">
        Adoption by minor version
        <Hint label="How is adoption counted?">
          The share of each minor version in the installs of a {interval}. An install that used two of them in it counts for both.
        </Hint>
      </h2>
      <div style={{ minHeight: 280 }}>
        {answer.error ? (
          <Fault error={answer.error} retry={() => void answer.refetch()} />
        ) : answer.data ? (
          <Chart
            name={`Adoption by ${interval}`}
            days={days}
            lines={lines}
            stacked
            format={percent}
            asTable={asTable}
            onToggle={() => setAsTable(!asTable)}
          />
        ) : (
          <div className="skeleton mx-4 h-56" />
        )}
      </div>
    </section>
  )
}

function Versions({ answer, ask }: { answer: Schemas['ReleasesAnswer'] | undefined; ask: Ask }) {
  const [showsAll, setShowsAll] = useState(false)
  const first = rangeOf(ask.view.period, ask.today).from
  const all = answer?.releases ?? []
  const shown = showsAll ? all : all.slice(0, shownAtFirst)
  const right = 'px-2 text-right whitespace-nowrap font-normal'
  const wide = `${right} hidden md:table-cell`
  return (
    <section aria-label="Versions" className="panel">
      <h2 className="px-4 pt-2.5 text-sm font-medium">Versions</h2>
      <table className="w-full text-sm">
        <caption className="sr-only">Versions, latest first</caption>
        <thead className="text-xs text-muted">
          <tr className="h-8">
            <th scope="col" className="px-4 text-left font-normal">
              version
            </th>
            <th scope="col" className={right}>
              first seen
            </th>
            <th scope="col" className={wide} title="Days until half of the installs used it or a later one; — if they did from its first day in the period">
              half of installs after
            </th>
            <th scope="col" className={right} title="Distinct installs in the last seven days of the period">
              installs now
            </th>
            <th scope="col" className={wide} title="Days from the most installs to half as many">
              half-life
            </th>
            <th scope="col" className={right}>
              fail
            </th>
            <th scope="col" className={`${wide} !pr-4`}>
              against the one before
            </th>
          </tr>
        </thead>
        <tbody>
          {shown.map((release) => (
            <tr key={release.version} className="h-9 border-t border-line">
              <th scope="row" className="px-4 text-left font-normal">
                <Link
                  to="."
                  search={() => toSearch(withFilter(ask.view, 'version', release.version))}
                  title={`Show only ${release.version}`}
                  className="rounded hover:text-accent hover:underline"
                >
                  {release.version}
                </Link>{' '}
                {release.prerelease && <span className="ml-2 hidden text-xs text-muted sm:inline">prerelease</span>}
              </th>
              <td className={`${right} text-muted`}>
                {release.first_seen.slice(0, 10) === first ? (
                  <span title="It was in use on the first day of the period">before {dayText(first)}</span>
                ) : (
                  <Day time={release.first_seen} />
                )}
              </td>
              <td className={`${wide} text-muted`}>{daysText(release.days_to_half || null)}</td>
              <td className={right}>
                <Number value={release.active_installs} />
                <span className="inline-block w-16 text-muted">{percent(release.adoption)}</span>
              </td>
              <td className={`${wide} text-muted`}>{daysText(release.half_life_days)}</td>
              <td className={right}>
                <FailureRate release={release} />
              </td>
              <td className={`${wide} !pr-4`}>
                <Comparison release={release} />
              </td>
            </tr>
          ))}
          {!answer &&
            Array.from({ length: shownAtFirst }, (_, i) => (
              <tr key={i} className="h-9 border-t border-line">
                <td colSpan={7} className="px-4">
                  <div className="skeleton h-5" />
                </td>
              </tr>
            ))}
        </tbody>
      </table>
      <div className="flex min-h-9 items-center justify-between gap-4 border-t border-line px-4 text-xs text-muted">
        <span>
          <span aria-hidden="true" className="text-worse">
            ●
          </span>{' '}
          fails more often than the release before, beyond chance (p &lt; 0.05)
        </span>
        <span className="shrink-0">
          {all.length > shownAtFirst && (
            <button type="button" className="rounded px-2 py-1 hover:bg-sunken hover:text-ink" onClick={() => setShowsAll(!showsAll)}>
              {showsAll ? 'Fewer' : `All ${all.length}`}
            </button>
          )}
          <button type="button" className="rounded px-2 py-1 hover:bg-sunken hover:text-ink" onClick={() => downloadCsv('Releases', sheetOf(all))}>
            CSV<span className="sr-only"> of the versions</span>
          </button>
        </span>
      </div>
    </section>
  )
}

const daysText = (days: number | null) => (days === null ? '—' : `${exact(days)} ${days === 1 ? 'day' : 'days'}`)
const isWorse = ({ before }: Release) => before.significant === true && (before.z ?? 0) > 0

function FailureRate({ release }: { release: Release }) {
  if (release.failure_rate === null) return <span className="text-muted">—</span>
  return (
    <span className={release.runs < fewRuns ? 'text-muted' : ''} title={`of ${exact(release.runs)} runs`}>
      {isWorse(release) && (
        <span className="mr-1 text-worse">
          <span aria-hidden="true">●</span>
          <span className="sr-only">worse beyond chance: </span>
        </span>
      )}
      {percent(release.failure_rate)}
    </span>
  )
}

function Comparison({ release }: { release: Release }) {
  const { before } = release
  if (before.difference === null || before.version === null) return <span className="text-muted">—</span>
  const size = (Math.abs(before.difference) * 100).toLocaleString(undefined, { maximumFractionDigits: 1 })
  const points = `${before.difference > 0 ? '+' : '−'}${size} pt`
  const why = before.p_value === null ? 'too few failures for a test' : `p = ${exact(before.p_value)}`
  return (
    <span
      className={isWorse(release) ? 'text-worse' : before.significant ? 'text-better' : 'text-muted'}
      title={`${before.version} failed in ${percent(before.failure_rate)} of its runs; ${why}`}
    >
      {points}
      {before.significant ? (before.difference > 0 ? ', worse' : ', better') : ', may be chance'}
    </span>
  )
}

function EndOfLife({ answer, ask }: { answer: Schemas['ReleasesAnswer'] | undefined; ask: Ask }) {
  const { to } = rangeOf(ask.view.period, ask.today)
  const week = { ...ask.view, compare: false, period: { from: addDays(to, -6), to } }
  const groups = useQuery(top({ ...ask, view: week }, 'version', 100, { group: 'minor' }))
  const isReady = answer && groups.data
  const minors = isReady ? minorVersions(groups.data.items, answer.releases, answer.active_installs, to) : []
  return (
    <section aria-label="End of life" className="panel">
      <h2 className="flex items-center gap-1 px-4 pt-2 text-sm font-medium">
        Suggested end of life
        <Hint label="How is the date found?">
          If the installs of a minor version go on to halve in each half-life, at most {percent(floor)} of all use it on that day. A half-life
          is that of its own releases, or else the median of all. Longer periods give better dates. An install that ran two versions in the
          last week counts for both, so the shares add up to more than 100%.
        </Hint>
      </h2>
      {groups.error && <Trouble error={groups.error} retry={() => void groups.refetch()} what="End-of-life dates" />}
      <ul className="min-h-40 pb-3 text-sm">
        {!isReady && !groups.error && <li className="skeleton mx-4 my-2 h-32" />}
        {minors.map((minor) => (
          <li key={minor.name} className="flex flex-wrap items-baseline justify-between gap-x-4 px-4 py-1.5">
            <Link
              to="."
              search={() => toSearch(withFilter(ask.view, 'version', versionsOf(minor.name)))}
              title={`Show only ${versionsOf(minor.name)}`}
              className="w-20 font-medium hover:text-accent"
            >
              {versionsOf(minor.name)}
            </Link>
            <span className="flex-1 text-muted" title={minor.halfLife === null ? undefined : `half-life ${daysText(minor.halfLife)}`}>
              <Installs value={minor.installs} />, {percent(minor.share)}
            </span>
            {minor.isLatest ? (
              <span className="text-muted">the latest</span>
            ) : minor.end === null ? (
              <span className="text-muted">not in sight</span>
            ) : (
              <span>{minor.end === to ? 'now' : `about ${dayText(minor.end)}`}</span>
            )}
          </li>
        ))}
      </ul>
    </section>
  )
}

function Platforms({ answer, view }: { answer: Schemas['ReleasesAnswer'] | undefined; view: View }) {
  const latest = answer?.releases[0]?.version
  return (
    <section aria-label="Platforms" className="panel">
      <h2 className="flex items-center gap-1 px-4 pt-2 text-sm font-medium">
        Platforms
        <Hint label="When is a platform stuck?">It is stuck if the latest version has not been seen on it in the period.</Hint>
      </h2>
      <ul className="min-h-40 pb-3 text-sm">
        {!answer && <li className="skeleton mx-4 my-2 h-32" />}
        {answer?.platforms.map((platform) => {
          const isStuck = platform.latest_version !== null && platform.latest_version !== latest
          return (
            <li key={platform.os} className="flex flex-wrap items-baseline justify-between gap-x-4 px-4 py-1.5">
              <Link
                to="."
                search={() => toSearch(withFilter(view, 'os', platform.os))}
                title={`Show only ${platform.os}`}
                className="w-24 rounded font-medium hover:text-accent hover:underline"
              >
                {platforms[platform.os] ?? platform.os}
              </Link>
              <span className="flex-1 text-muted">
                <Installs value={platform.installs} />, most with {platform.top_version ?? '—'}
              </span>
              {isStuck ? (
                <span className="text-worse">
                  <span aria-hidden="true">● </span>stuck at {platform.latest_version}
                </span>
              ) : (
                <span className="text-muted">has {platform.latest_version ?? '—'}</span>
              )}
            </li>
          )
        })}
      </ul>
    </section>
  )
}

function sheetOf(releases: Release[]) {
  return {
    columns: ['version', 'first_seen', 'last_seen', 'days_to_half', 'installs', 'installs_now', 'adoption', 'half_life_days', 'runs',
      'failure_rate', 'before', 'difference', 'p_value'],
    rows: releases.map((release) => [
      release.version,
      release.first_seen,
      release.last_seen,
      release.days_to_half,
      release.installs,
      release.active_installs,
      release.adoption,
      release.half_life_days,
      release.runs,
      release.failure_rate,
      release.before.version,
      release.before.difference,
      release.before.p_value,
    ]),
  }
}
