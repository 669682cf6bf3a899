import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import type { Schemas } from '../../api/client'
import { deprecation, releases, top, type Ask } from '../../api/questions'
import { exact, percent } from '../../format/number'
import { dayText } from '../../format/time'
import { useProject } from '../../shell/useProject'
import { Day } from '../../ui/ItemTable'
import { Number } from '../../ui/Number'
import { Sparkline } from '../../ui/Sparkline'
import { useToast } from '../../ui/Toasts'
import { Trouble } from '../../ui/Trouble'
import { ofPage, toSearch, withFilter, type Search } from '../../view/view'
import { actors } from '../overview/names'
import { Candidates } from './Candidates'
import { defaults, isThing, thingText, toMarkdown, verdictOf, type Thresholds, type Verdict } from './verdict'

type Answer = Schemas['DeprecationAnswer']
const route = getRouteApi('/projects/$project/remove')

/** Whether something can be removed: a verdict, its reasons and the evidence. The filters of the view say what. */
export function Remove() {
  const { project, view, today } = useProject()
  const ask = { project, view, today }
  return view.filters.some(isThing) ? <Judged key={thingText(view.filters)} ask={ask} /> : <Candidates ask={ask} />
}

function Judged({ ask }: { ask: Ask }) {
  const thing = thingText(ask.view.filters)
  const thresholds = thresholdsOf(route.useSearch())
  const answer = useQuery(deprecation(ask, questionOf(thresholds)))
  // Which version is the latest doesn't depend on who uses the thing.
  const all = useQuery(releases({ ...ask, view: { ...ask.view, filters: [], period: { days: 90 } } }, 20))
  const hasVersion = ask.view.filters.some((filter) => filter.field === 'version' && !filter.negated)
  const latest = hasVersion ? undefined : all.data?.releases.find((release) => !release.prerelease)?.version
  const verdict = answer.data && verdictOf(answer.data, thresholds, latest)
  return (
    <div className="space-y-4">
      <header>
        <p className="text-sm text-muted">
          <Link
            to="."
            search={(old) => ({
              ...ofPage(old as Search),
              ...toSearch({ ...ask.view, filters: ask.view.filters.filter((filter) => !isThing(filter)) }),
            })}
            className="link"
          >
            Can I remove this?
          </Link>{' '}
          /
        </p>
        <h1 className="font-mono text-xl font-semibold break-words">{thing}</h1>
      </header>
      {answer.error ? (
        <section aria-label="Verdict" className="panel">
          <Trouble error={answer.error} retry={() => void answer.refetch()} what="Verdicts" />
        </section>
      ) : (
        <>
          <VerdictPanel thing={thing} verdict={verdict} answer={answer.data} thresholds={thresholds} />
          <div className="grid gap-4 lg:grid-cols-3">
            <Versions answer={answer.data} />
            <Trend answer={answer.data} />
            <Who answer={answer.data} ask={ask} />
          </div>
        </>
      )}
    </div>
  )
}

const looks: Record<Verdict['word'], string> = {
  Yes: 'text-better',
  'Probably yes': 'text-better',
  'Not yet': 'text-worse',
  'Can’t say': 'text-muted',
}

interface PanelProps {
  thing: string
  verdict: Verdict | undefined
  answer: Answer | undefined
  thresholds: Thresholds
}

function VerdictPanel({ thing, verdict, answer, thresholds }: PanelProps) {
  const toast = useToast()
  const copy = async () => {
    if (!verdict || !answer) return
    await navigator.clipboard.writeText(toMarkdown(thing, verdict, answer, location.href))
    toast('Copied as Markdown')
  }
  return (
    <section aria-label="Verdict" className="panel">
      <div className="min-h-96 p-5 md:min-h-60">
        {verdict && answer ? (
          <>
            <p className="text-lg">
              <strong className={`mr-2 text-2xl ${looks[verdict.word]}`}>{verdict.word}.</strong>
              {verdict.sentence}
            </p>
            <ul className="mt-4 grid gap-x-8 gap-y-1.5 md:grid-cols-2">
              {verdict.reasons.map(({ isFor, text }) => (
                <li key={text} className="flex gap-2">
                  <span aria-hidden="true" className={isFor ? 'text-better' : 'text-worse'}>
                    {isFor ? '✓' : '✗'}
                  </span>
                  <span>
                    <span className="sr-only">{isFor ? 'For it: ' : 'Against it: '}</span>
                    {text}
                  </span>
                </li>
              ))}
            </ul>
            {answer.last90.installs === 0 && answer.verdict !== 'unknown' && (
              <p className="mt-3 text-sm text-muted">
                A name that your tool never sends isn’t used either: make sure that <code>{thing}</code> is written as it is sent.
              </p>
            )}
            <p className="mt-4 text-sm text-muted">
              {verdict.basis}
              {answer.accuracy.relative_error ? ` Counts are estimates, within about ${percent(answer.accuracy.relative_error)}.` : ''}
            </p>
          </>
        ) : (
          <div className="space-y-4">
            <div className="skeleton h-8 max-w-xl" />
            <div className="skeleton h-20 max-w-2xl" />
            <div className="skeleton h-5 max-w-lg" />
          </div>
        )}
      </div>
      <div className="flex flex-wrap items-center justify-between gap-3 border-t border-line px-5 py-3">
        <ThresholdForm thresholds={thresholds} />
        <button type="button" className="button" onClick={copy} disabled={!verdict}>
          Copy as Markdown
        </button>
      </div>
    </section>
  )
}

