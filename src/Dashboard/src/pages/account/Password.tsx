import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { api, read, setCsrfToken } from '../../api/client'
import { Field } from '../../ui/Field'
import { Panel, PanelForm } from '../../ui/Panel'
import { useToast } from '../../ui/Toasts'
import { faultsOf, text } from '../in/Card'
import type { Me } from './Account'

/** The field for the current password, which changes of the account need. Accounts without one don't have it. */
export function PasswordOf({ me, error }: { me: Me; error: unknown }) {
  if (!me.has_password) return null
  const faults = faultsOf(error)
  return (
    <Field
      label="Current password"
      name="password"
      type="password"
      autoComplete="current-password"
      required
      fault={faults.password ?? faults.current_password}
    />
  )
}

/** Changes the password. An account that was created through GitHub sets its first one with a mailed link. */
export function Password({ me }: { me: Me }) {
  const queries = useQueryClient()
  const toast = useToast()
  const change = useMutation({
    mutationFn: async (form: FormData) => {
      const { csrf_token } = await read(
        api.POST('/v1/me/password', {
          body: { current_password: text(form, 'password'), password: text(form, 'new'), end_tokens: form.has('tokens') },
        }),
      )
      setCsrfToken(csrf_token)
    },
    onSuccess: async () => {
      toast('The password is changed')
      await queries.invalidateQueries({ queryKey: ['sessions'] })
      await queries.invalidateQueries({ queryKey: ['tokens'] })
    },
  })
  if (!me.has_password) {
    return (
      <Panel title="Password" about="You sign in through GitHub, and have no password.">
        <Link to="/password-forgotten" className="button mt-3">
          Set one with a mailed link
        </Link>
      </Panel>
    )
  }
  return (
    <Panel title="Password" about="A new one ends all other sessions.">
      <PanelForm
        action="Change the password"
        isBusy={change.isPending}
        error={change.error}
        onSubmit={(form, element) => change.mutate(form, { onSuccess: () => element.reset() })}
      >
        <PasswordOf me={me} error={change.error} />
        <Field
          label="New password"
          name="new"
          type="password"
          autoComplete="new-password"
          minLength={10}
          required
          hint="At least 10 characters. A few words are better than few signs."
          fault={faultsOf(change.error).password}
        />
        <label className="mt-3 flex items-center gap-3">
          <input type="checkbox" name="tokens" /> Also end all API tokens
        </label>
      </PanelForm>
    </Panel>
  )
}
