import { useMutation } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { api, read } from '../../api/client'
import { useSession } from '../../shell/useProject'
import { Field } from '../../ui/Field'
import { Card, CardForm, faultsOf, text } from './Card'

/** Starts a sign-up: a mail with a link follows. */
export function SignUp() {
  return <SignUpForm />
}

export function SignUpForm({ invitation }: { invitation?: string }) {
  const { options } = useSession()
  const signUp = useMutation({
    mutationFn: (form: FormData) =>
      read(
        api.POST('/v1/auth/sign-up', { body: { email: text(form, 'email'), name: text(form, 'name'), invitation: invitation ?? null } }),
      ),
  })
  const faults = faultsOf(signUp.error)
  if (signUp.isSuccess) {
    return (
      <Card title="Look into your mailbox">
        <p className="mt-3 text-muted">
          A link is on its way. It works once, for a day, and lets you set a password.
          {!options.hosted && ' A server without a mail server writes its mails to the folder DATA/mail.'}
        </p>
      </Card>
    )
  }
  if (options.sign_up === 'invitation' && !invitation) {
    return (
      <Card title="This server has an owner">
        <p className="mt-3 text-muted">Ask its owner for an invitation: its link leads here, and you can sign up.</p>
      </Card>
    )
  }
  return (
    <Card title={options.sign_up === 'first' ? 'Become the owner of this server' : 'Sign up'}>
      {options.sign_up === 'first' && (
        <p className="mt-2 text-sm text-muted">With access to its console it is quicker: open the link that is printed there.</p>
      )}
      <CardForm action="Send me the link" isBusy={signUp.isPending} error={signUp.error} onSubmit={signUp.mutate}>
        <Field label="Your name" name="name" autoComplete="name" required autoFocus maxLength={100} fault={faults.name} />
        <Field label="E-mail" name="email" type="email" autoComplete="username" required fault={faults.email} />
      </CardForm>
      {options.github && (
        <a href="/v1/auth/github" className="button mt-3 w-full py-2">
          Continue with GitHub
        </a>
      )}
      <p className="mt-4 text-sm text-muted">
        You have an account?{' '}
        <Link to="/sign-in" className="link">
          Sign in
        </Link>
      </p>
    </Card>
  )
}
