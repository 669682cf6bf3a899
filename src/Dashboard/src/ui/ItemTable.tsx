import type { ReactNode } from 'react'
import type { Schemas } from '../api/client'
import { exact, percent } from '../format/number'
import { dayText, timeText, utcText } from '../format/time'
import { failuresText, fewRuns } from './BarList'
import { downloadCsv, type Sheet } from './csv'
import { Number } from './Number'

type Item = Schemas['TopItem']

interface Props {
  title: string
  answer: Schemas['TopAnswer'] | undefined
  /** Rows that are reserved while the list loads. */
  rows: number
  /** Whether they succeed or fail, and take time. */
  runs: boolean
  /** The name of a value, with its link. */
  name: (item: Item) => ReactNode
  /** A last cell for what can be done with a value. */
  action?: (item: Item) => ReactNode
  empty?: string
}

/** Values with all their figures. On a phone, those that matter most. */
export function ItemTable({ title, answer, rows, runs, name, action, empty = 'Nothing in this period.' }: Props) {
  const items = answer?.items ?? []
  const most = Math.max(1, ...items.map((item) => item.installs ?? 0))
  const cell = 'px-2 text-right whitespace-nowrap'
  const wide = `${cell} hidden sm:table-cell`
  // Next to an action, a phone has no room for the events.
  const events = action ? wide : cell
  const columns = (runs ? 7 : 4) + (action ? 1 : 0)
  return (
    <div>
      <table className="w-full table-fixed text-sm">
        <caption className="sr-only">{title}</caption>
        <thead className="text-xs text-muted">
          <tr className="h-8">
            <th scope="col" className="px-4 text-left font-normal">
              <span className="sr-only">{title}</span>
            </th>
            <th scope="col" className={`${cell} w-18 font-normal`}>
              installs
            </th>
            <th scope="col" className={`${events} w-18 font-normal`}>
              {runs ? 'runs' : 'events'}
            </th>
            {runs && (
              <>
                <th scope="col" className={`${cell} w-18 font-normal`}>
                  fail
                </th>
                <th scope="col" className={`${wide} w-20 font-normal`} title="Half of the runs took less time">
                  p50
                </th>
                <th scope="col" className={`${wide} w-20 font-normal`} title="95 of 100 runs took less time">
                  p95
                </th>
              </>
            )}
            <th scope="col" className={`${wide} w-24 font-normal ${action ? '' : 'pr-4'}`}>
              last seen
            </th>
            {action && (
              <th scope="col" className="w-24">
                <span className="sr-only">Actions</span>
              </th>
            )}
          </tr>
        </thead>
        <tbody>
          {items.map((item) => (
            <tr key={item.value} className="h-9 border-t border-line">
              <th scope="row" className="relative px-4 text-left font-normal">
                <span
                  aria-hidden="true"
                  className="bar absolute inset-y-1 left-2 rounded"
                  style={{ width: `calc(${(100 * (item.installs ?? 0)) / most}% - 0.5rem)` }}
                />
                <span className="relative block truncate">{name(item)}</span>
              </th>
              <td className={cell}>
                <Number value={item.installs} />
              </td>
              <td className={`${events} text-muted`}>
                <Number value={item.events} />
              </td>
              {runs && (
                <>
                  <td className={cell}>{failureRate(item)}</td>
                  <td className={`${wide} text-muted`}>
                    <Number value={item.p50_ms} kind="duration" />
                  </td>
                  <td className={`${wide} text-muted`}>
                    <Number value={item.p95_ms} kind="duration" />
                  </td>
                </>
              )}
              <td className={`${wide} text-muted ${action ? '' : 'pr-4'}`}>
                <Day time={item.last_seen} />
              </td>
              {action && <td className="pr-4 text-right">{action(item)}</td>}
            </tr>
          ))}
          {!answer &&
            Array.from({ length: rows }, (_, i) => (
              <tr key={i} className="h-9 border-t border-line">
                <td colSpan={columns} className="px-4">
                  <div className="skeleton h-5" />
                </td>
              </tr>
            ))}
        </tbody>
      </table>
      <div className="flex min-h-9 items-center justify-between gap-4 border-t border-line px-4 text-xs text-muted">
        <span>{answer && (items.length === 0 ? empty : rest(answer))}</span>
        {items.length > 0 && (
          <button type="button" className="rounded px-2 py-1 hover:bg-sunken hover:text-ink" onClick={() => downloadCsv(title, sheetOf(items))}>
            CSV<span className="sr-only"> of {title}</span>
          </button>
        )}
      </div>
    </div>
  )
}

/** The UTC day of a time; the time in the zone of the reader on hover. */
export function Day({ time }: { time: string | null | undefined }) {
  if (!time) return <>—</>
  return (
    <time dateTime={time} title={`${timeText(time)}, ${utcText(time)}`}>
      {dayText(time.slice(0, 10))}
    </time>
  )
}

function failureRate(item: Item) {
  if (item.success_rate == null) return <span className="text-muted">—</span>
  return (
    <span className={item.events < fewRuns ? 'text-muted' : ''} title={failuresText(item)}>
      {percent(1 - item.success_rate)}
    </span>
  )
}

function rest({ other, total }: Schemas['TopAnswer']): string {
  if (other == null) return 'Of which other: not known'
  return other > 0 ? `Others: ${exact(other)} events, ${percent(other / Math.max(1, total ?? other))}` : ''
}

function sheetOf(items: Item[]): Sheet {
  return {
    columns: ['value', 'installs', 'events', 'failures', 'success_rate', 'p50_ms', 'p95_ms', 'first_seen', 'last_seen'],
    rows: items.map((item) => [
      item.value,
      item.installs,
      item.events,
      item.failures,
      item.success_rate,
      item.p50_ms,
      item.p95_ms,
      item.first_seen,
      item.last_seen,
    ]),
  }
}
