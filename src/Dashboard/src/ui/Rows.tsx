import type { ReactNode } from 'react'
import { timeText, utcText } from '../format/time'

interface Props {
  caption: string
  columns: string[]
  /** Each row with its key. The last cell is for buttons if the last column has no name. */
  rows: { key: string; cells: ReactNode[] }[] | undefined
  empty: string
  /** Rows that are reserved while they load. */
  expected?: number
}

/** A table of things that can be managed. On a phone it scrolls sideways in itself. */
export function Rows({ caption, columns, rows, empty, expected = 3 }: Props) {
  if (rows?.length === 0) return <p className="mt-3 text-sm text-muted">{empty}</p>
  return (
    <div className="relative -mx-5 mt-3 overflow-x-auto px-5" tabIndex={0} role="region" aria-label={`Table: ${caption}`}>
      <table className="w-full text-sm">
        <caption className="sr-only">{caption}</caption>
        <thead className="text-left text-xs text-muted">
          <tr>
            {columns.map((column, i) => (
              <th key={i} scope="col" className="py-1 pr-4 font-normal whitespace-nowrap">
                {column || <span className="sr-only">Actions</span>}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows
            ? rows.map((row) => (
                <tr key={row.key} className="border-t border-line">
                  {row.cells.map((cell, i) => (
                    <td key={i} className={`py-2 pr-4 ${i === row.cells.length - 1 && !columns[i] ? 'text-right whitespace-nowrap' : ''}`}>
                      {cell}
                    </td>
                  ))}
                </tr>
              ))
            : Array.from({ length: expected }, (_, i) => (
                <tr key={i}>
                  <td colSpan={columns.length} className="py-2">
                    <div className="skeleton h-6" />
                  </td>
                </tr>
              ))}
        </tbody>
      </table>
    </div>
  )
}

/** A time in the reader's zone, with UTC on hover. */
export function Time({ at, never = '—' }: { at: string | null | undefined; never?: string }) {
  if (!at) return <span className="text-muted">{never}</span>
  return (
    <time dateTime={at} title={utcText(at)} className="whitespace-nowrap">
      {timeText(at)}
    </time>
  )
}
