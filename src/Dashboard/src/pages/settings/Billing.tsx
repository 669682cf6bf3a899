import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { billing, plansQuery, type Billing, type Interval, type Plan } from '../../api/billing'
import type { Schemas } from '../../api/client'
import { reloadSession } from '../../api/session'
import type { Membership } from '../../shell/access'
import { Fault } from '../../ui/Fault'
import { Field } from '../../ui/Field'
import { Number } from '../../ui/Number'
import { Confirm, Panel, PanelForm } from '../../ui/Panel'
import { Rows, Time } from '../../ui/Rows'
import { useToast } from '../../ui/Toasts'
import { faultsOf, text } from '../in/Card'
import { planName } from './planNames'
import { isLarger } from './quota'

interface Props {
  state: Billing
  tenant: Membership
}

/** The subscription of a tenant, for its owner. */
export function BillingPanels({ state, tenant }: Props) {
  return (
    <>
      {state.past_due && <PastDue state={state} tenant={tenant} />}
      <Subscription state={state} tenant={tenant} />
      <Plans state={state} tenant={tenant} />
      {isOpen(state) && <Overage state={state} tenant={tenant} />}
      <Invoices state={state} />
    </>
  )
}

function isOpen(state: Billing): boolean {
  return state.status === 'active' || state.status === 'trialing' || state.status === 'past_due'
}

const money = (amount: number, currency = 'usd') =>
  new Intl.NumberFormat(undefined, { style: 'currency', currency: currency.toUpperCase() }).format(amount)

/** Opens a page of the payment provider. */
function usePage() {
  return (page: { url: string }) => location.assign(page.url)
}

function PortalButton({ tenant, children }: { tenant: Membership; children: string }) {
  const open = useMutation({ mutationFn: () => billing.portal(tenant.id), onSuccess: usePage() })
  return (
    <>
      <button type="button" className="button" disabled={open.isPending} onClick={() => open.mutate()}>
        {children}
      </button>
      {!!open.error && <Fault error={open.error} />}
    </>
  )
}

function PastDue({ state, tenant }: Props) {
  return (
    <section role="alert" className="panel border-worse p-5">
      <h2 className="font-semibold text-worse">A payment failed</h2>
      <p className="mt-1 mb-3">
        {state.past_due?.message}
        {state.past_due?.since && (
          <>
            {' '}
            It is open since <Time at={state.past_due.since} />.
          </>
        )}
      </p>
      <PortalButton tenant={tenant}>Replace the card</PortalButton>
    </section>
  )
}

function Subscription({ state, tenant }: Props) {
  if (state.status === null || !state.subscribed_plan) return null
  return (
    <Panel title="Subscription">
      <dl className="mt-3 grid grid-cols-[10rem_1fr] gap-y-2">
        <dt className="text-muted">Plan</dt>
        <dd>
          {planName(state.subscribed_plan)}, paid by the {state.interval}
        </dd>
        <dt className="text-muted">Status</dt>
        <dd>{state.status.replaceAll('_', ' ')}</dd>
        {state.renews_at && (
          <>
            <dt className="text-muted">Renewed</dt>
            <dd>
              <Time at={state.renews_at} />
              {state.upcoming_invoice && <>, {money(state.upcoming_invoice.amount, state.upcoming_invoice.currency)} with taxes</>}
            </dd>
          </>
        )}
        {state.ends_at && (
          <>
            <dt className="text-muted">Ends</dt>
            <dd>
              <Time at={state.ends_at} />
            </dd>
          </>
        )}
        {state.next && (
          <>
            <dt className="text-muted">Then</dt>
            <dd>
              {planName(state.next.plan)}, by the {state.next.interval}, from <Time at={state.next.at} />
            </dd>
          </>
        )}
        <dt className="text-muted">Card</dt>
        <dd>{state.card ? `${state.card.brand} •••• ${state.card.last_four}` : '—'}</dd>
      </dl>
      <div className="mt-4">
        <PortalButton tenant={tenant}>Card, address and tax id</PortalButton>
      </div>
    </Panel>
  )
}

