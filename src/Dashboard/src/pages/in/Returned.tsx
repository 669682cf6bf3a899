import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Link, Navigate, useSearch } from '@tanstack/react-router'
import { useEffect, useState } from 'react'
import { billing, plansQuery } from '../../api/billing'
import { ApiError } from '../../api/client'
import { reloadSession } from '../../api/session'
import { Fault } from '../../ui/Fault'
import { Number } from '../../ui/Number'
import { planName } from '../settings/planNames'
import { pauseAfter } from './patience'
import { Card } from './Card'

/** The page to which Checkout and the portal return. The browser that paid may have no session. */
export function Returned() {
  const { tenant, checkout, cancelled } = useSearch({ strict: false }) as Record<string, string | undefined>
  if (cancelled !== undefined) return <Cancelled />
  if (tenant && checkout) return <Paid tenant={tenant} checkout={checkout} />
  // From the portal, whose changes are on the page of the plan.
  return <Navigate to="/plan" replace />
}

function Cancelled() {
  return (
    <Card title="Nothing was paid">
      <p className="mt-3 text-muted">You left the Checkout. The plan didn’t change, and nothing was charged.</p>
      <ToPlan main>Back to the plans</ToPlan>
    </Card>
  )
}

function Paid({ tenant, checkout }: { tenant: string; checkout: string }) {
  const queries = useQueryClient()
  // Each question makes the server fetch the state from the payment provider, so that the plan is there before the webhook.
  const state = useQuery({
    queryKey: ['checkout', tenant, checkout],
    queryFn: () => billing.returned(tenant, checkout),
    gcTime: 0,
    retry: false,
    refetchInterval: ({ state: { data, error, dataUpdateCount, errorUpdateCount } }) =>
      data?.confirmed || isUnknown(error) ? false : pauseAfter(dataUpdateCount + errorUpdateCount),
  })
  const isConfirmed = state.data?.confirmed === true
  useEffect(() => {
    if (!isConfirmed) return
    void reloadSession(queries)
    for (const key of ['billing', 'usage', 'stats']) void queries.invalidateQueries({ queryKey: [key] })
  }, [isConfirmed, queries])

  if (isConfirmed) return <Confirmed plan={state.data!.plan} />
  if (isUnknown(state.error)) return <Unknown />
  return <Waiting error={state.error} retry={() => void state.refetch()} />
}

const isUnknown = (error: unknown) => error instanceof ApiError && (error.status === 404 || error.status === 400)

function Confirmed({ plan }: { plan: string }) {
  const plans = useQuery(plansQuery)
  const details = plans.data?.find((one) => one.plan === plan)
  return (
    <Card title={`Thank you. Your plan is ${planName(plan)} now`}>
      <p role="status" className="mt-3 text-better">
        ✓ The payment is confirmed.
      </p>
      <ul className="mt-3 min-h-18 list-disc space-y-1 pl-5 text-muted">
        {details && (
          <>
            <li>
              <Number value={details.events_per_month} /> events a month, kept for <Number value={details.kept_days} /> days
            </li>
            <li>Events that were refused before are sent again by the SDK within the hour.</li>
            <li>The invoice comes by mail, and is on the page of the plan.</li>
          </>
        )}
      </ul>
      <div className="mt-6 flex flex-wrap gap-2">
        <Link to="/" className="button button-main">
          To your projects
        </Link>
        <Link to="/plan" className="button">
          Plan and invoices
        </Link>
      </div>
    </Card>
  )
}

const patience = 60_000

function Waiting({ error, retry }: { error: unknown; retry: () => void }) {
  const [isLate, setLate] = useState(false)
  useEffect(() => {
    const timer = setTimeout(() => setLate(true), patience)
    return () => clearTimeout(timer)
  }, [])
  return (
    <Card title="Thank you. The payment is being confirmed">
      <p role="status" className="mt-3 flex items-center gap-3 text-muted">
        <span aria-hidden="true" className="pulse size-3 shrink-0 rounded-full bg-accent" />
        {isLate
          ? 'It takes longer than usual. You can close this page: the plan changes by itself as soon as the payment is confirmed.'
          : 'This takes a few seconds. The page shows your plan as soon as it applies.'}
      </p>
      {!!error && (
        <div className="mt-4">
          <Fault error={error} retry={retry} />
          <p className="mt-2 text-sm text-muted">Nothing is lost: the page asks again, and the plan changes without it, too.</p>
        </div>
      )}
      <ToPlan>To the page of the plan</ToPlan>
    </Card>
  )
}

function Unknown() {
  return (
    <Card title="This Checkout isn’t known any more">
      <p className="mt-3 text-muted">
        Another one has begun since, or the address isn’t complete. Your plan, and what was paid, is on the page of the plan.
      </p>
      <ToPlan main>To the page of the plan</ToPlan>
    </Card>
  )
}

function ToPlan({ children, main = false }: { children: string; main?: boolean }) {
  return (
    <Link to="/plan" className={`button mt-6 ${main ? 'button-main' : ''}`}>
      {children}
    </Link>
  )
}
