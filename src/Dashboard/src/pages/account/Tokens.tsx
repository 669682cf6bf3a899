import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { api, read, type Schemas } from '../../api/client'
import { CopyText } from '../../ui/CopyText'
import { Fault } from '../../ui/Fault'
import { Field } from '../../ui/Field'
import { Confirm, Panel, PanelForm, Why } from '../../ui/Panel'
import { Rows, Time } from '../../ui/Rows'
import { TenantField } from '../../ui/TenantField'
import { useToast } from '../../ui/Toasts'
import { faultsOf, text } from '../in/Card'
import type { Me } from './Account'

type Scope = Schemas['TokenScope']

const scopes: Record<Scope, string> = {
  'stats:read': 'statistics, events and usage',
  'projects:write': 'create projects and change their settings',
  'projects:delete': 'delete projects',
  'keys:write': 'list, create, rotate and revoke keys',
  'installs:erase': 'delete the data of an install',
  'audit:read': 'the audit log',
}

/** API tokens of the account. A token is shown once, when it is created. */
export function Tokens({ me }: { me: Me }) {
  const queries = useQueryClient()
  const toast = useToast()
  const [shown, setShown] = useState<Schemas['CreatedTokenBody']>()
  const tokens = useQuery({ queryKey: ['tokens'], queryFn: () => read(api.GET('/v1/tokens')) })
  const create = useMutation({
    mutationFn: (form: FormData) =>
      read(
        api.POST('/v1/tokens', {
          body: {
            tenant_id: text(form, 'tenant'),
            name: text(form, 'name'),
            scopes: form.getAll('scope') as Scope[],
            expires_in_days: +text(form, 'days'),
          },
        }),
      ),
    onSuccess: (created) => {
      setShown(created)
      return queries.invalidateQueries({ queryKey: ['tokens'] })
    },
  })
  const revoke = useMutation({
    mutationFn: (token: string) => read(api.DELETE('/v1/tokens/{token}', { params: { path: { token } } })),
    onSuccess: () => {
      toast('The token is revoked')
      return queries.invalidateQueries({ queryKey: ['tokens'] })
    },
  })
  const faults = faultsOf(create.error)
  const tenants = me.tenants.filter((tenant) => !tenant.suspended && tenant.role !== 'viewer')
  const nameOf = (id: string) => me.tenants.find((tenant) => tenant.id === id)?.name ?? '—'
  return (
    <Panel title="API tokens" about="For scripts. A token works for one tenant, with its scopes and never more than your role there.">
      {tokens.error && <Fault error={tokens.error} retry={() => void tokens.refetch()} />}
      <Rows
        caption="API tokens"
        columns={['name', 'tenant', 'scopes', 'last use', 'ends', '']}
        empty="You have no tokens."
        expected={1}
        rows={tokens.data?.tokens.map((token) => ({
          key: token.id,
          cells: [
            <>
              {token.name} <code className="block text-muted">{token.shown}…</code>
            </>,
            nameOf(token.tenant_id),
            token.scopes.join(', '),
            <Time at={token.last_used_at} never="never" />,
            <Time at={token.expires_at} />,
            <Confirm
              trigger="Revoke"
              of={token.name}
              title={`Revoke ${token.name}?`}
              action="Revoke"
              isBusy={revoke.isPending}
              error={revoke.error}
              onConfirm={(_, close) => revoke.mutate(token.id, { onSuccess: close })}
            >
              Scripts that use it stop working at once.
            </Confirm>,
          ],
        }))}
      />
      {shown && (
        <div className="mt-4" role="status">
          <p className="mb-2 font-medium">Copy the token now: it isn’t shown again.</p>
          <CopyText text={shown.token} label="The new token" />
        </div>
      )}
      {tenants.length === 0 ? (
        <Why>Members of a tenant can create tokens; you are a viewer everywhere.</Why>
      ) : (
        <details className="mt-4">
          <summary className="font-medium">Create a token</summary>
          <PanelForm
            action="Create the token"
            isBusy={create.isPending}
            error={create.error}
            onSubmit={(form, element) => create.mutate(form, { onSuccess: () => element.reset() })}
          >
            <Field label="What it is for" name="name" required maxLength={100} autoComplete="off" fault={faults.name} />
            <TenantField tenants={tenants} />
            <fieldset className="mt-4">
              <legend className="font-medium">Scopes</legend>
              {Object.entries(scopes).map(([scope, about], i) => (
                <label key={scope} className="mt-2 flex items-baseline gap-3">
                  <input type="checkbox" name="scope" value={scope} defaultChecked={i === 0} />
                  <span>
                    {scope} <span className="text-sm text-muted">{about}</span>
                  </span>
                </label>
              ))}
              {faults.scopes && <p className="mt-1 text-sm text-worse">{faults.scopes}</p>}
            </fieldset>
            <Field
              label="Days until it ends"
              name="days"
              type="number"
              min={1}
              max={365}
              defaultValue={90}
              required
              fault={faults.expires_in_days}
            />
          </PanelForm>
        </details>
      )}
    </Panel>
  )
}
