import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { api, ApiError, read, setCsrfToken } from '../../api/client'
import { renewSession } from '../../api/session'
import { useSession } from '../../shell/useProject'
import { Field } from '../../ui/Field'
import { Card, CardForm, faultsOf, linkToken, text } from './Card'
import { UsedLink } from './Verify'

/** Confirms a new address of an account: in a session of the account, or with its password. */
export function EmailChange() {
  return (
    <OwnersLink
      path="/v1/auth/email/confirm"
      title="Confirm the new address"
      action="Confirm"
      hint="The password of the account."
      done="The address of the account is changed. The former one got a link that undoes this."
    />
  )
}

/** Restores the former address of an account: in a session, or with the password from before the change. */
export function EmailUndo() {
  return (
    <OwnersLink
      path="/v1/auth/email/undo"
      title="Undo the change of the address"
      action="Undo the change"
      hint="The password from before the change."
      done="The former address is restored. All sessions and tokens have ended; a link to the address sets a new password."
    />
  )
}

interface Props {
  path: '/v1/auth/email/confirm' | '/v1/auth/email/undo'
  title: string
  action: string
  hint: string
  done: string
}

function OwnersLink({ path, title, action, hint, done }: Props) {
  const queries = useQueryClient()
  const { me } = useSession()
  const [token] = useState(linkToken)
  const confirm = useMutation({
    mutationFn: async (form: FormData) => {
      await read(api.POST(path, { body: { token, password: me ? null : text(form, 'password') } }))
      if (path === '/v1/auth/email/undo') setCsrfToken(undefined)
      await renewSession(queries)
    },
  })
  if (!token || (confirm.error instanceof ApiError && confirm.error.code === 'invalid_link')) return <UsedLink />
  if (confirm.isSuccess) {
    return (
      <Card title="Done">
        <p className="mt-3 text-muted">{done}</p>
        <Link to="/" className="button button-main mt-6 w-full py-2">
          Continue
        </Link>
      </Card>
    )
  }
  return (
    <Card title={title}>
      <CardForm action={action} isBusy={confirm.isPending} error={confirm.error} onSubmit={confirm.mutate}>
        {me ? (
          <p className="mt-3 text-muted">You are signed in as {me.email}.</p>
        ) : (
          <Field
            label="Password"
            name="password"
            type="password"
            autoComplete="current-password"
            required
            autoFocus
            hint={hint}
            fault={faultsOf(confirm.error).password}
          />
        )}
      </CardForm>
    </Card>
  )
}
