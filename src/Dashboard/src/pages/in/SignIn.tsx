import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Link, useNavigate, useRouter, useSearch } from '@tanstack/react-router'
import { useState } from 'react'
import { api, read, setCsrfToken, type Schemas } from '../../api/client'
import { renewSession } from '../../api/session'
import { useSession } from '../../shell/useProject'
import { Field } from '../../ui/Field'
import { Card, CardForm, faultsOf, text } from './Card'
import { signInFault } from './githubFault'

/** Signs in with a password or through GitHub, and then with the second factor if there is one. */
export function SignIn() {
  const queries = useQueryClient()
  const router = useRouter()
  const navigate = useNavigate()
  const { options } = useSession()
  const { to } = useSearch({ strict: false }) as { to?: string }
  const [needsCode, setNeedsCode] = useState(location.hash === '#second-factor')
  const githubFault = new URLSearchParams(location.hash.slice(1)).get('error')

  const enter = async (signedIn: Schemas['SignedInBody']) => {
    setCsrfToken(signedIn.csrf_token)
    if (signedIn.second_factor_required) return setNeedsCode(true)
    await renewSession(queries)
    // Only to pages of this server.
    if (to?.startsWith('/') && !/^\/[/\\]/.test(to)) router.history.push(to)
    else await navigate({ to: '/' })
  }
  const signIn = useMutation({
    mutationFn: (form: FormData) =>
      read(api.POST('/v1/auth/sign-in', { body: { email: text(form, 'email'), password: text(form, 'password') } })),
    onSuccess: enter,
  })
  const faults = faultsOf(signIn.error)
  if (needsCode) return <SecondFactor onDone={enter} />
  return (
    <Card title="Sign in">
      {githubFault && (
        <p role="alert" className="mt-4 rounded-md border border-worse px-3 py-2 text-sm">
          {signInFault(githubFault)}
        </p>
      )}
      <CardForm action="Sign in" isBusy={signIn.isPending} error={signIn.error} onSubmit={signIn.mutate}>
        <Field label="E-mail" name="email" type="email" autoComplete="username" required autoFocus fault={faults.email} />
        <Field label="Password" name="password" type="password" autoComplete="current-password" required fault={faults.password} />
      </CardForm>
      {options.github && (
        <a href="/v1/auth/github" className="button mt-3 w-full py-2">
          Sign in with GitHub
        </a>
      )}
      <p className="mt-4 flex justify-between text-sm">
        <Link to="/password-forgotten" className="link">
          Password forgotten?
        </Link>
        {options.sign_up !== 'invitation' && (
          <Link to="/sign-up" className="link">
            Sign up
          </Link>
        )}
      </p>
    </Card>
  )
}

function SecondFactor({ onDone }: { onDone: (signedIn: Schemas['SignedInBody']) => Promise<void> }) {
  const [recovers, setRecovers] = useState(false)
  const verify = useMutation({
    mutationFn: async (form: FormData) => {
      const code = text(form, 'code').trim()
      // After GitHub the page has the session's cookie, but not its token yet.
      setCsrfToken((await read(api.GET('/v1/auth/csrf'))).csrf_token)
      return read(
        api.POST('/v1/auth/second-factor', {
          body: recovers ? { code: null, recovery_code: code } : { code: code.replace(/\s/g, ''), recovery_code: null },
        }),
      )
    },
    onSuccess: onDone,
  })
  return (
    <Card title="Second factor">
      <CardForm action="Continue" isBusy={verify.isPending} error={verify.error} onSubmit={verify.mutate}>
        <Field
          key={String(recovers)}
          label={recovers ? 'Recovery code' : 'Code of your authenticator app'}
          name="code"
          inputMode={recovers ? 'text' : 'numeric'}
          autoComplete="one-time-code"
          required
          autoFocus
        />
      </CardForm>
      <button type="button" className="link mt-4 text-sm" onClick={() => setRecovers(!recovers)}>
        {recovers ? 'Use the authenticator app' : 'Use a recovery code'}
      </button>
    </Card>
  )
}
