import type { ReactNode } from 'react'
import type { Schemas } from '../api/client'
import { count, duration, exact, exactPercent, percent, unknown } from '../format/number'
import { Hint } from './Hint'

type Value = number | null | undefined

interface Props {
  value: Value
  kind?: 'count' | 'percent' | 'duration'
  /** The accuracy of the answer, if it is about this figure: an estimate gets ≈, and its error on hover. */
  accuracy?: Schemas['Accuracy']
  /** The greatest error of the figure, as a share, if it has one. It gets ≈. */
  within?: number
}

const formats = { count, percent, duration }

/** A figure: rounded for reading, exact on hover, ≈ if it is an estimate and — if it can't be known. */
export function Number({ value, kind = 'count', accuracy, within }: Props) {
  if (value == null) return <span className="text-muted">{unknown}</span>
  const error = accuracy?.kind === 'estimate' ? accuracy.relative_error : undefined
  return (
    <span title={exactText(value, kind, error, within)}>
      {error || within ? '≈ ' : ''}
      {formats[kind](value)}
    </span>
  )
}

/** A number of installs with its word. */
export function Installs({ value }: { value: Value }) {
  return (
    <>
      <Number value={value} /> {value === 1 ? 'install' : 'installs'}
    </>
  )
}

function exactText(value: number, kind: NonNullable<Props['kind']>, error: number | null | undefined, within?: number): string {
  const text = kind === 'percent' ? exactPercent(value) : kind === 'duration' ? `${exact(value)} ms` : exact(value)
  if (within) return `${text}, within ${percent(within)}`
  return error ? `about ${text}, standard error ${percent(error)}` : text
}

interface FigureProps {
  name: string
  how: string
  children: ReactNode
  below?: ReactNode
  className?: string
}

/** A figure with its name and how it is counted. */
export function Figure({ name, how, children, below, className = '' }: FigureProps) {
  return (
    <div className={`min-w-0 px-4 py-3 ${className}`}>
      <div className="flex items-center gap-1 text-sm text-muted">
        <span className="truncate">{name}</span>
        <Hint label={`How is “${name}” counted?`}>{how}</Hint>
      </div>
      <div className="h-9 truncate text-2xl font-semibold tracking-tight">{children}</div>
      <div className="h-6 text-sm">{below}</div>
    </div>
  )
}
