import type { Schemas } from '../api/client'

/** A choice of one of the account's tenants, as the field `tenant` of a form. */
export function TenantField({ tenants }: { tenants: Schemas['MeBody']['tenants'] }) {
  return (
    <label className="mt-4 block">
      <span className="font-medium">Tenant</span>
      <select name="tenant" className="field">
        {tenants.map((tenant) => (
          <option key={tenant.id} value={tenant.id}>
            {tenant.name}
          </option>
        ))}
      </select>
    </label>
  )
}
