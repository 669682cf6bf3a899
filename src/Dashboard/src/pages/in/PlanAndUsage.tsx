import { useQueries } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { api, read, type Schemas } from '../../api/client'
import { percent } from '../../format/number'
import { timeText, utcText } from '../../format/time'
import { useSession } from '../../shell/useProject'
import { Fault } from '../../ui/Fault'
import { Number } from '../../ui/Number'
import { Card } from './Card'

/** The plan of each tenant and what it used of the month, to which mails about quotas and plans lead. */
export function PlanAndUsage() {
  const { me } = useSession()
  const tenants = (me?.tenants ?? []).filter((tenant) => !tenant.suspended)
  const usages = useQueries({
    queries: tenants.map((tenant) => ({
      queryKey: ['usage', tenant.id],
      queryFn: () => read(api.GET('/v1/usage', { params: { query: { tenant: tenant.id } } })),
    })),
  })
  return (
    <Card title="Plan and usage">
      {tenants.map((tenant, i) => (
        <section key={tenant.id} className="mt-5 border-t border-line pt-4">
          <h2 className="flex justify-between font-semibold">
            {tenant.name} <span className="font-normal text-muted">{tenant.plan}</span>
          </h2>
          {usages[i]?.error && <Fault error={usages[i].error} />}
          {usages[i]?.data ? <Quotas usage={usages[i].data} /> : <div className="skeleton mt-3 h-24" />}
        </section>
      ))}
      <Link to="/" className="button mt-6">
        To the projects
      </Link>
    </Card>
  )
}

function Quotas({ usage }: { usage: Schemas['UsageBody'] }) {
  return (
    <dl className="mt-3 grid grid-cols-[1fr_auto] gap-y-2">
      <dt>Events of users this month</dt>
      <dd className="text-right">{quota(usage.live)}</dd>
      <dt>Test events this month</dt>
      <dd className="text-right">{quota(usage.test)}</dd>
      <dt className="text-muted">The month ends</dt>
      <dd className="text-right text-muted" title={utcText(usage.resets_at)}>
        {timeText(usage.resets_at)}
      </dd>
    </dl>
  )
}

function quota({ accepted, limit }: Schemas['QuotaBody']) {
  return (
    <>
      <Number value={accepted} />
      {limit !== null && (
        <span className={accepted >= limit ? 'text-worse' : 'text-muted'}>
          {' '}
          of <Number value={limit} /> ({percent(limit === 0 ? 1 : accepted / limit)})
        </span>
      )}
    </>
  )
}
