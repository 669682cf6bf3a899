import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { Schemas } from '../../api/client'
import { overview, series, top, type Ask } from '../../api/questions'
import { count, percent } from '../../format/number'
import { today } from '../../format/time'
import { parseView } from '../../view/view'
import { Fault } from '../../ui/Fault'
import { Number } from '../../ui/Number'

interface Look {
  installs: number | null
  accuracy?: Schemas['Accuracy']
  events: number | null
  success: number | null
  days: number[]
  commands: { name: string; installs: number | null; failures: number | null }[]
}

const shownCommands = 4

/** The demo project of this server, as it is now. */
export function LiveGlimpse({ project }: { project: string }) {
  const ask: Ask = { project, view: { ...parseView({}), compare: false }, today: today() }
  const figures = useQuery(overview(ask))
  const days = useQuery(series(ask))
  const commands = useQuery(top(ask, 'command', shownCommands))
  const error = figures.error ?? days.error ?? commands.error
  if (error) return <Fault error={error} />
  // It is being filled.
  if (figures.data?.events === 0) return <Example />
  const look: Look | undefined = figures.data &&
    days.data &&
    commands.data && {
      installs: figures.data.installs,
      accuracy: figures.data.accuracy,
      events: figures.data.events,
      success: figures.data.success_rate,
      days: days.data.points.map((point) => point.installs ?? 0),
      commands: commands.data.items.map((item) => ({
        name: item.value,
        installs: item.installs,
        failures: item.success_rate === null ? null : 1 - item.success_rate,
      })),
    }
  return (
    <Picture
      look={look}
      caption={
        <>
          The demo project of this server, the last 30 days.{' '}
          <Link to="/projects/$project" params={{ project }} className="link">
            Open it
          </Link>
        </>
      }
    />
  )
}

/** A picture for servers without a demo. */
export function Example() {
  return <Picture look={example} caption="An example with made-up numbers." />
}

const example: Look = {
  installs: 12_431,
  events: 418_220,
  success: 0.972,
  days: [
    3210, 3304, 3288, 3251, 2104, 2011, 3320, 3402, 3391, 3377, 3350, 2190, 2087, 3466, 3512, 3498, 3470, 3441, 2260, 2143, 3580, 3641,
    3622, 3610, 3577, 2338, 2230, 3702, 3755, 3731,
  ],
  commands: [
    { name: 'build', installs: 9_120, failures: 0.012 },
    { name: 'test', installs: 6_433, failures: 0.069 },
    { name: 'watch', installs: 2_951, failures: 0.004 },
    { name: 'deploy', installs: 402, failures: 0.031 },
  ],
}

function Picture({ look, caption }: { look: Look | undefined; caption: React.ReactNode }) {
  return (
    <figure>
      <div className="panel overflow-hidden shadow-lg">
        <div className="grid grid-cols-3 divide-x divide-line border-b border-line">
          <Fact name="Installs">{look && <Number value={look.installs} accuracy={look.accuracy} />}</Fact>
          <Fact name="Events">{look && <Number value={look.events} />}</Fact>
          <Fact name="Success">{look && <Number value={look.success} kind="percent" />}</Fact>
        </div>
        <div className="h-32 px-4 pt-3">{look ? <Days values={look.days} /> : <div className="skeleton h-full" />}</div>
        <div className="min-h-36 p-4">{look && <Commands look={look} />}</div>
      </div>
      <figcaption className="mt-2 text-sm text-muted">{caption}</figcaption>
    </figure>
  )
}

function Fact({ name, children }: { name: string; children: React.ReactNode }) {
  return (
    <div className="min-w-0 px-4 py-3">
      <div className="text-sm text-muted">{name}</div>
      <div className="h-8 truncate text-xl font-semibold tracking-tight">
        {children ?? <span className="skeleton inline-block h-5 w-16" />}
      </div>
    </div>
  )
}

const width = 300
const height = 100

function Days({ values }: { values: number[] }) {
  const most = Math.max(1, ...values)
  const x = (i: number) => (width * i) / Math.max(1, values.length - 1)
  const y = (value: number) => height - (0.94 * height * value) / most
  const line = values.map((value, i) => `${x(i)},${y(value)}`).join(' ')
  return (
    <svg
      role="img"
      aria-label={`Installs a day, at most ${count(most)}`}
      viewBox={`0 0 ${width} ${height}`}
      preserveAspectRatio="none"
      className="size-full overflow-visible"
    >
      <polygon points={`0,${height} ${line} ${width},${height}`} className="fill-accent-soft" />
      <polyline points={line} className="fill-none stroke-accent" strokeWidth={2} vectorEffect="non-scaling-stroke" />
    </svg>
  )
}

function Commands({ look }: { look: Look }) {
  const most = Math.max(1, ...look.commands.map((command) => command.installs ?? 0))
  return (
    <table className="w-full table-fixed text-sm">
      <caption className="sr-only">Commands</caption>
      <thead className="text-xs text-muted">
        <tr>
          <th scope="col" className="text-left font-normal">
            command
          </th>
          <th scope="col" className="w-18 text-right font-normal">
            installs
          </th>
          <th scope="col" className="w-16 text-right font-normal">
            fail
          </th>
        </tr>
      </thead>
      <tbody>
        {look.commands.map(({ name, installs, failures }) => (
          <tr key={name}>
            <td className="py-0.5">
              <span className="relative block truncate px-2 py-0.5">
                <span
                  aria-hidden="true"
                  className="bar absolute inset-y-0 left-0 rounded"
                  style={{ width: `${(100 * (installs ?? 0)) / most}%` }}
                />
                <span className="relative">{name}</span>
              </span>
            </td>
            <td className="text-right">
              <Number value={installs} />
            </td>
            <td className="text-right text-muted">{percent(failures)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}
