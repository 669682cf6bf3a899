import { Link } from '@tanstack/react-router'
import { useSession } from '../../shell/useProject'
import { Card } from './Card'
import { Frame } from './CardLayout'
import { Visitor } from './Visitor'

/** The start without a session: on a hosted server, what this is; on a self-hosted one, links to sign in and to sign up. */
export function Welcome() {
  const { options } = useSession()
  return options.hosted ? (
    <Frame width="max-w-6xl">
      <Visitor />
    </Frame>
  ) : (
    <Frame width="max-w-xl">
      <WaysIn />
    </Frame>
  )
}

function WaysIn() {
  const { options } = useSession()
  return (
    <Card title="Which commands matter, what breaks, what may go?">
      <p className="mt-3 text-muted">
        Usage analytics for people who publish command-line tools, libraries, SDKs and component libraries. The people who use your tool stay
        anonymous, are asked first, and can see and erase what was sent.
      </p>
      <div className="mt-6 flex flex-wrap gap-2">
        {options.demo_project && (
          <Link to="/projects/$project" params={{ project: options.demo_project }} className="button button-main">
            Look at the demo
          </Link>
        )}
        {options.sign_up === 'open' && (
          <Link to="/sign-up" className="button">
            Sign up
          </Link>
        )}
        <Link to="/sign-in" className="button">
          Sign in
        </Link>
      </div>
      {options.sign_up === 'first' && (
        <p className="mt-6 border-t border-line pt-4 text-sm text-muted">
          This server is new. Open the link on its console, and you are its owner; or{' '}
          <Link to="/sign-up" className="link">
            sign up with a mail
          </Link>
          .
        </p>
      )}
    </Card>
  )
}
