import { Link } from '@tanstack/react-router'
import { ApiError } from '../api/client'
import { Fault } from './Fault'

interface Props {
  error: unknown
  retry?: () => void
  /** What the reader doesn't get, as the start of a sentence, such as “Combinations of flags”. */
  what: string
}

const planNames: Record<string, string> = { pro: 'Pro', business: 'Business', enterprise: 'Enterprise' }

/** An error of a part of a page. That the plan doesn't include it is no fault: it says which plan does. */
export function Trouble({ error, retry, what }: Props) {
  const problem = error instanceof ApiError && error.code === 'plan_required' ? error.problem : undefined
  if (!problem) {
    return (
      <div className="p-4">
        <Fault error={error} retry={retry} />
      </div>
    )
  }
  const plan = problem.plan && planNames[problem.plan]
  return (
    <div className="p-4 text-sm text-muted">
      {what} are part of advanced analytics, which {plan ? `the plan ${plan} has` : 'larger plans have'}. They cover what
      is sent already.{' '}
      <Link to="/plan" className="link">
        See the plans
      </Link>
    </div>
  )
}