const outcomes = {
  changed: 'The plan is changed',
  scheduled: 'The plan changes when the paid period ends',
  ends: 'The subscription ends when the paid period does',
  undone: 'The scheduled change is dropped',
  unchanged: 'It was so already',
}

function Plans({ state, tenant }: Props) {
  const queries = useQueryClient()
  const toast = useToast()
  const [interval, setInterval] = useState<Interval>(state.interval ?? 'month')
  const plans = useQuery(plansQuery)
  const checkout = useMutation({ mutationFn: (plan: Plan) => billing.checkout(tenant.id, plan, interval), onSuccess: usePage() })
  const change = useMutation({
    mutationFn: (plan: Plan) => billing.change(tenant.id, plan, plan === 'free' ? undefined : interval),
    onSuccess: async ({ outcome }) => {
      toast(outcomes[outcome])
      await queries.invalidateQueries({ queryKey: ['billing', tenant.id] })
      await reloadSession(queries)
    },
  })
  if (state.set_by_operator)
    return <Panel title="Plans" about="The operator of this server set the plan. Ask the operator to change it." />
  const subscribed = isOpen(state) ? state.subscribed_plan : null
  const isCurrent = (plan: string) => plan === (subscribed ?? 'free') && (plan === 'free' || interval === state.interval)
  const isKept = (plan: string) => isCurrent(plan) && !state.ends_at && !state.next
  return (
    <Panel
      title="Plans"
      about="A larger plan applies at once, and the difference is charged. A smaller one applies when the paid period ends."
    >
      <fieldset className="mt-3 flex gap-4">
        <legend className="sr-only">Paid by</legend>
        {(['month', 'year'] as const).map((one) => (
          <label key={one} className="flex items-center gap-2">
            <input type="radio" name="interval" checked={interval === one} onChange={() => setInterval(one)} />
            {one === 'month' ? 'Monthly' : 'Yearly, two months free'}
          </label>
        ))}
      </fieldset>
      {(checkout.error ?? change.error) && <Fault error={checkout.error ?? change.error} />}
      <ul className="mt-4 grid gap-3 sm:grid-cols-3">
        {(plans.data ?? []).filter(isSold).map((plan) => (
          <li key={plan.plan} className={`rounded-md border p-4 ${isCurrent(plan.plan) ? 'border-accent' : 'border-line'}`}>
            <h3 className="font-semibold">{planName(plan.plan)}</h3>
            <p className="text-lg">{priceOf(plan, interval)}</p>
            <ul className="mt-2 mb-3 space-y-1 text-sm text-muted">
              <li>
                <Number value={plan.events_per_month} /> events a month
              </li>
              <li>{plan.kept_days} days kept</li>
              <li>
                {plan.members} {plan.members === 1 ? 'member' : 'members'}, {plan.projects} projects
              </li>
              {plan.features.includes('advanced_analytics') && <li>releases, failures, retention, removal</li>}
              {plan.features.includes('api_tokens') && <li>API tokens</li>}
            </ul>
            {isKept(plan.plan) ? (
              <span className="text-sm">✓ your plan</span>
            ) : subscribed === null ? (
              plan.plan !== 'free' && (
                <button
                  type="button"
                  className="button button-main"
                  disabled={checkout.isPending}
                  onClick={() => checkout.mutate(plan.plan)}
                >
                  Upgrade<span className="sr-only"> to {planName(plan.plan)}</span>
                </button>
              )
            ) : (
              <Confirm
                trigger={isCurrent(plan.plan) ? 'Keep it' : isLarger(plan.plan, subscribed) ? 'Upgrade' : 'Change'}
                of={`to ${planName(plan.plan)}`}
                title={`${planName(plan.plan)}, ${priceOf(plan, interval)}`}
                action="Change the plan"
                isBusy={change.isPending}
                error={change.error}
                onConfirm={(_, close) => change.mutate(plan.plan, { onSuccess: close })}
              >
                {isCurrent(plan.plan)
                  ? 'The scheduled change or end is dropped.'
                  : isLarger(plan.plan, subscribed)
                    ? 'It applies at once, and the difference is charged to the card.'
                    : 'It applies when the paid period ends. Nothing is deleted for 14 days after that.'}
              </Confirm>
            )}
          </li>
        ))}
      </ul>
    </Panel>
  )
}

