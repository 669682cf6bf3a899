import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { api, ApiError, read, setCsrfToken } from '../../api/client'
import { renewSession } from '../../api/session'
import { Field } from '../../ui/Field'
import { Card, CardForm, faultsOf, linkToken, text } from './Card'
import { UsedLink } from './Verify'

/** Asks for a link that sets a new password. */
export function PasswordForgotten() {
  const ask = useMutation({
    mutationFn: (form: FormData) => read(api.POST('/v1/auth/password/forgot', { body: { email: text(form, 'email') } })),
  })
  if (ask.isSuccess) {
    return (
      <Card title="Look into your mailbox">
        <p className="mt-3 text-muted">If the address has an account, a link is on its way. It works once, for an hour.</p>
      </Card>
    )
  }
  return (
    <Card title="Set a new password">
      <CardForm action="Send me a link" isBusy={ask.isPending} error={ask.error} onSubmit={ask.mutate}>
        <Field label="E-mail" name="email" type="email" autoComplete="username" required autoFocus fault={faultsOf(ask.error).email} />
      </CardForm>
    </Card>
  )
}

/** Sets the new password with the token of the link. */
export function PasswordReset() {
  const queries = useQueryClient()
  const [token] = useState(linkToken)
  const reset = useMutation({
    mutationFn: async (form: FormData) => {
      await read(api.POST('/v1/auth/password/reset', { body: { token, password: text(form, 'password') } }))
      setCsrfToken(undefined)
      await renewSession(queries)
    },
  })
  if (!token || (reset.error instanceof ApiError && reset.error.code === 'invalid_link')) return <UsedLink />
  if (reset.isSuccess) {
    return (
      <Card title="The new password is set">
        <p className="mt-3 text-muted">All sessions and API tokens of the account have ended.</p>
        <Link to="/sign-in" className="button button-main mt-6 w-full py-2">
          Sign in
        </Link>
      </Card>
    )
  }
  return (
    <Card title="Set a new password">
      <CardForm action="Set the password" isBusy={reset.isPending} error={reset.error} onSubmit={reset.mutate}>
        <Field
          label="New password"
          name="password"
          type="password"
          autoComplete="new-password"
          minLength={10}
          required
          autoFocus
          hint="It ends all sessions and API tokens, and removes the link to GitHub."
          fault={faultsOf(reset.error).password}
        />
      </CardForm>
    </Card>
  )
}