const limits = {
  maxPercent: { name: 'max_percent', most: 100 },
  minInstalls: { name: 'min_installs', most: 1_000_000 },
  minDays: { name: 'min_days', most: 90 },
} as const
type Limit = keyof typeof limits

/** The thresholds in the URL; what isn't a number in its range is as by default. */
function thresholdsOf(search: Search): Thresholds {
  const read = (limit: Limit) => {
    const text = search[limits[limit].name]
    const value = text ? globalThis.Number(text) : NaN
    return globalThis.Number.isInteger(value) && value >= 0 && value <= limits[limit].most ? value : defaults[limit]
  }
  return { maxPercent: read('maxPercent'), minInstalls: read('minInstalls'), minDays: read('minDays') }
}

function questionOf(thresholds: Thresholds): Search {
  return Object.fromEntries((Object.keys(limits) as Limit[]).map((limit) => [limits[limit].name, String(thresholds[limit])]))
}

/** The thresholds as a sentence with fields. They are in the URL, so that a link has the same verdict. */
function ThresholdForm({ thresholds }: { thresholds: Thresholds }) {
  const navigate = route.useNavigate()
  const field = (limit: Limit, label: string, width: string) => (
    <input
      key={`${limit} ${thresholds[limit]}`}
      type="number"
      aria-label={label}
      className={`field mx-1 mt-0 inline-block px-2 py-0.5 text-right ${width}`}
      min={0}
      max={limits[limit].most}
      defaultValue={thresholds[limit]}
      onKeyDown={(event) => event.key === 'Enter' && event.currentTarget.blur()}
      onBlur={({ currentTarget: input }) => {
        if (!input.checkValidity() || input.value === '') input.value = String(thresholds[limit])
        else if (globalThis.Number(input.value) !== thresholds[limit])
          void navigate({ to: '.', search: (old: Search) => ({ ...old, [limits[limit].name]: input.value }), replace: true })
      }}
    />
  )
  return (
    <p className="text-sm text-muted">
      Removable if at most {field('maxPercent', 'Most percent of the active installs', 'w-16')}% of the active installs use it; known from
      {field('minInstalls', 'Fewest active installs', 'w-24')} installs and
      {field('minDays', 'Fewest days with events', 'w-16')} days on.
    </p>
  )
}

const shownVersions = 8

