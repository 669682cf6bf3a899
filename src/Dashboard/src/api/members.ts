import { queryOptions } from '@tanstack/react-query'
import { api, read } from './client'

/** The members of a tenant. */
export function membersQuery(tenant: string) {
  return queryOptions({
    queryKey: ['members', tenant],
    queryFn: async () => (await read(api.GET('/v1/tenants/{tenant}/members', { params: { path: { tenant } } }))).members,
  })
}
