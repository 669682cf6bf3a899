import { useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import type { Schemas } from '../api/client'
import { projectsQuery } from '../api/projects'
import { Why } from '../ui/Panel'
import { useProject, useSession } from './useProject'

export type Role = Schemas['Role']
export type Membership = Schemas['MembershipBody']

const roles: Role[] = ['viewer', 'member', 'admin', 'owner']

/** Whether a role includes another one. */
export function atLeast(role: Role | undefined, needed: Role): boolean {
  return role !== undefined && roles.indexOf(role) >= roles.indexOf(needed)
}

/** The project with its settings, and the membership in its tenant; neither without an account. */
export function useAccess() {
  const session = useSession()
  const { project: id } = useProject()
  const projects = useQuery(projectsQuery(session))
  const project = projects.data?.find((one) => one.id === id)
  const tenant = session.me?.tenants.find((one) => one.id === project?.tenant_id)
  return { project, tenant, error: projects.error }
}

const whoHas: Record<Role, string> = { viewer: 'Members', member: 'Members', admin: 'Admins and the owner', owner: 'Only the owner' }

interface Props {
  tenant: Membership
  needs: Role
  /** What one can do with the role, after “can”. */
  to: string
  children: ReactNode
}

/** Shows its content to members with the role, and says to others who can do that. */
export function Allowed({ tenant, needs, to, children }: Props) {
  if (atLeast(tenant.role, needs)) return children
  return (
    <Why>
      {whoHas[needs]} of {tenant.name} can {to}; you are {tenant.role === 'admin' ? 'an' : 'a'} {tenant.role}.
    </Why>
  )
}
