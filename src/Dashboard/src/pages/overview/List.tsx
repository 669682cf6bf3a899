import { useQuery } from '@tanstack/react-query'
import { top, type Ask } from '../../api/questions'
import { BarList } from '../../ui/BarList'
import { Fault } from '../../ui/Fault'
import type { View } from '../../view/view'

interface Props {
  ask: Ask
  by: string
  title: string
  rows?: number
  label?: (value: string) => string
  /** The view to which a click adds its filter, if it isn’t that of the question. */
  link?: View
}

/** The most frequent values of a field, in a panel. */
export function List({ ask, by, title, rows = 8, label, link = ask.view }: Props) {
  const answer = useQuery(top(ask, by, rows))
  return (
    <section aria-label={title} className="panel">
      <h2 className="px-4 pt-2.5 pb-2 text-sm font-medium">{title}</h2>
      {answer.error ? (
        <Fault error={answer.error} retry={() => void answer.refetch()} />
      ) : (
        <BarList title={title} field={by} answer={answer.data} view={link} rows={rows} label={label} />
      )}
    </section>
  )
}
