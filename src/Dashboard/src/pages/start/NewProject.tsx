import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { api, read } from '../../api/client'
import { reloadSession } from '../../api/session'
import { useSession } from '../../shell/useProject'
import { Field } from '../../ui/Field'
import { TenantField } from '../../ui/TenantField'
import { Card, CardForm, faultsOf, text } from '../in/Card'

/** Creates a project, and leads to its first event. */
export function NewProject() {
  const queries = useQueryClient()
  const navigate = useNavigate()
  const { me } = useSession()
  const tenants = (me?.tenants ?? []).filter((tenant) => !tenant.suspended && tenant.role !== 'viewer')
  const createTenant = async () => {
    const tenant = await read(api.POST('/v1/tenants', { body: { name: me?.name ?? '' } }))
    await reloadSession(queries)
    return tenant.id
  }
  const create = useMutation({
    mutationFn: async (form: FormData) => {
      // An account without a tenant of its own, for example because it was deleted, gets a new one.
      const tenant = text(form, 'tenant') || (tenants[0]?.id ?? (await createTenant()))
      const project = await read(
        api.POST('/v1/tenants/{tenant}/projects', { params: { path: { tenant } }, body: { name: text(form, 'name') } }),
      )
      await queries.invalidateQueries({ queryKey: ['projects'] })
      return project
    },
    onSuccess: (project) => navigate({ to: '/projects/$project/start', params: { project: project.id } }),
  })
  return (
    <Card title="What do you publish?">
      <CardForm action="Create the project" isBusy={create.isPending} error={create.error} onSubmit={create.mutate}>
        <Field
          label="Name of the project"
          name="name"
          placeholder="my-cli"
          required
          autoFocus
          maxLength={100}
          hint="A project is one tool: a CLI, a library, an SDK or a component library."
          fault={faultsOf(create.error).name}
        />
        {tenants.length > 1 && <TenantField tenants={tenants} />}
      </CardForm>
    </Card>
  )
}
