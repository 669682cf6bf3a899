import { change, changeText } from '../format/number'

interface Props {
  now: number | null | undefined
  before: number | null | undefined
  /** Whether an increase is good, bad or neither. */
  up?: 'better' | 'worse' | 'neutral'
  /** Compares shares by their difference in percentage points. */
  points?: boolean
}

/** The change against the period before. Its direction is an arrow and a word, and never a colour alone. */
export function Delta({ now, before, up = 'neutral', points = false }: Props) {
  const value = points ? (now == null || before == null ? null : now - before) : change(now, before)
  if (value === null) return null
  const text = points ? `${Math.abs(value * 100).toLocaleString(undefined, { maximumFractionDigits: 1 })} pt` : changeText(value)
  const isFlat = Math.abs(value) < 0.0005
  const isWorse = !isFlat && ((up === 'better' && value < 0) || (up === 'worse' && value > 0))
  const isBetter = !isFlat && ((up === 'better' && value > 0) || (up === 'worse' && value < 0))
  return (
    <span className={isWorse ? 'text-worse' : isBetter ? 'text-better' : 'text-muted'}>
      <span aria-hidden="true">{isFlat ? '=' : value > 0 ? '▲' : '▼'} </span>
      <span className="sr-only">{isFlat ? 'unchanged' : value > 0 ? 'up' : 'down'} </span>
      {isFlat ? 'as before' : text}
      {isWorse && <span className="sr-only">, worse</span>}
    </span>
  )
}
