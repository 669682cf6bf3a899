import { Link } from '@tanstack/react-router'
import { useSession } from '../../shell/useProject'
import { PlanPanel } from '../settings/PlanPanel'

/** The plan of each tenant and what it used of the month, to which mails about quotas and plans lead. */
export function PlanAndUsage() {
  const { me } = useSession()
  const tenants = (me?.tenants ?? []).filter((tenant) => !tenant.suspended)
  return (
    <>
      <title>Plan and usage – TelemetryKit</title>
      <h1 className="text-xl font-semibold">Plan and usage</h1>
      {tenants.length === 0 && <p className="mt-4 text-muted">You aren’t a member of any tenant that is in use.</p>}
      {tenants.map((tenant) => (
        <div key={tenant.id} className="mt-5">
          {tenants.length > 1 && <p className="mb-2 font-medium">{tenant.name}</p>}
          <PlanPanel tenant={tenant} />
        </div>
      ))}
      <Link to="/" className="button mt-6">
        To the projects
      </Link>
    </>
  )
}
