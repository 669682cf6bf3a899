import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { api, read, type Schemas } from '../../api/client'
import { membersQuery } from '../../api/members'
import { renewSession } from '../../api/session'
import { Allowed, atLeast, type Membership } from '../../shell/access'
import { useSession } from '../../shell/useProject'
import { Fault } from '../../ui/Fault'
import { Field } from '../../ui/Field'
import { Confirm, Panel, PanelForm } from '../../ui/Panel'
import { Rows, Time } from '../../ui/Rows'
import { useToast } from '../../ui/Toasts'
import { faultsOf, text } from '../in/Card'

type Member = Schemas['MemberBody']
type GivenRole = Exclude<Schemas['Role'], 'owner'>

const given: Record<GivenRole, string> = {
  viewer: 'reads',
  member: 'also works with projects and keys',
  admin: 'also manages people, settings and deletion',
}

/** The members of a tenant and who is invited. */
export function Members({ tenant }: { tenant: Membership }) {
  const queries = useQueryClient()
  const toast = useToast()
  const { me } = useSession()
  const path = { tenant: tenant.id }
  const members = useQuery(membersQuery(tenant.id))
  const setRole = useMutation({
    mutationFn: ({ account, role }: { account: string; role: GivenRole }) =>
      read(api.PATCH('/v1/tenants/{tenant}/members/{account}', { params: { path: { ...path, account } }, body: { role } })),
    onSuccess: () => {
      toast('The role is changed')
      return queries.invalidateQueries(membersQuery(tenant.id))
    },
  })
  const remove = useMutation({
    mutationFn: ({ account, keys }: { account: string; keys: boolean }) =>
      read(
        api.DELETE('/v1/tenants/{tenant}/members/{account}', {
          params: { path: { ...path, account }, query: keys ? ({ end_read_keys: 'true' } as never) : {} },
        }),
      ),
    onSuccess: async (_, { account }) => {
      if (account === me?.id) await renewSession(queries)
      else await queries.invalidateQueries(membersQuery(tenant.id))
    },
  })
  const isAdmin = atLeast(tenant.role, 'admin')
  const mayManage = (member: Member) => isAdmin && member.role !== 'owner' && member.account_id !== me?.id
  if (members.error) return <Fault error={members.error} retry={() => void members.refetch()} />
  return (
    <div className="space-y-4">
      <Panel title={`Members of ${tenant.name}`} about="They see all projects of the tenant.">
        {!!setRole.error && <Fault error={setRole.error} />}
        <Rows
          caption="Members"
          columns={['name', 'role', 'second factor', 'joined', '']}
          empty=""
          rows={members.data?.map((member) => ({
            key: member.account_id,
            cells: [
              <>
                <span className="font-medium">{member.name}</span> <span className="block text-muted">{member.email}</span>
              </>,
              mayManage(member) ? (
                <select
                  className="field mt-0 w-auto py-1"
                  aria-label={`Role of ${member.name}`}
                  value={member.role}
                  disabled={setRole.isPending}
                  onChange={(event) => setRole.mutate({ account: member.account_id, role: event.target.value as GivenRole })}
                >
                  {Object.keys(given).map((role) => (
                    <option key={role}>{role}</option>
                  ))}
                </select>
              ) : (
                member.role
              ),
              member.totp_enabled ? 'on' : <span className="text-muted">off</span>,
              <>
                <Time at={member.joined_at} />
                {member.suspended && <span className="block text-worse">suspended: above the plan</span>}
              </>,
              mayManage(member) || (member.account_id === me?.id && member.role !== 'owner') ? (
                <Confirm
                  trigger={member.account_id === me?.id ? 'Leave' : 'Remove'}
                  of={member.name}
                  title={member.account_id === me?.id ? `Leave ${tenant.name}?` : `Remove ${member.name}?`}
                  action={member.account_id === me?.id ? 'Leave' : 'Remove'}
                  isBusy={remove.isPending}
                  error={remove.error}
                  onConfirm={(form, close) =>
                    remove.mutate({ account: member.account_id, keys: form.has('keys') }, { onSuccess: close })
                  }
                >
                  Access to all projects of {tenant.name} ends at once. Keys belong to projects and remain valid.
                  {isAdmin && (
                    <label className="mt-3 flex items-center gap-3 text-ink">
                      <input type="checkbox" name="keys" /> Also end the read keys that this member created
                    </label>
                  )}
                </Confirm>
              ) : null,
            ],
          }))}
        />
      </Panel>
      <Allowed tenant={tenant} needs="admin" to="invite people and change roles">
        <Invitations tenant={tenant} />
      </Allowed>
    </div>
  )
}

function Invitations({ tenant }: { tenant: Membership }) {
  const queries = useQueryClient()
  const toast = useToast()
  const path = { tenant: tenant.id }
  const invitations = useQuery({
    queryKey: ['invitations', tenant.id],
    queryFn: () => read(api.GET('/v1/tenants/{tenant}/invitations', { params: { path } })),
  })
  const renew = () => queries.invalidateQueries({ queryKey: ['invitations', tenant.id] })
  const invite = useMutation({
    mutationFn: (form: FormData) =>
      read(
        api.POST('/v1/tenants/{tenant}/invitations', {
          params: { path },
          body: { email: text(form, 'email'), role: text(form, 'role') as GivenRole },
        }),
      ),
    onSuccess: ({ email }) => {
      toast(`A mail to ${email} is on its way`)
      return renew()
    },
  })
  const revoke = useMutation({
    mutationFn: (invitation: string) =>
      read(api.DELETE('/v1/tenants/{tenant}/invitations/{invitation}', { params: { path: { ...path, invitation } } })),
    onSuccess: renew,
  })
  return (
    <Panel title="Invite someone" about="The link in the mail works for a week, and only for an account with the invited address.">
      <PanelForm
        action="Send the invitation"
        isBusy={invite.isPending}
        error={invite.error}
        onSubmit={(form, element) => invite.mutate(form, { onSuccess: () => element.reset() })}
      >
        <Field label="E-mail" name="email" type="email" required autoComplete="off" fault={faultsOf(invite.error).email} />
        <label className="mt-4 block">
          <span className="font-medium">Role</span>
          <select name="role" className="field" defaultValue="member">
            {Object.entries(given).map(([role, about]) => (
              <option key={role} value={role}>
                {role}: {about}
              </option>
            ))}
          </select>
        </label>
      </PanelForm>
      {!!revoke.error && <Fault error={revoke.error} />}
      <Rows
        caption="Open invitations"
        columns={['invited', 'role', 'valid until', '']}
        empty="Nobody is invited."
        expected={1}
        rows={invitations.data?.invitations.map((one) => ({
          key: one.id,
          cells: [
            one.email,
            one.role,
            <Time at={one.expires_at} />,
            <button type="button" className="button py-0.5 text-sm" disabled={revoke.isPending} onClick={() => revoke.mutate(one.id)}>
              Withdraw<span className="sr-only"> the invitation of {one.email}</span>
            </button>,
          ],
        }))}
      />
    </Panel>
  )
}
