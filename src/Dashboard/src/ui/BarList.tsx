import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import type { Schemas } from '../api/client'
import { exact, percent } from '../format/number'
import { toSearch, withFilter, type View } from '../view/view'
import { Number } from './Number'

type Item = Schemas['TopItem']
export const fewRuns = 30

interface Props {
  title: string
  /** The field that a click on a value filters by. */
  field: string
  answer: Schemas['TopAnswer'] | undefined
  view: View
  /** Rows that are reserved while the list loads, so that nothing moves. */
  rows?: number
  failures?: boolean
  /** The value to filter by, if not the value itself. */
  filterOf?: (value: string) => string
  /** How a value is shown, if not as it is. */
  label?: (value: string) => ReactNode
  /** A link to the page of a value, if it has one. The filter is a button beside it then. */
  page?: (value: string, bar: ReactNode) => ReactNode
}

const same = (value: string) => value

/** The most frequent values, with a bar for their installs. A click on one opens its page, or filters by it if it has none. */
export function BarList({ title, field, answer, view, rows = 7, failures = false, filterOf = same, label = filterOf, page }: Props) {
  const items = answer?.items.slice(0, rows) ?? []
  const most = Math.max(1, ...items.map((item) => item.installs ?? 0))
  return (
    <table className="w-full table-fixed text-sm">
      <caption className="sr-only">{title}</caption>
      <thead className="text-xs text-muted">
        <tr className="h-7">
          <th scope="col" className="px-4 text-left font-normal">
            <span className="sr-only">{title}</span>
          </th>
          <th scope="col" className="w-18 text-right font-normal">
            installs
          </th>
          <th scope="col" className={`w-20 text-right font-normal ${failures ? '' : 'pr-4'}`}>
            {failures ? 'runs' : 'events'}
          </th>
          {failures && (
            <th scope="col" className="w-18 pr-4 text-right font-normal">
              fail
            </th>
          )}
        </tr>
      </thead>
      <tbody>
        {items.map((item) => (
          <tr key={item.value} className="h-8">
            <td className="px-2">
              {page ? (
                <span className="flex items-center">
                  {page(item.value, bar(item, most))}
                  <Link
                    to="."
                    search={() => toSearch(withFilter(view, field, filterOf(item.value)))}
                    aria-label={`Show only ${filterOf(item.value)}`}
                    title={`Show only ${filterOf(item.value)}`}
                    className="flex size-6 shrink-0 items-center justify-center rounded text-muted hover:bg-sunken hover:text-accent"
                  >
                    <FilterIcon />
                  </Link>
                </span>
              ) : (
                <Link
                  to="."
                  search={() => toSearch(withFilter(view, field, filterOf(item.value)))}
                  title={`Show only ${filterOf(item.value)}`}
                  className={barCell}
                >
                  {bar(item, most)}
                  <span className="relative">{label(item.value)}</span>
                </Link>
              )}
            </td>
            <td className="text-right">
              <Number value={item.installs} />
            </td>
            <td className={`text-right text-muted ${failures ? '' : 'pr-4'}`}>
              <Number value={item.events} />
            </td>
            {failures && <td className="pr-4 text-right">{failureRate(item)}</td>}
          </tr>
        ))}
        {filler(rows - items.length, answer === undefined, failures ? 4 : 3)}
      </tbody>
      <tfoot className="text-xs text-muted">
        <tr className="h-7">
          <td colSpan={failures ? 4 : 3} className="px-4">
            {answer && rest(answer, items)}
          </td>
        </tr>
      </tfoot>
    </table>
  )
}

/** The look of a link with a bar behind it. */
export const barCell = 'relative block min-w-0 flex-1 truncate rounded px-2 py-1 hover:text-accent'

function bar(item: Item, most: number): ReactNode {
  return (
    <span
      aria-hidden="true"
      className="bar absolute inset-y-0.5 left-0 -z-0 rounded"
      style={{ width: `${(100 * (item.installs ?? 0)) / most}%` }}
    />
  )
}

function FilterIcon() {
  return (
    <svg aria-hidden="true" viewBox="0 0 16 16" className="size-3.5 fill-none stroke-current" strokeWidth={1.5} strokeLinejoin="round">
      <path d="M2 3h12l-4.5 5.5V13l-3-1.5v-3z" />
    </svg>
  )
}

// A rate of a few runs says little, so it is grey.
function failureRate(item: Item) {
  if (item.success_rate == null) return <span className="text-muted">—</span>
  const rate = 1 - item.success_rate
  return (
    <span className={item.events < fewRuns ? 'text-muted' : ''} title={failuresText(item)}>
      {percent(rate)}
    </span>
  )
}

/** How many failed. The rate isn’t of all events: a run that the user stopped has no outcome. */
export function failuresText(item: Item): string {
  return `${exact(item.failures ?? 0)} failed, of the runs with an outcome`
}

function rest(answer: Schemas['TopAnswer'], items: Item[]): ReactNode {
  if (items.length === 0) return 'Nothing in this period.'
  if (answer.other === null) return 'Of which other: not known'
  const events = answer.items.slice(items.length).reduce((sum, item) => sum + (item.events ?? 0), answer.other)
  return events > 0 ? `Others: ${events.toLocaleString()} events, ${percent(events / Math.max(1, answer.total ?? events))}` : ''
}

function filler(count: number, isLoading: boolean, columns: number) {
  return Array.from({ length: Math.max(0, count) }, (_, i) => (
    <tr key={`filler ${i}`} className="h-8">
      <td colSpan={columns} className="px-4">
        {isLoading && <div className="skeleton h-5" />}
      </td>
    </tr>
  ))
}
