import { useQuery } from '@tanstack/react-query'
import { useMemo, useState } from 'react'
import { billing } from '../../api/billing'
import { api, ApiError, read, type Schemas } from '../../api/client'
import { percent } from '../../format/number'
import { today } from '../../format/time'
import { Allowed, type Membership } from '../../shell/access'
import { useShortcuts } from '../../shell/shortcuts'
import { useSession } from '../../shell/useProject'
import { Chart } from '../../ui/Chart'
import type { Line } from '../../ui/chartData'
import { Fault } from '../../ui/Fault'
import { Number } from '../../ui/Number'
import { Panel } from '../../ui/Panel'
import { Rows, Time } from '../../ui/Rows'
import { BillingPanels } from './Billing'
import { planName } from './planNames'
import { barOf, stateOf } from './quota'

type Usage = Schemas['UsageBody']

/** The plan of a tenant, what it used of the month and what to expect, and its billing where there is any. */
export function PlanPanel({ tenant }: { tenant: Membership }) {
  const { options } = useSession()
  const usage = useQuery({
    queryKey: ['usage', tenant.id],
    queryFn: () => read(api.GET('/v1/usage', { params: { query: { tenant: tenant.id } } })),
  })
  return (
    <div className="space-y-4">
      <Panel title="This month" about={<PlanLine tenant={tenant} />}>
        {usage.error ? (
          <Fault error={usage.error} retry={() => void usage.refetch()} />
        ) : usage.data ? (
          <Month usage={usage.data} />
        ) : (
          <div className="skeleton mt-3 h-96" />
        )}
      </Panel>
      {options.hosted && (
        <Allowed tenant={tenant} needs="owner" to="change the plan and see invoices">
          <Billed tenant={tenant} />
        </Allowed>
      )}
    </div>
  )
}

function PlanLine({ tenant }: { tenant: Membership }) {
  if (tenant.plan === 'self_hosted') return <>{tenant.name} is on your own server: there is no quota, and nothing is billed.</>
  return (
    <>
      {tenant.name} is on the plan <b className="text-ink">{planName(tenant.plan)}</b>.
    </>
  )
}

// A hosted server need not have a payment provider; then there is nothing to show.
function Billed({ tenant }: { tenant: Membership }) {
  const state = useQuery({ queryKey: ['billing', tenant.id], queryFn: () => billing.get(tenant.id) })
  if (state.error instanceof ApiError && state.error.status === 404) return null
  if (state.error) return <Fault error={state.error} retry={() => void state.refetch()} />
  if (!state.data) return <div className="skeleton h-48" />
  return <BillingPanels state={state.data} tenant={tenant} />
}

function Month({ usage }: { usage: Usage }) {
  return (
    <>
      <Quota name="Events of users" quota={usage.live} forecast={usage.forecast} />
      <Quota name="Test events" quota={usage.test} />
      <p className="mt-3 text-sm text-muted">
        The next month starts at <Time at={usage.resets_at} />; months are UTC months. Refused events are kept by the SDK and sent again.
      </p>
      <Days usage={usage} />
      <Rows
        caption="Events by project"
        columns={['project', 'live', 'test']}
        empty="No project has sent anything this month."
        rows={usage.projects.map((project) => ({
          key: project.id ?? 'deleted',
          cells: [
            project.name ?? <span className="text-muted">deleted projects</span>,
            <Number value={project.live} />,
            <Number value={project.test} />,
          ],
        }))}
      />
    </>
  )
}

function Quota({ name, quota, forecast }: { name: string; quota: Schemas['QuotaBody']; forecast?: Schemas['ForecastBody'] }) {
  const state = stateOf(quota)
  const bar = quota.limit === null ? undefined : barOf(quota.accepted, quota.limit, forecast?.events ?? null)
  return (
    <div className="mt-4">
      <p className="flex flex-wrap items-baseline gap-x-3">
        <span className="font-medium">{name}</span>
        <span className={`ml-auto ${state === 'spent' ? 'text-worse' : ''}`}>
          <Number value={quota.accepted} />
          {quota.limit !== null && (
            <>
              {' '}
              of <Number value={quota.limit} /> ({percent(quota.limit === 0 ? 1 : quota.accepted / quota.limit)})
            </>
          )}
        </span>
      </p>
      {bar && (
        <div className="mt-1.5 flex h-2 overflow-hidden rounded bg-sunken" aria-hidden="true">
          <span className={state === 'spent' ? 'bg-worse' : 'bg-accent'} style={{ width: `${bar.used}%` }} />
          <span className="bar" style={{ width: `${bar.expected}%` }} />
        </div>
      )}
      {state === 'spent' && <p className="mt-1 text-sm text-worse">Used up: further events are refused until the next month.</p>}
      {forecast && forecast.events !== null && forecast.events > 0 && (
        <p className="mt-1 text-sm text-muted">
          At the pace of the last seven days, it will be ≈ <Number value={forecast.events} /> by the end of the month
          {forecast.quota_spent_at && state !== 'spent' && (
            <>
              , and the quota is used up at about <Time at={forecast.quota_spent_at} />
            </>
          )}
          .
        </p>
      )}
    </div>
  )
}

function Days({ usage }: { usage: Usage }) {
  const [asTable, setAsTable] = useState(false)
  const toggle = () => setAsTable((is) => !is)
  useShortcuts({ t: toggle })
  const { days, lines } = useMemo(() => {
    const days = [...new Set(usage.days.map((day) => day.day))].sort()
    const sum = (env: string) =>
      days.map((day) => usage.days.filter((one) => one.day === day && one.env === env).reduce((sum, one) => sum + one.accepted, 0))
    const lines: Line[] = [
      { name: 'Live', values: sum('live') },
      { name: 'Test', values: sum('test') },
    ].filter((line) => line.values.some((value) => value > 0))
    return { days, lines }
  }, [usage])
  if (lines.length === 0) return null
  return (
    <div className="-mx-5 mt-6">
      <h3 className="px-5 pb-3 text-sm font-medium">Events a day</h3>
      <Chart
        name="Events a day"
        days={days}
        lines={lines}
        isLastUnfinished={days.at(-1) === today()}
        asTable={asTable}
        onToggle={toggle}
      />
    </div>
  )
}
