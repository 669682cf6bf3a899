import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { api, read } from '../../api/client'
import { membersQuery } from '../../api/members'
import { reloadSession, renewSession } from '../../api/session'
import { Allowed, type Membership } from '../../shell/access'
import { useSession } from '../../shell/useProject'
import { Fault } from '../../ui/Fault'
import { Field } from '../../ui/Field'
import { Confirm, Panel, PanelForm, Why } from '../../ui/Panel'
import { useToast } from '../../ui/Toasts'
import { PasswordOf } from '../account/Password'
import { faultsOf, text } from '../in/Card'

/** The name of a tenant, its owner, and its end. */
export function TenantSettings({ tenant }: { tenant: Membership }) {
  return (
    <div className="space-y-4">
      <Name tenant={tenant} />
      <Owner tenant={tenant} />
      <Deletion tenant={tenant} />
    </div>
  )
}

function Name({ tenant }: { tenant: Membership }) {
  const queries = useQueryClient()
  const toast = useToast()
  const rename = useMutation({
    mutationFn: (form: FormData) =>
      read(api.PATCH('/v1/tenants/{tenant}', { params: { path: { tenant: tenant.id } }, body: { name: text(form, 'name') } })),
    onSuccess: async () => {
      toast('Renamed')
      await reloadSession(queries)
    },
  })
  return (
    <Panel title="Name of the tenant" about="A tenant has projects, members and a plan. Its members see the name.">
      <Allowed tenant={tenant} needs="admin" to="rename the tenant">
        <PanelForm action="Rename" isBusy={rename.isPending} error={rename.error} onSubmit={(form) => rename.mutate(form)}>
          <Field label="Name" name="name" defaultValue={tenant.name} required maxLength={100} fault={faultsOf(rename.error).name} />
        </PanelForm>
      </Allowed>
    </Panel>
  )
}

function Owner({ tenant }: { tenant: Membership }) {
  return (
    <Panel title="Transfer the tenant" about="Another member becomes the owner, who also has the subscription. You become an admin.">
      <Allowed tenant={tenant} needs="owner" to="transfer the tenant">
        <Transfer tenant={tenant} />
      </Allowed>
    </Panel>
  )
}

function Transfer({ tenant }: { tenant: Membership }) {
  const queries = useQueryClient()
  const toast = useToast()
  const { me } = useSession()
  const path = { tenant: tenant.id }
  const members = useQuery(membersQuery(tenant.id))
  const transfer = useMutation({
    mutationFn: (form: FormData) =>
      read(
        api.POST('/v1/tenants/{tenant}/ownership', {
          params: { path },
          body: { account_id: text(form, 'account'), password: text(form, 'password') || null },
        }),
      ),
    onSuccess: async () => {
      toast('The tenant has a new owner')
      await queries.invalidateQueries(membersQuery(tenant.id))
      await reloadSession(queries)
    },
  })
  if (members.error) return <Fault error={members.error} retry={() => void members.refetch()} />
  if (!members.data || !me) return <div className="skeleton mt-3 h-9" />
  const others = members.data.filter((member) => member.account_id !== me.id)
  if (others.length === 0) return <Why>There is no other member. Invite the new owner first.</Why>
  return (
    <div className="mt-3">
      <Confirm
        trigger="Transfer the tenant"
        title={`Transfer ${tenant.name}?`}
        action="Transfer"
        isBusy={transfer.isPending}
        error={transfer.error}
        onConfirm={(form, close) => transfer.mutate(form, { onSuccess: close })}
      >
        Only the new owner can undo it.
        <label className="mt-4 block text-ink">
          <span className="font-medium">New owner</span>
          <select name="account" className="field" required>
            {others.map((member) => (
              <option key={member.account_id} value={member.account_id}>
                {member.name} ({member.email})
              </option>
            ))}
          </select>
        </label>
        <PasswordOf me={me} error={transfer.error} />
      </Confirm>
    </div>
  )
}

function Deletion({ tenant }: { tenant: Membership }) {
  const queries = useQueryClient()
  const { me, options } = useSession()
  const remove = useMutation({
    mutationFn: (form: FormData) =>
      read(
        api.POST('/v1/tenants/{tenant}/deletion', {
          params: { path: { tenant: tenant.id } },
          body: { password: text(form, 'password') || null },
        }),
      ),
    onSuccess: async () => {
      await renewSession(queries)
      location.assign('/')
    },
  })
  // A self-hosted server has one tenant, which can't be deleted.
  if (!options.hosted || !me) return null
  return (
    <Panel
      title="Delete the tenant"
      about="All of its projects with their events and keys, its members and its plan. It can’t be undone."
      danger
    >
      <Allowed tenant={tenant} needs="owner" to="delete the tenant">
        <div className="mt-3">
          <Confirm
            trigger="Delete the tenant"
            title={`Delete ${tenant.name}?`}
            action="Delete for good"
            typed={tenant.name}
            isBusy={remove.isPending}
            error={remove.error}
            onConfirm={(form) => remove.mutate(form)}
          >
            Tools that still send with its keys get a refusal. A subscription ends. Your account stays.
            <PasswordOf me={me} error={remove.error} />
          </Confirm>
        </div>
      </Allowed>
    </Panel>
  )
}
