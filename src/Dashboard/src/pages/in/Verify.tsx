import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { api, ApiError, read, setCsrfToken } from '../../api/client'
import { renewSession } from '../../api/session'
import { Field } from '../../ui/Field'
import { Card, CardForm, faultsOf, linkToken, text } from './Card'

/**
 * Completes a sign-up with the token of its link and a password, and signs in. The link on the console of a new server belongs to no
 * address, so its page asks for the address and the name as well.
 */
export function Verify() {
  return <VerifyForm isOwner={false} />
}

/** The page of the link on the console of a new server. */
export function BecomeOwner() {
  return <VerifyForm isOwner />
}

function VerifyForm({ isOwner }: { isOwner: boolean }) {
  const queries = useQueryClient()
  const navigate = useNavigate()
  const [token] = useState(linkToken)
  const verify = useMutation({
    mutationFn: async (form: FormData) => {
      const password = text(form, 'password')
      const more = isOwner ? { email: text(form, 'email'), name: text(form, 'name') } : { email: null, name: null }
      const account = await read(api.POST('/v1/auth/verify', { body: { token, password, ...more } }))
      const signedIn = await read(api.POST('/v1/auth/sign-in', { body: { email: account.email, password } }))
      setCsrfToken(signedIn.csrf_token)
      await renewSession(queries)
    },
    onSuccess: () => navigate({ to: '/' }),
  })
  const faults = faultsOf(verify.error)
  if (!token || (verify.error instanceof ApiError && verify.error.code === 'invalid_link')) return <UsedLink />
  return (
    <Card title={isOwner ? 'Become the owner of this server' : 'Set a password'}>
      <CardForm action="Begin" isBusy={verify.isPending} error={verify.error} onSubmit={verify.mutate}>
        {isOwner && (
          <>
            <Field label="Your name" name="name" autoComplete="name" required autoFocus maxLength={100} fault={faults.name} />
            <Field label="E-mail" name="email" type="email" autoComplete="username" required fault={faults.email} />
          </>
        )}
        <Field
          label="Password"
          name="password"
          type="password"
          autoComplete="new-password"
          minLength={10}
          required
          autoFocus={!isOwner}
          hint="At least 10 characters. Several words are easier to remember than signs."
          fault={faults.password}
        />
      </CardForm>
    </Card>
  )
}

/** A link that was used, has expired or isn't complete. */
export function UsedLink() {
  return (
    <Card title="This link doesn’t work any more">
      <p className="mt-3 text-muted">
        Links work once and for a limited time. Open the newest mail, and check that the whole link was copied; or ask for a new one where you
        asked for this one.
      </p>
    </Card>
  )
}
