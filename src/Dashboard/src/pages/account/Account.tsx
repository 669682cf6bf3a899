import { useSession } from '../../shell/useProject'
import { Card } from '../in/Card'

const faults: Record<string, string> = {
  github: 'GitHub didn’t confirm who you are. The account isn’t linked.',
  github_other_address: 'Your GitHub account has another address than this account. It isn’t linked.',
  github_already_linked: 'The account is linked to another GitHub account.',
}

/** Who is signed in. A failed link to GitHub returns here. */
export function Account() {
  const { me } = useSession()
  const error = new URLSearchParams(location.hash.slice(1)).get('error')
  return (
    <Card title="Account">
      {error && (
        <p role="alert" className="mt-4 rounded-md border border-worse px-3 py-2 text-sm">
          {faults[error] ?? error}
        </p>
      )}
      <dl className="mt-4 grid grid-cols-[8rem_1fr] gap-y-2">
        <dt className="text-muted">Name</dt>
        <dd>{me?.name}</dd>
        <dt className="text-muted">E-mail</dt>
        <dd>{me?.email}</dd>
        <dt className="text-muted">Second factor</dt>
        <dd>{me?.totp_enabled ? `on, ${me.recovery_codes_left} recovery codes left` : 'off'}</dd>
        <dt className="text-muted">GitHub</dt>
        <dd>{me?.github_linked ? me.github_login : 'not linked'}</dd>
      </dl>
    </Card>
  )
}
