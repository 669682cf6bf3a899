import { queryOptions } from '@tanstack/react-query'
import { api, read, type Schemas } from './client'
import type { Session } from './session'

export type Project = Schemas['ProjectBody']

/** The projects of all tenants of which the account is a member, by name. */
export function projectsQuery(session: Session) {
  return queryOptions({
    queryKey: ['projects', session.me?.id],
    staleTime: 60_000,
    queryFn: async (): Promise<Project[]> => {
      const tenants = (session.me?.tenants ?? []).filter((tenant) => !tenant.suspended)
      const lists = await Promise.all(
        tenants.map((tenant) => read(api.GET('/v1/tenants/{tenant}/projects', { params: { path: { tenant: tenant.id } } }))),
      )
      return lists.flatMap((list) => list.projects).sort((one, other) => one.name.localeCompare(other.name))
    },
  })
}
