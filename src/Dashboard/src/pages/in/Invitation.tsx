import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { api, ApiError, read } from '../../api/client'
import { renewSession } from '../../api/session'
import { useSession } from '../../shell/useProject'
import { useToast } from '../../ui/Toasts'
import { Card, CardForm, linkToken } from './Card'
import { SignUpForm } from './SignUp'
import { UsedLink } from './Verify'

/** Accepts an invitation, with the account of the invited address or with a new one. */
export function Invitation() {
  const queries = useQueryClient()
  const navigate = useNavigate()
  const toast = useToast()
  const { me } = useSession()
  const [token] = useState(linkToken)
  const [isNew, setNew] = useState(false)
  const accept = useMutation({
    mutationFn: async () => {
      const tenant = await read(api.POST('/v1/invitations/accept', { body: { token } }))
      await renewSession(queries)
      return tenant
    },
    onSuccess: (tenant) => {
      toast(`You are a member of ${tenant.name} now.`)
      return navigate({ to: '/' })
    },
  })
  if (!token || (accept.error instanceof ApiError && accept.error.code === 'invalid_link')) return <UsedLink />
  if (isNew) return <SignUpForm invitation={token} />
  if (me) {
    return (
      <Card title="You are invited">
        <CardForm action="Join" isBusy={accept.isPending} error={accept.error} onSubmit={() => accept.mutate()}>
          <p className="mt-3 text-muted">You join as {me.email}, which must be the invited address.</p>
        </CardForm>
      </Card>
    )
  }
  return (
    <Card title="You are invited">
      <p className="mt-3 text-muted">Join with the account of the invited address.</p>
      <div className="mt-6 flex flex-wrap gap-2">
        <button type="button" className="button button-main" onClick={() => setNew(true)}>
          Create an account
        </button>
        <Link to="/sign-in" search={{ to: `/invitation${location.hash}` } as never} className="button">
          I have an account
        </Link>
      </div>
    </Card>
  )
}