const isSold = (plan: Schemas['PlanBody']) => plan.monthly_price_usd !== null

function priceOf(plan: Schemas['PlanBody'], interval: Interval): string {
  const price = (interval === 'month' ? plan.monthly_price_usd : plan.yearly_price_usd) ?? 0
  return price === 0 ? 'no charge' : `${money(price)} a ${interval}`
}

function Overage({ state, tenant }: Props) {
  const queries = useQueryClient()
  const toast = useToast()
  const { overage } = state
  // A subscription gets the price when they are first allowed.
  const plans = useQuery(plansQuery)
  const ofPlan = plans.data?.find((plan) => plan.plan === state.subscribed_plan)
  const price = overage.usd_per_thousand ?? ofPlan?.overage_usd_per_thousand ?? undefined
  const save = useMutation({
    mutationFn: (cap: number | null) => billing.setOverage(tenant.id, cap),
    onSuccess: () => {
      toast('Saved')
      return queries.invalidateQueries({ queryKey: ['billing', tenant.id] })
    },
  })
  if (plans.isPending) return <div className="skeleton h-48" />
  return (
    <Panel
      title="Events above the quota"
      about={
        price === undefined
          ? 'They are refused on this plan.'
          : `Refused, unless you allow them: ${money(price)} for 1,000, without taxes, up to a cap in each UTC month.`
      }
    >
      {overage.events > 0 && (
        <p className="mt-2">
          This month: <Number value={overage.events} /> events, {overage.cost_usd === null ? '—' : money(overage.cost_usd)} without taxes.
        </p>
      )}
      {price !== undefined && (
        <PanelForm
          action="Save"
          isBusy={save.isPending}
          error={save.error}
          onSubmit={(form) => save.mutate(form.has('enabled') ? +text(form, 'cap') : null)}
        >
          <label className="mt-3 flex items-center gap-3">
            <input type="checkbox" name="enabled" defaultChecked={overage.enabled} />
            Accept them and bill them
          </label>
          <Field
            label="The most that they may cost in a month, in US dollars"
            name="cap"
            type="number"
            min={1}
            step={0.01}
            defaultValue={overage.cap_usd ?? 20}
            fault={faultsOf(save.error).cap_usd}
          />
        </PanelForm>
      )}
    </Panel>
  )
}

function Invoices({ state }: { state: Billing }) {
  if (state.status === null && !state.invoices?.length) return null
  if (state.invoices === null)
    return <Panel title="Invoices" about="The payment provider can’t be reached now. Nothing is lost; look again in a few minutes." />
  return (
    <Panel title="Invoices">
      <Rows
        caption="Invoices"
        columns={['date', 'number', 'amount', 'status', '']}
        empty="There are no invoices yet."
        rows={state.invoices.map((invoice, i) => ({
          key: invoice.number ?? `draft ${i}`,
          cells: [
            <Time at={invoice.created_at} />,
            invoice.number ?? '—',
            money(invoice.amount, invoice.currency),
            invoice.status,
            <span className="flex justify-end gap-3">
              {invoice.url && (
                <a className="link" href={invoice.url} rel="noreferrer">
                  {invoice.status === 'open' ? 'Pay' : 'Open'}
                </a>
              )}
              {invoice.pdf && (
                <a className="link" href={invoice.pdf} rel="noreferrer">
                  PDF
                </a>
              )}
            </span>,
          ],
        }))}
      />
    </Panel>
  )
}
