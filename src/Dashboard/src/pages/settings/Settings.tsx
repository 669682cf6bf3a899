import { Link, useNavigate, useParams } from '@tanstack/react-router'
import { isDemo } from '../../api/session'
import { useAccess } from '../../shell/access'
import { useProject, useSession } from '../../shell/useProject'
import { EmptyState } from '../../ui/EmptyState'
import { Fault } from '../../ui/Fault'
import { Tabs } from '../../ui/Tabs'
import { toSearch } from '../../view/view'
import { AuditLog } from './AuditLog'
import { Keys } from './Keys'
import { Members } from './Members'
import { PlanPanel } from './PlanPanel'
import { ProjectSettings } from './ProjectSettings'
import { Sharing } from './Sharing'
import { TenantSettings } from './TenantSettings'

/** The settings of a project and of the tenant that it belongs to. The tab is in the path. */
export function Settings() {
  const session = useSession()
  const { project: id, view } = useProject()
  const { tab } = useParams({ strict: false }) as { tab?: string }
  const { project, tenant, error } = useAccess()
  const navigate = useNavigate()

  if (isDemo(session, id)) {
    return (
      <EmptyState
        title="The demo has no settings"
        action={
          <Link to="/sign-up" className="button button-main">
            Measure your own tool
          </Link>
        }
      >
        Keys, members, the public page with its badges, the plan and the audit log of your own project will be here.
      </EmptyState>
    )
  }
  if (error) return <Fault error={error} />
  if (!project || !tenant) return <div className="skeleton h-96" />

  const tabs = [
    { id: 'project', title: 'Project', content: <ProjectSettings project={project} tenant={tenant} /> },
    { id: 'keys', title: 'Keys', content: <Keys project={project} tenant={tenant} /> },
    { id: 'sharing', title: 'Sharing', content: <Sharing project={project} tenant={tenant} /> },
    { id: 'members', title: 'Members', content: <Members tenant={tenant} /> },
    { id: 'plan', title: 'Plan and usage', content: <PlanPanel tenant={tenant} /> },
    { id: 'tenant', title: 'Tenant', content: <TenantSettings tenant={tenant} /> },
    { id: 'audit', title: 'Audit log', content: <AuditLog tenant={tenant} /> },
  ].map((tab) => ({ ...tab, content: <div className="pt-4">{tab.content}</div> }))
  const selected = tabs.some((one) => one.id === tab) ? tab! : 'project'
  return (
    <div className="mx-auto max-w-4xl">
      <title>{`Settings of ${project.name} – TelemetryKit`}</title>
      <h1 className="mb-3 text-xl font-semibold">Settings of {project.name}</h1>
      <Tabs
        label="Settings"
        tabs={tabs}
        selected={selected}
        onSelect={(tab) =>
          void navigate({ to: '/projects/$project/settings/$tab', params: { project: id, tab }, search: toSearch(view), replace: true })
        }
      />
    </div>
  )
}