function Versions({ answer }: { answer: Answer | undefined }) {
  const versions = answer?.versions.slice(0, shownVersions) ?? []
  const most = Math.max(1, ...versions.map((version) => version.installs))
  const hidden = (answer?.versions.length ?? 0) - versions.length
  return (
    <section aria-label="By version" className="panel min-h-72 p-4">
      <h2 className="text-sm font-medium">By version</h2>
      {!answer && <div className="skeleton mt-3 h-52" />}
      {answer && versions.length === 0 && <p className="mt-3 text-sm text-muted">With no version in 90 days.</p>}
      {versions.length > 0 && (
        <table className="mt-1 w-full table-fixed text-sm">
          <thead className="text-xs text-muted">
            <tr className="h-7">
              <th scope="col">
                <span className="sr-only">Version</span>
              </th>
              <th scope="col" className="w-16 text-right font-normal">
                installs
              </th>
              <th scope="col" className="w-20 text-right font-normal">
                last seen
              </th>
            </tr>
          </thead>
          <tbody>
            {versions.map((row) => (
              <tr key={row.version} className="h-7">
                <th scope="row" className="relative px-2 text-left font-normal">
                  <span aria-hidden="true" className="bar absolute inset-y-0.5 left-0 rounded" style={{ width: `${(100 * row.installs) / most}%` }} />
                  <span className="relative block truncate">{row.version}</span>
                </th>
                <td className="text-right">
                  <Number value={row.installs} />
                </td>
                <td className="text-right text-muted">
                  <Day time={row.last_seen} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {hidden > 0 && <p className="mt-1 text-xs text-muted">And {hidden} earlier ones.</p>}
    </section>
  )
}

function Trend({ answer }: { answer: Answer | undefined }) {
  const weeks = answer?.weeks ?? []
  const first = weeks.find((week) => week.active_installs > 0)
  const last = weeks.at(-1)
  return (
    <section aria-label="Trend" className="panel min-h-72 p-4">
      <h2 className="text-sm font-medium">Trend</h2>
      <p className="mt-1 mb-3 text-xs text-muted">Share of the active installs that used it, by week</p>
      {!answer && <div className="skeleton h-44" />}
      {answer && first && last && (
        <>
          <Sparkline
            label={`By week, from ${percent(first.share)} to ${percent(last.share)}`}
            values={weeks.map((week) => week.share)}
            title={(i) => weekText(weeks[i]!)}
          />
          <p className="mt-1 flex justify-between text-xs text-muted">
            <span>{dayText(weeks[0]!.from)}</span>
            <span>{dayText(last.to)}</span>
          </p>
          <dl className="mt-3 grid grid-cols-[1fr_auto] gap-y-1 text-sm">
            {[
              ['Last 30 days', answer.last30] as const,
              ['30 days before', answer.before30] as const,
            ].map(([name, window]) => (
              <div key={name} className="contents">
                <dt className="text-muted">{name}</dt>
                <dd className="text-right" title={`${exact(window.installs)} of ${exact(window.active_installs)} installs`}>
                  {percent(window.share)}
                </dd>
              </div>
            ))}
            <dt className="text-muted">Last use</dt>
            <dd className="text-right">
              <Day time={answer.last_seen} />
            </dd>
            <dt className="text-muted">Last use by people</dt>
            <dd className="text-right">
              <Day time={answer.last_seen_by_people} />
            </dd>
          </dl>
        </>
      )}
    </section>
  )
}

function weekText(week: Schemas['UseWindow']): string {
  return `${dayText(week.from)} – ${dayText(week.to)}: ${exact(week.installs)} of ${exact(week.active_installs)} installs, ${percent(week.share)}`
}

function Who({ answer, ask }: { answer: Answer | undefined; ask: Ask }) {
  const systems = useQuery(top(ask, 'ci_name', 4))
  const named = systems.data?.items.filter((item) => item.value !== '(none)') ?? []
  return (
    <section aria-label="Who" className="panel min-h-72 p-4">
      <h2 className="text-sm font-medium">Who</h2>
      {!answer && <div className="skeleton mt-3 h-52" />}
      <ul className="mt-3 space-y-3">
        {answer?.actors.map((row) => {
          const share = row.active_installs > 0 ? row.installs / row.active_installs : null
          return (
            <li key={row.actor} className="text-sm">
              <div className="flex justify-between gap-4">
                <Link to="." search={(old) => ({ ...old, ...toSearch(withFilter(ask.view, 'actor', row.actor)) })} className="hover:text-accent">
                  {actors[row.actor] ?? row.actor}
                </Link>
                <span>
                  <Number value={row.installs} />
                  <span className="text-muted">
                    {' '}
                    of {exact(row.active_installs)} · {percent(share)}
                  </span>
                </span>
              </div>
              <div className="mt-1 h-2 rounded bg-sunken" aria-hidden="true">
                <div className="h-2 rounded bg-accent" style={{ width: `${100 * (share ?? 0)}%` }} />
              </div>
              <div className="mt-0.5 text-xs text-muted">
                <Number value={row.events} /> events, last <Day time={row.last_seen} />
              </div>
            </li>
          )
        })}
      </ul>
      {named.length > 0 && (
        <p className="mt-3 text-xs text-muted">
          CI in the period: {named.map((item) => `${item.value} ${exact(item.installs ?? 0)}`).join(' · ')}
        </p>
      )}
    </section>
  )
}
