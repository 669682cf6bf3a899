import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { plansQuery } from '../../api/billing'
import type { Schemas } from '../../api/client'
import { useSession } from '../../shell/useProject'
import { Checklist } from '../../ui/Checklist'
import { Fault } from '../../ui/Fault'
import { Number } from '../../ui/Number'
import { planName } from '../settings/planNames'
import { Lines } from '../start/Lines'
import { Example, LiveGlimpse } from './Glimpse'

/** What a visitor of a hosted server sees: what this is, how it looks, the lines to add, and what it costs. */
export function Visitor() {
  const { options } = useSession()
  return (
    <div className="space-y-16 pt-4 sm:pt-10">
      <title>TelemetryKit – which commands matter, what breaks, what may go?</title>
      <section className="grid items-center gap-10 lg:grid-cols-2">
        <div>
          <h1 className="text-3xl font-semibold tracking-tight sm:text-4xl">Which commands matter, what breaks, what may go?</h1>
          <p className="mt-4 text-lg text-muted">
            Usage analytics for people who publish command-line tools, libraries, SDKs and component libraries.
          </p>
          <div className="mt-6 flex flex-wrap gap-2">
            {options.sign_up === 'open' && (
              <Link to="/sign-up" className="button button-main px-4 py-2">
                Sign up
              </Link>
            )}
            {options.demo_project && (
              <Link to="/projects/$project" params={{ project: options.demo_project }} className="button px-4 py-2">
                Look at the demo
              </Link>
            )}
            <Link to="/sign-in" className="button px-4 py-2">
              Sign in
            </Link>
          </div>
        </div>
        {options.demo_project ? <LiveGlimpse project={options.demo_project} /> : <Example />}
      </section>
      <Questions />
      <section aria-labelledby="lines">
        <h2 id="lines" className="text-xl font-semibold">
          Three lines in your tool
        </h2>
        <p className="mt-1 mb-3 text-muted">Nothing is recorded before the user of your tool says yes.</p>
        <div className="panel p-4">
          <Lines apiKey="tk_live_…" />
        </div>
      </section>
      <Promises />
      {options.sells_plans && <Prices />}
    </div>
  )
}

const questions = [
  ['Which commands matter?', 'Installs, runs, failures and run times of each command, by version, platform, and people, CI or agents.'],
  ['What breaks?', 'Exit codes by version and platform, and releases that fail more often than the one before, beyond chance.'],
  ['May I remove this?', 'A verdict in one sentence, with its reasons and what it rests on, as Markdown for the pull request.'],
] as const

function Questions() {
  return (
    <section aria-label="What it answers" className="grid gap-4 md:grid-cols-3">
      {questions.map(([title, text]) => (
        <div key={title} className="panel p-5">
          <h2 className="font-semibold">{title}</h2>
          <p className="mt-1 text-muted">{text}</p>
        </div>
      ))}
    </section>
  )
}

const promises = [
  ['Asked first', 'The people who use your tool are asked before anything is recorded. DO_NOT_TRACK wins over every yes.'],
  ['Anonymous', 'No names, no addresses, no paths. An install is a random id, stored as a keyed hash.'],
  ['Theirs to see and erase', 'They can see what was sent and erase it, with a signed receipt, without an account.'],
  ['Open source', 'The same server runs on your own machine, with SQLite or PostgreSQL.'],
] as const

function Promises() {
  return (
    <section aria-labelledby="promises">
      <h2 id="promises" className="text-xl font-semibold">
        For the people who use your tool
      </h2>
      <Checklist items={promises} />
    </section>
  )
}

function Prices() {
  const { options } = useSession()
  const plans = useQuery(plansQuery)
  return (
    <section aria-labelledby="prices">
      <h2 id="prices" className="text-xl font-semibold">
        Prices
      </h2>
      <p className="mt-1 mb-3 text-muted">In US dollars, without taxes. Your own server costs nothing and has no limits.</p>
      {plans.error && <Fault error={plans.error} retry={() => void plans.refetch()} />}
      {plans.isPending && <div className="skeleton h-64" />}
      <ul className="grid gap-4 sm:grid-cols-2 lg:grid-cols-4">
        {plans.data?.map((plan) => (
          <li key={plan.plan} className="panel flex flex-col p-5">
            <h3 className="font-semibold">{planName(plan.plan)}</h3>
            <Price plan={plan} />
            <ul className="mt-3 space-y-1 text-sm text-muted">
              <li>
                {plan.events_per_month === null ? 'As many events as agreed' : <><Number value={plan.events_per_month} /> events a month</>}
              </li>
              {plan.overage_usd_per_thousand !== null && (
                <li>then refused, or {money(plan.overage_usd_per_thousand)} for 1,000, up to your cap</li>
              )}
              <li>
                kept for <Number value={plan.kept_days} /> days
              </li>
              <li>{plan.members === null ? 'any number of members' : plan.members === 1 ? '1 member' : `${plan.members} members`}</li>
              <li>{plan.projects === null ? 'any number of projects' : `${plan.projects} projects`}</li>
              {plan.features.includes('advanced_analytics') && <li>releases, failures, retention, removal</li>}
            </ul>
          </li>
        ))}
      </ul>
      {options.sign_up === 'open' && (
        <Link to="/sign-up" className="button button-main mt-5 px-4 py-2">
          Begin with the free plan
        </Link>
      )}
    </section>
  )
}

const money = (usd: number) =>
  new Intl.NumberFormat(undefined, { style: 'currency', currency: 'USD', minimumFractionDigits: usd % 1 === 0 ? 0 : 2 }).format(usd)

function Price({ plan }: { plan: Schemas['PlanBody'] }) {
  if (plan.monthly_price_usd === null) return <p className="mt-1 text-lg sm:h-14">by agreement</p>
  return (
    <p className="mt-1 sm:h-14">
      <span className="text-2xl font-semibold">{money(plan.monthly_price_usd)}</span> <span className="text-muted">a month</span>
      {plan.yearly_price_usd !== null && plan.yearly_price_usd > 0 && (
        <span className="block text-sm text-muted">or {money(plan.yearly_price_usd)} a year</span>
      )}
    </p>
  )
}
