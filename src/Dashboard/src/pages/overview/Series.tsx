import { useQuery } from '@tanstack/react-query'
import { useMemo, useState } from 'react'
import type { Schemas } from '../../api/client'
import { previousSeries, series, topCompared, type Ask } from '../../api/questions'
import { useShortcuts } from '../../shell/shortcuts'
import { Chart } from '../../ui/Chart'
import type { Line } from '../../ui/chartData'
import { Fault } from '../../ui/Fault'
import { Tabs } from '../../ui/Tabs'
import { releaseMarks } from './marks'

const measures = { installs: 'Installs', events: 'Events', failures: 'Failures' } as const
type Measure = keyof typeof measures

/** Installs, events and failures by day, against the period before, with releases marked. */
export function Series({ ask }: { ask: Ask }) {
  const [measure, setMeasure] = useState<Measure>('installs')
  const [asTable, setAsTable] = useState(false)
  useShortcuts({ t: () => setAsTable((is) => !is) })
  const now = useQuery(series(ask))
  const before = useQuery(previousSeries(ask))
  const versions = useQuery(topCompared({ ...ask, view: { ...ask.view, compare: true } }, 'version', 50))

  const compared = ask.view.compare ? before.data : undefined
  const days = useMemo(() => (now.data?.points ?? []).map((point) => point.time.slice(0, 10)), [now.data])
  const lines = useMemo((): Line[] => {
    const values = (answer: Schemas['SeriesAnswer'] | undefined) => answer?.points.map((point) => point[measure] ?? null)
    return [{ name: measures[measure], values: values(now.data) ?? [], previous: values(compared) }]
  }, [now.data, compared, measure])
  const marks = useMemo(() => releaseMarks(versions.data, days), [versions.data, days])

  const content = (
    <div className="relative pt-3" style={{ minHeight: 280 }}>
      {now.error ? (
        <Fault error={now.error} retry={() => void now.refetch()} />
      ) : now.data ? (
        <Chart
          name={`${measures[measure]} a day`}
          days={days}
          lines={lines}
          marks={marks}
          isLastUnfinished={days.at(-1) === ask.today}
          asTable={asTable}
          onToggle={() => setAsTable(!asTable)}
        />
      ) : (
        <div className="skeleton mx-4 h-56" />
      )}
    </div>
  )
  return (
    <section aria-label="Over time" className="panel">
      <Tabs
        label="Measure"
        selected={measure}
        onSelect={(id) => setMeasure(id as Measure)}
        tabs={Object.entries(measures).map(([id, title]) => ({ id, title, content }))}
      />
    </section>
  )
}
